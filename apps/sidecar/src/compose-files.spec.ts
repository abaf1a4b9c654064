import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { InitSettings } from '@nocodb-backup/cli';
import { HealthConfig, LogConfig, ServiceConfig } from '@nocodb-backup/service';
import { parse } from 'yaml';
import { z } from 'zod';
import { services } from './services.js';
import { UpConfig } from './up.js';

const deploy = join(import.meta.dirname, '../../../deploy');
const stacks = ['docker-compose.traefik.yml', 'docker-compose.development.yml'];

const Service = z.object({
  environment: z.record(z.string(), z.unknown()).default({}),
  extends: z.object({ service: z.string() }).optional(),
});
const Compose = z.object({ services: z.record(z.string(), Service) });

const textOf = (file: string): string => readFileSync(join(deploy, file), 'utf8');
const servicesOf = (file: string) =>
  Compose.parse(parse(textOf(file), { merge: true, maxAliasCount: -1 })).services;

const described = servicesOf('services.yml');

const readByTheImage = ['SERVICE', 'NOCODB_BACKUP_ALERT_MAX_AGE_HOURS'];

/** The variables that a container is given. */
const givenTo = (name: string): string[] => {
  const names = Object.keys(described[name]?.environment ?? {}).map((variable) =>
    variable.replace(/_FILE$/, ''),
  );
  return [...new Set(names)].filter((variable) => variable !== 'SERVICE').sort();
};

const namesIn = (...shapes: readonly Readonly<Record<string, unknown>>[]): string[] =>
  [...new Set(shapes.flatMap((shape) => Object.keys(shape)))].sort();

const common = { ...ServiceConfig.shape, ...HealthConfig.shape, ...LogConfig.shape };
const all = namesIn(common, ...services.map(({ config }) => config.shape));

describe('the compose files', () => {
  it.each(services.map(({ name, config }) => ({ name, config })))(
    'give $name every variable that it reads, and no other',
    ({ name, config }) => {
      const read = namesIn(common, config.shape);
      const given = givenTo(name).filter(
        (variable) => read.includes(variable) || !readByTheImage.includes(variable),
      );
      expect(given).toEqual(read);
    },
  );

  it('give the command line, and all services in one, every variable that there is', () => {
    expect(givenTo('cli')).toEqual(all);
    expect(givenTo('sidecar')).toEqual(
      namesIn(UpConfig.shape, Object.fromEntries(all.map((name) => [name, 0]))),
    );
  });

  it('give nocodb-init the database and what it reads besides', () => {
    expect(namesIn(InitSettings.shape, LogConfig.shape)).toEqual(givenTo('nocodb-init'));
  });

  it.each(stacks)('%s has every service of this project, and the container for commands', (file) => {
    const used = Object.values(servicesOf(file)).map((service) => service.extends?.service);
    expect(used).toEqual(
      expect.arrayContaining([...services.map(({ name }) => name), 'nats', 'cli', 'nocodb-init']),
    );
    for (const name of used) if (name !== undefined) expect(Object.keys(described)).toContain(name);
  });

  it('are given no variable by the examples of .env that nothing reads', () => {
    const examples = readdirSync(deploy).filter((file) => /^\.env\..+\.example$/.test(file));
    expect(examples).toHaveLength(3);
    const files = ['services.yml', 'docker-compose.sidecar.yml', ...stacks].map(textOf).join('\n');
    for (const example of examples)
      for (const [, name = ''] of textOf(example).matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm))
        if (name !== 'COMPOSE_PROFILES')
          expect(files).toMatch(new RegExp(`\\$\\{${name}\\b|^ +${name}:`, 'm'));
  });

  it('give the event log the password of each user that it knows', () => {
    const known = textOf('nats/nats.conf').match(/^ +\{ user:.*\$(\w+)/gm) ?? [];
    const passwords = known.map((line) => line.replace(/.*\$/, ''));
    expect(passwords.length).toBeGreaterThan(0);
    expect(Object.keys(described.nats?.environment ?? {}).sort()).toEqual(passwords.sort());
  });
});
