import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PermanentError } from '@nocodb-backup/events';
import { freePort, poll, type PostgresServer, startPostgres } from '@nocodb-backup/testing';
import { connectionFromUrl, type PostgresConnection } from './connection.js';
import { dumpDatabase } from './dump-database.js';
import { type Client, findClient } from './find-client.js';
import { serverFacts } from './server-facts.js';
import { withSnapshot } from './snapshot.js';

const PASSWORD = 'correct horse battery';
let server: PostgresServer;
let connection: PostgresConnection;
let client: Client;
let sandbox: string;

beforeAll(async () => {
  sandbox = await mkdtemp(join(tmpdir(), 'dump-'));
  server = await startPostgres();
  connection = { ...connectionFromUrl(await server.createDatabase('nocodb', 'noco')), password: PASSWORD };
  await server.query(`ALTER ROLE noco PASSWORD '${PASSWORD}'`);
  await asOwner(`
    CREATE TABLE "Größe & ""Preis""" (id int PRIMARY KEY, note text);
    INSERT INTO "Größe & ""Preis""" SELECT n, E'tab\\t back\\\\slash 💶' FROM generate_series(1, 1000) n;
    CREATE TABLE big (id int, filler text);
    INSERT INTO big SELECT n, repeat(md5(n::text), 30) FROM generate_series(1, 20000) n;
    CREATE TABLE empty (); CREATE SCHEMA base_1; CREATE TABLE base_1.parted (id int) PARTITION BY RANGE (id);
    CREATE TABLE base_1.parted_a PARTITION OF base_1.parted FOR VALUES FROM (0) TO (10);
    INSERT INTO base_1.parted SELECT generate_series(0, 9)`);
  client = await findClient('pg_dump', (await serverFacts(connection)).major);
}, 60_000);
afterAll(async () => {
  await server.stop();
  await rm(sandbox, { recursive: true, force: true });
});

const asOwner = async (sql: string, database = 'nocodb') => {
  await server.query(`SET ROLE noco; ${sql}`, undefined, database);
};
const dumped = async (options: Partial<Parameters<typeof dumpDatabase>[1]> = {}, to = connection) =>
  buffer(dumpDatabase(to, { client, timeoutSeconds: 60, ...options }).content);
