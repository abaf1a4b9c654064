import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'dotenv';
import { ConfigError } from './config-error.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's environment over the `.env` file of the working directory, where there is one. */
export const environment = (
  processEnv: Environment = process.env,
  directory = process.cwd(),
): Environment => ({
  ...dotEnv(resolve(directory, '.env')),
  ...processEnv,
});

const dotEnv = (path: string): Environment => {
  try {
    return parse(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new ConfigError([`${path} cannot be read: ${(error as Error).message}`]);
  }
};

/**
 * The value of a variable, or the content of the file that `<NAME>_FILE` names, without its last line break.
 * An empty value counts as not set, as compose files pass variables on that way.
 * Throws a ConfigError when both are set or the file cannot be read.
 */
export const valueOf = (env: Environment, name: string): string | undefined => {
  const value = env[name] === '' ? undefined : env[name];
  const file = env[`${name}_FILE`];
  if (file === undefined || file === '') return value;
  if (value !== undefined) throw new ConfigError([`${name} and ${name}_FILE are both set: keep one`]);
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new ConfigError([`${name}_FILE names a file that cannot be read: ${(error as Error).message}`]);
  }
};
