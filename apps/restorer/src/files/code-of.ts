/** The code of a system error, such as `ENOENT`; `undefined`, as text, for any other. */
export const codeOf = (error: unknown): string => String((Object(error) as { code?: unknown }).code);
