import type { Manifest } from './manifest.js';

type Base = Manifest['parts']['export']['bases'][number];
type Table = Base['tables'][number];

/** Sentences of the manifest that tell nothing of the contents. */
interface Harmless {
  readonly failures: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * The manifest without what tells contents: ids stand for titles, what failed is named without its reason, and there are no hashes of
 * contents, by which a guess could be proven right. Titles are in the encrypted `metadata.json` of their base, reasons and warnings in the event log.
 */
export const discreetManifest = (manifest: Manifest, harmless: Harmless): Manifest => {
  const { parts, id } = manifest;
  const bases = parts.export.bases.map(untitledBase);
  return {
    ...manifest,
    parts: { ...parts, export: { ...parts.export, bases } },
    failures: [
      ...(['dump', 'files', 'export'] as const).flatMap((part) =>
        failureOf(`part ${part}`, parts[part].status),
      ),
      ...bases.flatMap(({ tables }) => tables).flatMap(failuresOfTable),
      ...harmless.failures,
    ],
    warnings: [
      ...harmless.warnings,
      ...warningsAside(manifest.warnings.length - harmless.warnings.length, id),
    ],
  };
};

const untitledBase = (base: Base): Base => ({
  ...base,
  title: base.id,
  tables: base.tables.map((table) => ({ ...table, title: table.id, contentHash: undefined })),
});

const failureOf = (what: string, status: string): string[] =>
  status === 'failed' || status === 'timed-out' ? [`${what}: ${status}`] : [];

const failuresOfTable = ({ id, status, attachments: { missing } }: Table): string[] => [
  ...failureOf(`table ${id}`, status),
  ...(missing > 0 ? [`table ${id}: ${missing} attachments are missing`] : []),
];

const warningsAside = (count: number, id: string): string[] => {
  const are = count === 1 ? 'warning is' : 'warnings are';
  return count > 0
    ? [`${count} ${are} kept in the event log, as they may tell contents: nocodb-backup show ${id}`]
    : [];
};
