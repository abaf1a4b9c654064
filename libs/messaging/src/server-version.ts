/** The oldest nats-server whose answers this program was built on. */
export const oldestServer = '2.12.0';

/** Throws when the server is too old: older ones ignore options silently instead of refusing them. */
export const refuseOldServer = (version: string): void => {
  if (isAtLeast(version, oldestServer)) return;
  throw new Error(
    `nats-server ${version} is too old: at least ${oldestServer} is needed, because older ones silently ignore options of the event log. Upgrade nats-server; the stored events stay as they are.`,
  );
};

const isAtLeast = (version: string, floor: string): boolean => {
  const [major = 0, minor = 0, patch = 0] = numbers(version);
  const [floorMajor = 0, floorMinor = 0, floorPatch = 0] = numbers(floor);
  if (major !== floorMajor) return major > floorMajor;
  if (minor !== floorMinor) return minor > floorMinor;
  return patch >= floorPatch;
};

const numbers = (version: string): number[] =>
  (/^v?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
