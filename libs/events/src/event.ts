import { z } from 'zod';

/** A fact as a service makes it: what happened, to what, under which subject of the log. */
export interface Event<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly version: number;
  readonly data: Data;
  /** Where the log keeps the fact: `evt.<stream>.<id>.<Type>[.<key>]`. One subject holds one fact, for ever. */
  readonly subject: string;
}

type Shape = z.ZodRawShape;
type Upcast = (data: Record<string, unknown>) => Record<string, unknown>;

/** The definition of one kind of event: call it to make one; `read` takes one of any version from the log. */
export interface EventType<Type extends string = string, Schema extends z.ZodType = z.ZodType> {
  (data: z.input<Schema>): Event<Type, z.output<Schema>>;
  readonly type: Type;
  readonly stream: string;
  readonly version: number;
  readonly schema: Schema;
  /** The field of the data that makes the fact repeatable within its stream id, such as `tableId`. */
  readonly key: string | undefined;
  /** One sentence on what happened; the documentation is made of it. */
  readonly meaning: string;
  /** Which services may append it. */
  readonly by: readonly string[];
  /** The subject of the fact of this type for the same id (and key) as in `data`, recorded or not. */
  subjectFor(data: object): string;
  /** Parses data of any published version. Throws a ZodError when it does not fit. */
  read(data: unknown, version: number): z.output<Schema>;
}

export type EventOf<T> =
  T extends EventType<infer Type, infer Schema> ? Event<Type, z.output<Schema>> : never;

export interface Definition<Key extends string> {
  readonly by: string | readonly string[];
  readonly meaning: string;
  readonly key?: Key;
  /** `upcasts[n]` turns data of version n + 1 into version n + 2; the event's version is their number plus one. */
  readonly upcasts?: readonly Upcast[];
}

/** Ids and keys become tokens of a NATS subject: no dots, blanks or wildcards. */
export const Token = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,128}$/, 'must consist of letters, digits, "_" and "-"');

type Define<Id extends string> = <Type extends string, S extends Shape>(
  type: Type,
  definition: Definition<Extract<keyof S, string>>,
  shape: S,
) => EventType<Type, z.ZodObject<S & Record<Id, typeof Token>, z.core.$strict>>;

/** Starts the definition of one stream's events; every one of them carries the stream's id. */
export const stream =
  <Id extends string>(name: string, id: Id): Define<Id> =>
  (type, { key, upcasts = [], meaning, by }, shape) => {
    const schema = z.strictObject({ [id]: Token, ...shape });
    const version = upcasts.length + 1;
    const subjectFor = (data: object) => subjectOf({ name, id, type, key }, data);
    const make = (input: z.input<typeof schema>) => {
      const data = schema.parse(input);
      return { type, version, data, subject: subjectFor(data) };
    };
    const read = (data: unknown, from: number) => schema.parse(upcast(data, upcasts.slice(from - 1)));
    const definition = {
      type,
      stream: name,
      version,
      schema,
      key,
      meaning,
      by: [by].flat(),
      subjectFor,
      read,
    };
    return Object.assign(make, definition);
  };

const upcast = (data: unknown, steps: readonly Upcast[]): unknown =>
  steps.reduce<unknown>((current, step) => step(z.record(z.string(), z.unknown()).parse(current)), data);

const subjectOf = (
  { name, id, type, key }: { name: string; id: string; type: string; key: string | undefined },
  data: object,
): string => {
  const fields = data as Record<string, unknown>;
  const subject = `evt.${name}.${Token.parse(fields[id])}.${type}`;
  return key === undefined ? subject : `${subject}.${Token.parse(fields[key])}`;
};
