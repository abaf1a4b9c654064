import { PermanentError } from '@nocodb-backup/events';
import type { z } from 'zod';

/** The value, once it fits. Throws a PermanentError that says what it is not. */
export const checked = (schema: z.ZodType<string>, value: string, what: string): string => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new PermanentError(
    `${JSON.stringify(value)} is no ${what}: ${result.error.issues.map(({ message }) => message).join(', ')}`,
  );
};
