import { describe, expect, it } from '@jest/globals';
import { keysFinding, type SeenKeys } from './keys-finding.js';

const nothing: SeenKeys = {
  ...{ recipients: [], hasPassphrase: false, hasIdentity: false, unopened: [] },
  ...{ newest: undefined, openFiles: [] },
};
const found = (seen: Partial<SeenKeys>) => keysFinding({ ...nothing, ...seen });
const [ada, bob] = ['age1ada', 'age1bob'];
const id = '2026-02-05_05-15-00';

describe('what doctor says of keys', () => {
  it('is all right where nothing is encrypted', () => {
    expect(found({})).toMatchObject({ status: 'ok', text: expect.stringMatching(/^not wanted/) });
  });

  it('is all right where backups are made and no secret key is, as it should be', () => {
    const made = { recipients: [ada, bob], unopened: [ada, bob] };
    expect(found({ ...made, newest: { id, locked: 'backup is encrypted for age1ada' } })).toEqual({
      status: 'ok',
      text: `new backups are encrypted for 2 public keys; none of their secret keys is here, and none is needed to make backups; the newest backup, ${id}, cannot be opened here: restores need its key`,
    });
  });

  it('names the public keys whose secret ones are not here', () => {
    const seen = { recipients: [ada, bob], hasIdentity: true, newest: { id, locked: undefined } };
    expect(found({ ...seen, unopened: [bob] })).toEqual({
      status: 'ok',
      text: `new backups are encrypted for 2 public keys; NOCODB_BACKUP_IDENTITY opens them; the secret key of age1bob is not here; the newest backup, ${id}, can be opened here`,
    });
    expect(found({ ...seen, unopened: [ada, bob] })).toMatchObject({
      status: 'warn',
      text: expect.stringMatching(/opens none of them: it is no secret key of age1ada, age1bob/),
    });
  });

  it('warns of a passphrase or a key that does not open the newest backup', () => {
    const locked = `backup ${id} is encrypted for age1x`;
    expect(found({ hasPassphrase: true, newest: { id, locked } })).toEqual({
      status: 'warn',
      text: `new backups are encrypted with a passphrase; ${locked}`,
      advice: expect.stringMatching(/^Keep old keys and passphrases/),
    });
  });

  it('warns of a secret that everybody can read', () => {
    expect(found({ hasIdentity: true, openFiles: ['NOCODB_BACKUP_IDENTITY_FILE'] })).toMatchObject({
      status: 'warn',
      text: expect.stringMatching(/^new backups are not encrypted; everybody on this machine can read/),
      advice: 'Let nobody else read it: chmod go= "$NOCODB_BACKUP_IDENTITY_FILE"',
    });
  });
});
