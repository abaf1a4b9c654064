import { describe, expect, it } from '@jest/globals';
import { overridesOwners } from './overrides-owners.js';

describe('a process that is not root', () => {
  it('writes whoever owns a file where it has CAP_DAC_OVERRIDE', () => {
    expect(
      overridesOwners('Name:\tnode\nUid:\t1000\nCapPrm:\t000000000000000b\nCapEff:\t000000000000000b\n'),
    ).toBe(true);
  });

  it('does not where that is not in effect, or nothing is known', () => {
    expect(overridesOwners('CapPrm:\t0000000000000002\nCapEff:\t0000000000000009\n')).toBe(false);
    expect(overridesOwners('')).toBe(false);
  });
});
