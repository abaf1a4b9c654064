import { z } from 'zod';
import { allEvents } from './catalogue.js';
import type { EventType } from './event.js';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** `docs/events.md`: every event as its definition has it. */
export const eventsDocument = (): string =>
  [introduction, overview(allEvents), ...allEvents.map(section)].join('\n\n') + '\n';

/** The README's table of events, between its two marks. */
export const readmeWithEvents = (readme: string): string =>
  readme.replace(
    /(<!-- events -->)[^]*(<!-- \/events -->)/,
    `$1\n\n${overview(allEvents, 'docs/events.md')}\n\n$2`,
  );

const introduction = `# Events

<!-- Made from libs/events by \`npm run docs\`. Change the definitions, not this page. -->

Every event is a CloudEvents 1.0 envelope (structured JSON) on a subject of its own in the stream \`EVENTS\`. A subject holds
one fact for ever: appending it again, by whomever, changes nothing. \`time\` and order are the log's.`;

const overview = (events: readonly EventType[], page = ''): string =>
  ['| event | by | meaning |', '| --- | --- | --- |', ...events.map((event) => row(event, page))].join('\n');

const row = ({ type, key, by, meaning }: EventType, page: string): string =>
  `| [${type}](${page}#${type.toLowerCase()})${key ? `.\`<${key}>\`` : ''} | ${by.join(', ')} | ${meaning} |`;

const section = (event: EventType): string => {
  const schema = z.toJSONSchema(event.schema, { io: 'output', unrepresentable: 'any' });
  return [
    `## ${event.type}`,
    `${sentence(event.meaning)} Version ${event.version}, by ${event.by.join(' or ')}, on \`${subjectPattern(event)}\`.`,
    ['| field | type |', '| --- | --- |', ...fields(schema)].join('\n'),
  ].join('\n\n');
};

const sentence = (meaning: string): string => `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`;

const subjectPattern = ({ stream, type, key }: EventType): string =>
  `evt.${stream}.<${stream} id>.${type}${key ? `.<${key}>` : ''}`;

const fields = (schema: JsonSchema): string[] =>
  Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const optional = schema.required?.includes(name) ? '' : ' (optional)';
    return `| \`${name}\` | ${typeText(property as JsonSchema).replaceAll('|', '\\|')}${optional} |`;
  });

const typeText = (schema: JsonSchema): string => {
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(' | ');
  if (schema.anyOf) return schema.anyOf.map((option) => typeText(option)).join(' | ');
  if (schema.type === 'array') return `list of ${typeText(schema.items as JsonSchema)}`;
  if (schema.type === 'object') return `{ ${Object.keys(schema.properties ?? {}).join(', ')} }`;
  return [schema.type, schema.format === 'date-time' ? '(ISO 8601, UTC)' : ''].join(' ').trim();
};
