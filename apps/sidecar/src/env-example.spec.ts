import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { InitSettings } from '@nocodb-backup/cli';
import { HealthConfig, LogConfig, ServiceConfig } from '@nocodb-backup/service';
import { services } from './services.js';
import { UpConfig } from './up.js';

const example = readFileSync(join(import.meta.dirname, '../../../.env.example'), 'utf8');
const schemas = [
  InitSettings,
  HealthConfig,
  LogConfig,
  ServiceConfig,
  UpConfig,
  ...services.map(({ config }) => config),
];

describe('.env.example', () => {
  it('names exactly the variables that the services read, each once', () => {
    const named = [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name);
    const read = new Set(schemas.flatMap(({ shape }) => Object.keys(shape)));
    expect(named.sort()).toEqual([...read].sort());
  });

  it('changes nothing when it is copied as it is', () => {
    const copied = Object.fromEntries(
      [...example.matchAll(/^([A-Z][A-Z0-9_]*)=(.+)$/gm)].map(([, name = '', value]) => [name, value]),
    );
    for (const schema of schemas) expect(schema.parse(copied)).toEqual(schema.parse({}));
  });
});
