import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { services } from '../services.js';
import { permissionFiles } from './permission-files.js';
import { roles } from './roles.js';

const folder = join(import.meta.dirname, '../../../../deploy/nats');
const files = permissionFiles();

describe('deploy/nats', () => {
  it.each(files)('has $name as `npm run nats-conf` writes it', ({ name, text }) => {
    expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
  });

  it('has no permissions of anybody else', () => {
    const names = files.map(({ name }) => name);
    expect(readdirSync(folder).sort()).toEqual([...names, 'nats.conf', 'start.sh', 'tls.conf'].sort());
  });

  it('lets every user in, each with their own password and permissions', () => {
    const conf = readFileSync(join(folder, 'nats.conf'), 'utf8');
    for (const { name } of roles)
      expect(conf).toContain(
        `{ user: ${name}, password: $NATS_${name.toUpperCase()}_PASSWORD, permissions: { include "${name}.conf" } }`,
      );
    expect(conf.match(/^ *(# )?{ user:/gm)).toHaveLength(roles.length);
  });
});

const publishOf = (user: string): string => /publish: {([^}]*)}/.exec(textOf(user))?.[1] ?? '';
const textOf = (user: string): string => files.find(({ name }) => name === `${user}.conf`)?.text ?? '';

describe('the permissions', () => {
  it('include the lanes that only some configurations have', () => {
    const sometimes = services.filter((service) => 'moreControllers' in service);
    expect(sometimes.map(({ name }) => name)).toEqual(['notifier']);
    for (const service of sometimes) expect(service).toHaveProperty('possibleControllers');
    expect(publishOf('notifier')).toContain('"$JS.API.CONSUMER.MSG.NEXT.EVENTS.notifier-ping"');
  });

  it('let only the dumper say that a dump is whole', () => {
    const may = roles.map(({ name }) => name).filter((name) => publishOf(name).includes('.DumpCompleted"'));
    // Those two are everybody at once, and commented out.
    expect(may).toEqual(['dumper', 'operator', 'sidecar']);
  });

  it.each(roles)('let $name publish to no subject that begins with a wildcard', ({ name }) => {
    expect(publishOf(name)).toContain('"$JS.API.STREAM.MSG.GET.EVENTS"');
    expect(publishOf(name)).not.toMatch(/^ *"[*>]/m);
  });

  it.each(roles)('let $name neither change nor shorten anything', ({ name }) => {
    expect(publishOf(name)).not.toMatch(/PURGE|DELETE\.|UPDATE|RESTORE|SNAPSHOT|API\.(\*|>|STREAM\.[*>])/);
  });
});
