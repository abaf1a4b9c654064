import { z } from 'zod';

const Column = z.looseObject({
  id: z.string().optional(),
  title: z.string(),
  uidt: z.string().nullish(),
  pk: z.unknown().optional(),
});

/** What the reading of a backup needs of `schema.json` of the Python tool: a table as NocoDB described it. */
export const LegacySchema = z.looseObject({
  id: z.string().optional(),
  title: z.string().optional(),
  columns: z.array(Column).default([]),
});
export type LegacySchema = z.infer<typeof LegacySchema>;
export type LegacyColumn = z.infer<typeof Column>;

export const attachmentColumns = ({ columns }: LegacySchema): readonly LegacyColumn[] =>
  columns.filter(({ uidt }) => uidt === 'Attachment');

/** The title of the column that tells the records apart; undefined where there is none, or several. */
export const keyTitle = ({ columns }: LegacySchema): string | undefined => {
  const keys = columns.filter(({ pk }) => Boolean(pk));
  return keys.length === 1 ? keys[0]?.title : undefined;
};
