import { version } from '@nocodb-backup/service';
import { z } from 'zod';
import {
  Alert,
  Backup,
  BackupDetails,
  EventOutside,
  Id,
  Notification,
  ProblemSchema,
  queries,
  Restore,
  Sequence,
  Status,
  TablePoint,
  Verification,
  WholeEvent,
} from './schemas.js';

interface Route {
  readonly path: string;
  readonly summary: string;
  readonly answer: z.ZodType;
  readonly query?: z.ZodObject;
  readonly params?: Readonly<Record<string, z.ZodType>>;
}

/** Every route of the API; the document and its test follow from it. */
export const routes: readonly Route[] = [
  {
    path: '/api/backups',
    summary: 'All backups, newest first, as `nocodb-backup list --json` prints them',
    answer: z.array(Backup),
    query: queries.backups,
  },
  {
    path: '/api/backups/{id}',
    summary: 'One backup, its parts, bases, tables, verifications and restores',
    answer: BackupDetails,
    params: { id: Id },
  },
  {
    path: '/api/events',
    summary: 'The outside of events, newest first',
    answer: z.array(EventOutside),
    query: queries.events,
  },
  {
    path: '/api/events/{sequence}',
    summary: 'One event as it lies in the log',
    answer: WholeEvent,
    params: { sequence: Sequence },
  },
  {
    path: '/api/tables/{id}/history',
    summary: 'How a table was in each backup, newest first',
    answer: z.array(TablePoint),
    query: queries.history,
    params: { id: Id },
  },
  {
    path: '/api/restores',
    summary: 'Restores, newest first',
    answer: z.array(Restore),
    query: queries.restores,
  },
  {
    path: '/api/verifications',
    summary: 'Verifications and drills, newest first',
    answer: z.array(Verification),
    query: queries.verifications,
  },
  {
    path: '/api/notifications',
    summary: 'What people were told, or could not be told, newest first',
    answer: z.array(Notification),
    query: queries.notifications,
  },
  { path: '/api/alerts', summary: 'Alerts, newest first', answer: z.array(Alert), query: queries.alerts },
  { path: '/api/status', summary: 'How far the catalog is, and what it does', answer: Status },
];

/** The API as an OpenAPI 3.1 document. */
export const openApi = () => ({
  openapi: '3.1.0',
  info: {
    title: 'nocodb-backup catalog',
    version,
    description: 'What the event log says, read only. Times are ISO 8601 in UTC, sizes in bytes.',
  },
  security: [{ token: [] }, {}],
  components: {
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer', description: 'NOCODB_BACKUP_API_TOKEN, where it is set' },
    },
    schemas: { Problem: schemaOf(ProblemSchema) },
  },
  paths: Object.fromEntries(routes.map((route) => [route.path, { get: operationOf(route) }])),
});

const operationOf = ({ path, summary, answer, query, params = {} }: Route) => ({
  operationId: path
    .slice('/api/'.length)
    .replaceAll(/[^a-z]+(\w?)/g, (_, letter: string) => letter.toUpperCase()),
  summary,
  parameters: [
    ...Object.entries(params).map(([name, schema]) => ({
      name,
      in: 'path',
      required: true,
      schema: schemaOf(schema),
    })),
    ...Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
      name,
      in: 'query',
      required: false,
      schema: schemaOf(schema as z.ZodType),
    })),
  ],
  responses: {
    200: { description: summary, content: { 'application/json': { schema: schemaOf(answer) } } },
    default: {
      description: 'What went wrong',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  },
});

/** As JSON Schema; the document says once for all which dialect that is. */
const schemaOf = (schema: z.ZodType) => {
  const document: Record<string, unknown> = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' });
  delete document.$schema;
  return document;
};
