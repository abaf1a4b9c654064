const CAP_DAC_OVERRIDE = 1n << 1n;

/** Whether a process with this `/proc/<pid>/status` may write whoever owns a file. access(2) does not know: it asks for the real user alone. */
export const overridesOwners = (status: string): boolean => {
  const [, effective = '0'] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  return (BigInt(`0x${effective}`) & CAP_DAC_OVERRIDE) !== 0n;
};
