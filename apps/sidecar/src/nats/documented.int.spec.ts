import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type Connection } from '@nocodb-backup/messaging';
import { connectOptions, type Environment, NatsConfig, parseConfig } from '@nocodb-backup/service';
import { type ShippedNats, startShippedNats } from './shipped-nats.harness.js';

const run = promisify(execFile);
/** Made for this test. */
const nkey = {
  public: 'UDNYHCBOOFQIU2HFUD4OHI4XUDROYM3RRX7VLU2BDBKGTQ4LQCYUQKLS',
  seed: 'SUAOIGECCOUIRIA4EIHCSMIUT737GDLKW4WZ3HJRWMUMBWDNIJ4CWZ3BZY',
};

/** Runs the commands of docs/nats.md that make keys, as they stand there. */
const prepare = async (folder: string) => {
  const page = await readFile(join(import.meta.dirname, '../../../../docs/nats.md'), 'utf8');
  const blocks = [...page.matchAll(/```sh\n([^]*?)```/g)].map(([, commands = '']) => commands);
  for (const commands of blocks.filter((text) => text.includes('openssl')))
    await run('bash', ['-ec', commands.replace('/etc/nats', folder)], { cwd: folder });
  const tls = join(folder, 'tls.conf');
  const shipped = await readFile(tls, 'utf8');
  await writeFile(tls, shipped.replaceAll('/etc/nats', folder));
  const file = join(folder, 'passwords.conf');
  const passwords = await readFile(file, 'utf8');
  await writeFile(file, passwords.replace(/^NATS_EXPORTER_PASSWORD.*\n/m, ''));
};

const prepareVerifying = async (folder: string) => {
  await prepare(folder);
  const file = join(folder, 'tls.conf');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('# ca_file', 'ca_file').replace('# verify', 'verify'));
};

const asDocumented = (text: string): string =>
  text
    .replace('# include "passwords.conf"', 'include "passwords.conf"')
    .replace('# include "tls.conf"', 'include "tls.conf"')
    .replace('user: exporter, password: $NATS_EXPORTER_PASSWORD', `nkey: "${nkey.public}"`);

describe('the set-up of docs/nats.md', () => {
  let nats: ShippedNats;
  let common: Environment;
  const open: Connection[] = [];
  beforeAll(async () => {
    nats = await startShippedNats({ prepare, edit: asDocumented, env: {} });
    common = {
      NATS_URL: `tls://${nats.address}`,
      NATS_TLS_CA_FILE: join(nats.folder, 'tls/ca.pem'),
      NATS_USER: 'dumper',
      NATS_PASSWORD_FILE: join(nats.folder, 'secrets/dumper'),
    };
  }, 60_000);
  afterAll(async () => {
    for (const connection of open) await connection.close();
    await nats.stop();
  });

  const connected = async (env: Environment, timeoutMs = 10_000): Promise<Connection> => {
    const config = parseConfig(NatsConfig, env);
    const connection = await connect({ ...connectOptions(config, 'dumper'), timeoutMs });
    open.push(connection);
    return connection;
  };

  it('lets a service in, over TLS, with the password of its file', async () => {
    const { nats: wire } = await connected(common);
    expect(wire.info).toMatchObject({ tls_required: true });
    await expect(wire.request('$JS.API.INFO', '', { timeout: 5000 })).resolves.toBeDefined();
  });

  it('lets a service in by its nkey', async () => {
    const { nats: wire } = await connected({
      ...common,
      NATS_USER: 'exporter',
      NATS_PASSWORD_FILE: undefined,
      NATS_NKEY_SEED: nkey.seed,
    });
    await expect(wire.request('$JS.API.INFO', '', { timeout: 5000 })).resolves.toBeDefined();
  });

  it('is refused by whoever does not know the authority', async () => {
    await expect(connected({ ...common, NATS_TLS_CA_FILE: undefined }, 1000)).rejects.toThrow(
      /certificate.*NATS_TLS_CA/s,
    );
  });

  it('is refused by whoever wants TLS of a server without', async () => {
    const plain = await startShippedNats();
    try {
      const env = { ...common, NATS_URL: `tls://${plain.address}` };
      await expect(connected(env, 1000)).rejects.toThrow(/tls/i);
    } finally {
      await plain.stop();
    }
  });
});

describe('a server that verifies the certificates of clients', () => {
  let nats: ShippedNats;
  beforeAll(async () => {
    nats = await startShippedNats({ prepare: prepareVerifying, edit: asDocumented, env: {} });
  }, 60_000);
  afterAll(() => nats.stop());

  const connected = async (more: Environment, timeoutMs = 10_000) => {
    const tls = (name: string) => join(nats.folder, 'tls', name);
    const env = {
      NATS_URL: `tls://${nats.address}`,
      NATS_TLS_CA_FILE: tls('ca.pem'),
      NATS_USER: 'dumper',
      NATS_PASSWORD_FILE: join(nats.folder, 'secrets/dumper'),
      ...more,
    };
    const options = connectOptions(parseConfig(NatsConfig, env), 'dumper');
    const connection = await connect({ ...options, timeoutMs });
    await connection.close();
  };

  it('lets in who has one that the authority signed', async () => {
    const [NATS_TLS_CERT_FILE, NATS_TLS_KEY_FILE] = ['dumper.pem', 'dumper.key'].map((name) =>
      join(nats.folder, 'tls', name),
    );
    await expect(connected({ NATS_TLS_CERT_FILE, NATS_TLS_KEY_FILE })).resolves.toBeUndefined();
  });

  it('refuses who has none, and tells what is missing', async () => {
    await expect(connected({}, 1000)).rejects.toThrow(/NATS_TLS_CERT/);
  });
});
