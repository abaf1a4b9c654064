import { z } from 'zod';
import { ConfigError } from './config-error.js';
import { type Environment, valueOf } from './environment.js';

/** `true`/`false` and what else people write for them. */
export const flag = (fallback: boolean) =>
  z.stringbool({ truthy: ['true', '1', 'yes', 'on'], falsy: ['false', '0', 'no', 'off'] }).default(fallback);

/** A whole number within limits. */
export const integer = (min: number, max: number, fallback: number) =>
  z.coerce.number('must be a number').int('must be a whole number').min(min).max(max).default(fallback);

/**
 * Reads what the schema names from the environment; its keys are the variables' names, and each may come as `<NAME>_FILE`.
 * Throws one ConfigError that names every wrong variable and prints no value.
 */
export const parseConfig = <Schema extends z.ZodObject>(
  schema: Schema,
  env: Environment,
): z.output<Schema> => {
  const problems: string[] = [];
  const values: Record<string, string | undefined> = {};
  for (const name of Object.keys(schema.shape)) {
    try {
      values[name] = valueOf(env, name);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
  }
  const result = schema.safeParse(values);
  if (!result.success) problems.push(...result.error.issues.map(problemOf));
  if (result.success && problems.length === 0) return result.data;
  throw new ConfigError(problems);
};

/** zod's own messages tell what was expected, not what was given; a custom message must do the same. */
const problemOf = ({ path, code, message, ...issue }: z.core.$ZodIssue): string => {
  const name = path.map(String).join('.') || 'the configuration';
  const isMissing = code === 'invalid_type' && issue.input === undefined;
  return `${name}: ${isMissing ? 'is not set' : message}`;
};