const programThat = async (name: string, script: string) => {
  const path = join(sandbox, name);
  await writeFile(path, `#!/bin/bash\n${script}\n`);
  await chmod(path, 0o755);
  return { path };
};
const soon = () => AbortSignal.timeout(15_000);
/** The command lines of this test's pg_dump processes, and those of all others that mention the password. */
const commandLines = async () => {
  const all = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => ({ pid, line: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') })),
  );
  return all.filter(({ line }) => line !== '');
};

describe('a dump', () => {
  it('restores with psql into an empty database, with the rows that were counted at its instant', async () => {
    const { sql, contents } = await withSnapshot(connection, {}, async (snapshot) => {
      await asOwner('INSERT INTO big SELECT 1 FROM generate_series(1, 500)');
      return { sql: await dumped({ snapshot: snapshot.id }), contents: await snapshot.contents() };
    });
    const target = connectionFromUrl(await server.createDatabase('restored', 'noco'));
    const psql = spawn('psql', ['--quiet', '--set=ON_ERROR_STOP=1'], {
      env: {
        ...process.env,
        PGPASSWORD: PASSWORD,
        PGHOST: target.host,
        PGPORT: String(target.port),
        PGUSER: 'noco',
        PGDATABASE: 'restored',
      },
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    const ended = new Promise((resolve) => psql.once('close', resolve));
    await pipeline(Readable.from([sql]), psql.stdin);
    expect(await ended).toBe(0);
    const restored = await withSnapshot({ ...target, password: PASSWORD }, {}, (snapshot) =>
      snapshot.contents(),
    );
    expect(restored.tables).toEqual(contents.tables);
    expect(contents.tables).toEqual(
      [
        { schema: 'base_1', name: 'parted_a', rows: 10 },
        { schema: 'public', name: 'big', rows: 20_000 },
        { schema: 'public', name: 'empty', rows: 0 },
        { schema: 'public', name: 'Größe & "Preis"', rows: 1000 },
      ].sort((a, b) => (`${a.schema}.${a.name}` < `${b.schema}.${b.name}` ? -1 : 1)),
    );
  });

  it('counts its bytes', async () => {
    const dump = dumpDatabase(connection, { client, timeoutSeconds: 60 });
    expect(dump.bytes).toBe(0);
    expect((await buffer(dump.content)).length).toBe(dump.bytes);
  });

  it('shows the password in no command line while it runs, and leaves no process', async () => {
    const dump = dumpDatabase(connection, { client, timeoutSeconds: 60 });
    const chunks = dump.content[Symbol.asyncIterator]();
    await chunks.next();
    const lines = (await commandLines()).map(({ line }) => line);
    await chunks.return?.();
    expect(lines.filter((line) => line.startsWith(client.path))).toHaveLength(1);
    expect(lines.filter((line) => line.includes(PASSWORD))).toEqual([]);
    expect((await commandLines()).filter(({ line }) => line.startsWith(client.path))).toEqual([]);
  });
});

describe('a dump fails', () => {
  it('when pg_dump is killed in the middle', async () => {
    const chunks = dumpDatabase(connection, { client, timeoutSeconds: 60 }).content[Symbol.asyncIterator]();
    await chunks.next();
    const [running] = (await commandLines()).filter(({ line }) => line.startsWith(client.path));
    process.kill(Number(running?.pid), 'SIGKILL');
    const rest = async () => {
      while (!(await chunks.next()).done);
    };
    await expect(rest()).rejects.toThrow(/pg_dump ended with SIGKILL/);
  });

  it('when the output is cut short although pg_dump reports success', async () => {
    const short = await programThat('short', `"${client.path}" "$@" | head -c 50000; exit 0`);
    await expect(dumped({ client: short })).rejects.toThrow(/cut short.*last line is missing/);
  });

  it('when pg_dump fails after all of its output', async () => {
    const failing = await programThat(
      'failing',
      `"${client.path}" "$@"; echo "disk on fire ${PASSWORD}" >&2; exit 3`,
    );
    await expect(dumped({ client: failing })).rejects.toThrow(/exit code 3: disk on fire \*\*\*/);
  });

  it('when time is up, and kills pg_dump', async () => {
    const pidFile = join(sandbox, 'pid');
    const slow = await programThat('slow', `echo $$ > ${pidFile}; echo "--"; exec sleep 60`);
    await expect(dumped({ client: slow, timeoutSeconds: 0.3 })).rejects.toThrow(
      /took longer than 0\.3 seconds.*NOCODB_BACKUP_DATABASE_DUMP_TIMEOUT/,
    );
    expect(existsSync(`/proc/${(await readFile(pidFile, 'utf8')).trim()}`)).toBe(false);
  });

  it('when it is aborted, and kills pg_dump: D11', async () => {
    const pidFile = join(sandbox, 'pid-aborted');
    const slow = await programThat('aborted', `echo $$ > ${pidFile}; exec sleep 60`);
    const controller = new AbortController();
    const dumping = dumped({ client: slow, signal: controller.signal });
    dumping.catch(() => undefined);
    const pid = await poll(
      async () => (await readFile(pidFile, 'utf8').catch(() => '')).trim() || undefined,
      soon(),
    );
    controller.abort(new Error('SIGTERM'));
    await expect(dumping).rejects.toThrow('SIGTERM');
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });

  it('when the program is not there', async () => {
    await expect(dumped({ client: { path: join(sandbox, 'nothing') } })).rejects.toThrow(PermanentError);
  });

  it('when a table may not be read', async () => {
    await server.createDatabase('guarded', 'noco');
    await server.query('CREATE TABLE secrets (id int)', undefined, 'guarded');
    const guarded = { ...connection, database: 'guarded' };
    await expect(dumped({}, guarded)).rejects.toThrow(
      /may not read all of database "guarded".*GRANT pg_read_all_data/,
    );
    const counting = withSnapshot(guarded, {}, (snapshot) => snapshot.contents());
    await expect(counting).rejects.toThrow(PermanentError);
  });

  it('when row security would leave rows out in silence', async () => {
    await server.createDatabase('secured', 'noco');
    await asOwner(
      'CREATE TABLE own (id int); ALTER TABLE own ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY',
      'secured',
    );
    const secured = { ...connection, database: 'secured' };
    await expect(dumped({}, secured)).rejects.toThrow(PermanentError);
    await expect(withSnapshot(secured, {}, (snapshot) => snapshot.contents())).rejects.toThrow(
      PermanentError,
    );
  });
});

describe('a database that cannot be reached', () => {
  const secretless = (error: unknown) => {
    expect(String(error)).not.toContain('wrong horse');
    throw error;
  };

  it('because of a wrong password or user needs a person', async () => {
    const wrong = { ...connection, password: 'wrong horse' };
    await expect(serverFacts(wrong).catch(secretless)).rejects.toThrow(/DATABASE_USER and DATABASE_PASSWORD/);
    await expect(serverFacts(wrong)).rejects.toThrow(PermanentError);
    await expect(dumped({}, wrong).catch(secretless)).rejects.toThrow(PermanentError);
    await expect(serverFacts({ ...connection, user: 'nobody' })).rejects.toThrow(PermanentError);
  });

  it('because it does not exist needs a person', async () => {
    await expect(serverFacts({ ...connection, database: 'nococd' })).rejects.toThrow(
      /no database "nococd".*DATABASE_NAME/,
    );
    await expect(dumped({}, { ...connection, database: 'nococd' })).rejects.toThrow(PermanentError);
  });

  it('because nobody listens may pass', async () => {
    const error: unknown = await serverFacts({ ...connection, port: await freePort() }).catch(
      (reason: unknown) => reason,
    );
    expect(error).not.toBeInstanceOf(PermanentError);
    expect(String(error)).toMatch(/does not answer.*DATABASE_HOST and DATABASE_PORT/);
  });

  it('because its host is unknown may pass', async () => {
    const error: unknown = await serverFacts({ ...connection, host: 'nowhere.invalid' }).catch(
      (reason: unknown) => reason,
    );
    expect(error).not.toBeInstanceOf(PermanentError);
    expect(String(error)).toMatch(/DATABASE_HOST/);
  });

  it('because the server accepts and stays silent does not hold up an abort', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await poll(() => Promise.resolve(silent.listening), soon());
    const { port } = silent.address() as { port: number };
    const asking = serverFacts({ ...connection, port }, { signal: AbortSignal.timeout(200) });
    await expect(asking).rejects.toThrow(/timeout/);
    silent.close();
  });
});

describe('a server', () => {
  it('tells what a restore must match', async () => {
    const facts = await serverFacts(connection);
    expect(facts).toMatchObject({
      major: Math.floor(facts.versionNumber / 10_000),
      encoding: 'UTF8',
      collation: {
        provider: 'libc',
        collate: expect.any(String),
        ctype: expect.any(String),
      },
    });
    expect(facts.sizeBytes).toBeGreaterThan(1_000_000);
  });

  it('that dies in the middle of counting is a broken connection, which may pass', async () => {
    const other = await startPostgres();
    try {
      const counting = withSnapshot(connectionFromUrl(other.url), {}, async (snapshot) => {
        await other.kill();
        return snapshot.contents();
      });
      const error: unknown = await counting.catch((reason: unknown) => reason);
      expect(error).not.toBeInstanceOf(PermanentError);
      expect(String(error)).toMatch(/did the server stop|does not answer/);
    } finally {
      await other.stop();
    }
  }, 30_000);
});

describe('the client search', () => {
  it('finds what is installed and runs', async () => {
    expect(client.version).toMatch(/^\d+\.\d+/);
    const run = await new Promise((resolve) =>
      execFile(client.path, ['--help'], (error) => {
        resolve(error);
      }),
    );
    expect(run).toBeNull();
  });

  it('passes over folders without clients, and programs that are none', async () => {
    await programThat('pg_dump', 'echo hello');
    await expect(findClient('pg_dump', 15, [sandbox, join(sandbox, 'none')])).rejects.toThrow(/found: none/);
  });
});
