import { describe, expect, it } from '@jest/globals';
import type { Manifest } from '@nocodb-backup/backup';
import type { KitFacts } from './kit-facts.js';
import { kitText } from './kit-text.js';

const facts: KitFacts = {
  madeAt: new Date('2026-02-05T05:15:00Z'),
  directory: "/my backups/it's",
  bucket: undefined,
  database: { database: 'nocodb', user: 'noco', host: 'db' },
  manifest: undefined,
  recipients: [],
  passphrase: false,
};
const commandsOf = (text: string) =>
  [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('');

describe('a recovery kit', () => {
  it('needs neither age nor a key where backups are not encrypted', () => {
    const text = kitText(facts);
    expect(text).not.toMatch(/\bage\b|identity\.txt|\.age/);
    expect(commandsOf(text)).toContain('cat database.sql.gz | gunzip | psql');
  });

  it('names each public key, and decrypts, where backups are encrypted', () => {
    const text = kitText({ ...facts, recipients: ['age1aaa', 'age1bbb'] });
    expect(text).toMatch(/age1aaa, whose secret key is kept at: ___.*\n.*age1bbb/);
    expect(commandsOf(text)).toContain(
      'age --decrypt --identity "$IDENTITY" database.sql.gz.age | gunzip | psql',
    );
  });

  it('asks for the passphrase where backups are encrypted with one, and has it nowhere', () => {
    const text = kitText({ ...facts, passphrase: true });
    expect(text).toMatch(/the passphrase that the backups are encrypted with\. Kept at: ___/);
    expect(text).not.toContain('public key');
    expect(commandsOf(text)).toContain(
      'test -s "$IDENTITY" || age --decrypt --output "$IDENTITY" "$(ls key-*.age | head -n 1)"\n',
    );
    expect(commandsOf(text)).toContain('--identity "$IDENTITY" database.sql.gz.age | gunzip');
    expect(kitText({ ...facts, passphrase: true, recipients: ['age1aaa'] })).toMatch(
      /Kept at.*\n- or the secret key.* to this public key.*\n.*age1aaa/,
    );
  });

  it('unpacks with zstd, before there is a backup, what will be packed with it', () => {
    expect(commandsOf(kitText({ ...facts, compression: 'zstd' }))).toContain(
      'cat database.sql.zst | zstd --decompress --stdout | psql',
    );
  });

  it('unpacks with zstd what is packed with it', () => {
    const artifact = { bytes: 1, sha256: '', part: 'dump' as const, path: 'database.sql.zst.age' };
    const parts = { dump: { status: 'complete' }, files: {}, export: {} };
    const manifest = { id: 'x', parts, artifacts: [artifact], encryption: { recipients: ['age1aaa'] } };
    const text = kitText({ ...facts, manifest: manifest as unknown as Manifest });
    expect(commandsOf(text)).toContain(
      'age --decrypt --identity "$IDENTITY" database.sql.zst.age | zstd --decompress --stdout | psql',
    );
    expect(text).toMatch(/apt-get install age gzip .* zstd\n/);
  });

  it('fetches from the bucket by its endpoint, and else from the directory, whatever its name is', () => {
    const bucket = { bucket: 'b', prefix: 'p/q', endpoint: 'https://s3.example.com', region: 'eu' };
    expect(commandsOf(kitText({ ...facts, bucket }))).toContain(
      'aws s3 --region eu --endpoint-url https://s3.example.com sync s3://b/p/q/"$BACKUP" "$BACKUP"\n',
    );
    expect(commandsOf(kitText(facts))).toContain(`cp -r '/my backups/it'\\''s'/"$BACKUP" .\n`);
  });
});
