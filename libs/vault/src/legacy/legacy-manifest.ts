import { z } from 'zod';

const LegacyTable = z.looseObject({
  id: z.string(),
  title: z.string(),
  /** Only where the records were asked for, and read without an error. */
  records_count: z.int().nonnegative().nullish(),
});
const LegacyBase = z.looseObject({
  id: z.string(),
  title: z.string(),
  tables: z.array(LegacyTable).default([]),
});

/** `manifest.json` of the Python tool. Its `attachments_count` is a running total over all tables: of no use. */
export const LegacyManifest = z.looseObject({
  version: z.literal('1.0'),
  nocodb_url: z.string().nullish(),
  bases: z.array(LegacyBase),
});
export type LegacyManifest = z.infer<typeof LegacyManifest>;
export type LegacyBase = z.infer<typeof LegacyBase>;
export type LegacyTable = z.infer<typeof LegacyTable>;

/** The title as the Python tool wrote it to the disk: different titles may become one name. */
export const legacyName = (title: string): string =>
  Array.from(title.replace(/[/\\:<>"|?*]/g, '_'))
    .slice(0, 100)
    .join('');
