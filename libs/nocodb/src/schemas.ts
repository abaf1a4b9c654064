import { z } from 'zod';

/** NocoDB's answers: what the program needs is checked, everything else is kept as it came. */
const id = z.string().min(1);
const text = z.string().nullish();

/** The `colOptions` of a link column. */
export const LinkOptions = z.looseObject({
  type: z.enum(['hm', 'bt', 'mm', 'oo', 'om', 'mo']),
  fk_related_model_id: id,
  fk_child_column_id: text,
  fk_parent_column_id: text,
  fk_mm_model_id: text,
  fk_mm_child_column_id: text,
  fk_mm_parent_column_id: text,
});
export type LinkOptions = z.infer<typeof LinkOptions>;

export const Column = z.looseObject({
  id,
  title: z.string(),
  uidt: z.string(),
  /** Truthy: true on PostgreSQL, 1 on others. */
  pk: z.unknown().optional(),
  meta: z.unknown().optional(),
  colOptions: z.looseObject({}).nullish(),
});
export type Column = z.infer<typeof Column>;

export const Base = z.looseObject({ id, title: z.string() });
export type Base = z.infer<typeof Base>;

/** `mm`: truthy for a junction table that NocoDB made for links. */
export const TableSummary = z.looseObject({ id, title: z.string(), mm: z.unknown().optional() });
export type TableSummary = z.infer<typeof TableSummary>;

export const Table = z.looseObject({ id, title: z.string(), columns: z.array(Column) });
export type Table = z.infer<typeof Table>;

export const View = z.looseObject({ id, title: z.string(), type: z.number() });
export type View = z.infer<typeof View>;

export const Hook = z.looseObject({ id });
export type Hook = z.infer<typeof Hook>;

/** Anything that is stored as it came. */
export const Loose = z.looseObject({});
export type Loose = z.infer<typeof Loose>;

/** One record as NocoDB gives it, by column title; never copied, so that a column named `__proto__` survives. */
export type Row = Readonly<Record<string, unknown>>;
export const Row = z.custom<Row>((value) => typeof value === 'object' && value !== null);

export const Page = z.object({
  list: z.array(Row),
  pageInfo: z.looseObject({ isLastPage: z.boolean().optional(), pageSize: z.number().optional() }).optional(),
});
export type Page = z.infer<typeof Page>;

/** One entry of an attachment cell; which fields there are depends on where the file lies. */
export const Attachment = z.looseObject({
  id: text,
  title: text,
  path: text,
  signedPath: text,
  url: text,
  signedUrl: text,
  size: z.number().nullish(),
  mimetype: text,
});
export type Attachment = z.infer<typeof Attachment>;

export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ list: z.array(item) }).transform(({ list }) => list);
