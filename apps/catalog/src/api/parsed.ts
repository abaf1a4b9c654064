import { BadRequestException, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';

/** Reads what was asked for by a schema; says what is wrong with it, as a problem with status 400. */
export const parsed = (schema: z.ZodType): PipeTransform => ({
  transform: (value: unknown) => {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const problems = result.error.issues.map(({ path, message }) =>
      [path.join('.'), message].filter(Boolean).join(': '),
    );
    throw new BadRequestException(problems.join('; '));
  },
});
