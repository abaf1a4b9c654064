import { Artifact, Codec, ContentHash, Part, Trigger } from '@nocodb-backup/events';
import { z } from 'zod';
import { BackupId } from './backup-id.js';

const count = z.int().nonnegative();
const PartStatus = z.enum(['complete', 'partial', 'failed', 'timed-out', 'not requested']);

const ManifestTable = z.object({
  id: z.string(),
  title: z.string(),
  folder: z.string(),
  status: z.enum(['complete', 'partial', 'failed', 'timed-out']),
  records: count,
  links: count,
  attachments: z.object({ files: count, bytes: count, missing: count }),
  /** Of records and links, equal for equal content however it is stored. Absent in manifests of earlier versions and of encrypted backups. */
  contentHash: ContentHash.optional(),
});

/** `manifest.json`: written last, and all that a restore needs to know. Unknown fields of later versions are kept. */
export const Manifest = z.looseObject({
  format: z.literal('nocodb-backup'),
  version: z.literal('2.0'),
  id: BackupId,
  status: z.enum(['complete', 'partial']),
  source: z.string(),
  trigger: Trigger,
  requestedBy: z.string(),
  reason: z.string().nullable(),
  /** What of the tables was wanted. Absent in manifests of earlier versions. */
  options: z.object({ records: z.boolean(), attachments: z.boolean() }).optional(),
  requestedAt: z.iso.datetime(),
  settledAt: z.iso.datetime(),
  tool: z.object({ name: z.literal('nocodb-backup'), version: z.string() }),
  nocodb: z.object({ version: z.string().nullable() }),
  postgres: z
    .object({
      serverVersion: z.string(),
      clientVersion: z.string(),
      collation: z.object({
        provider: z.string(),
        collate: z.string(),
        ctype: z.string(),
        version: z.string().nullable(),
      }),
    })
    .nullable(),
  parts: z.object({
    dump: z.object({
      status: PartStatus,
      tables: count,
      rows: count,
      sqlBytes: count,
      codec: Codec.optional(),
    }),
    files: z.object({ status: PartStatus, files: count, tarBytes: count, codec: Codec.optional() }),
    export: z.object({
      status: PartStatus,
      bases: z.array(
        z.object({ id: z.string(), title: z.string(), folder: z.string(), tables: z.array(ManifestTable) }),
      ),
    }),
  }),
  failures: z.array(z.string()),
  warnings: z.array(z.string()),
  /** Absent when nothing is encrypted. Else paths that end with `.age` are, and this manifest tells ids instead of titles. */
  encryption: z.object({ format: z.literal('age'), recipients: z.array(z.string()) }).optional(),
  /** Every stored file but this one. `jq -r '.artifacts[]|"\(.sha256)  \(.path)"' manifest.json | sha256sum -c` checks them. */
  artifacts: z.array(Artifact.extend({ part: Part })),
});
export type Manifest = z.infer<typeof Manifest>;
