import { describe, expect, it } from '@jest/globals';
import type { VersionSeen } from '@nocodb-backup/events';
import { versionSeen } from './version-seen.js';

const now = new Date('2026-02-05T12:00:00Z');
const seen = (version: string, seenAt: string): VersionSeen['data'] => ({
  source: 'default',
  n: '1',
  version,
  previous: null,
  seenAt,
});
const see = (facts: VersionSeen['data'][], version: string) =>
  versionSeen(facts, { source: 'default', version, now })?.data;

describe('the version of NocoDB', () => {
  it('is noted when it is seen first, and told when it changes', () => {
    expect(see([], '0.301.3')).toMatchObject({ n: '1', version: '0.301.3', previous: null });
    const before = [seen('0.301.3', '2026-02-01T00:00:00Z')];
    expect(see(before, '0.301.3')).toBeUndefined();
    expect(see(before, '0.302.0')).toMatchObject({ n: '2', version: '0.302.0', previous: '0.301.3' });
  });

  it('is not told again within a day, as two servers behind one address would have it', () => {
    const before = [seen('0.301.3', '2026-02-05T11:00:00Z'), seen('0.302.0', '2026-02-05T11:05:00Z')];
    expect(see(before, '0.301.3')).toBeUndefined();
    const longAgo = [seen('0.301.3', '2026-02-01T11:00:00Z'), seen('0.302.0', '2026-02-05T11:05:00Z')];
    expect(see(longAgo, '0.301.3')).toMatchObject({ n: '3', previous: '0.302.0' });
  });
});
