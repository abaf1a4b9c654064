import type { Manifest } from '@nocodb-backup/backup';
import { isKeyFile, type StoredBackup } from '@nocodb-backup/vault';
import type { Colors } from 'picocolors/types.js';
import { countText, sizeText } from './figures.js';
import { oneLine } from './sentence.js';

interface Node {
  readonly label: string;
  readonly children?: readonly Node[];
}

type Table = Manifest['parts']['export']['bases'][number]['tables'][number];
type Base = Manifest['parts']['export']['bases'][number];

/** The tree of `inspect`; below it, what a person should know of a backup that the Python tool made. */
export const backupTree = (
  { format, manifest, locked }: Pick<StoredBackup, 'format' | 'manifest' | 'locked'>,
  colors: Colors,
): string => {
  if (format !== 'legacy')
    return [manifestTree(manifest, colors), ...encryptionLines(manifest, locked)].join('\n');
  // Without a manifest, nothing of an export is known.
  const hasManifest = manifest.parts.export.status !== 'not requested';
  const remarks = manifest.warnings.map((warning) => colors.yellow(`! ${oneLine(warning)}`));
  return [manifestTree(manifest, colors, hasManifest), ...remarks].join('\n');
};

const encryptionLines = ({ encryption }: Manifest, locked: string | undefined): string[] => {
  if (!encryption) return [];
  const titles = locked === undefined ? [] : [`ids stand for titles: ${locked}`];
  return [`encrypted for ${encryption.recipients.join(', ')}`, ...titles];
};

/** The tree of a manifest: what lies in the backup's folder, and how much it is. */
export const manifestTree = (manifest: Manifest, colors: Colors, hasManifest = true): string => {
  const status = manifest.status === 'complete' ? '' : `  ${colors.yellow(manifest.status)}`;
  const own = hasManifest ? [{ label: 'manifest.json' }] : [];
  const nodes = [...topFiles(manifest), ...own, ...basesNode(manifest, colors)];
  const failures = manifest.failures.map((failure) => colors.yellow(`! ${oneLine(failure)}`));
  return [`${colors.bold(manifest.id)}${status}`, ...branches(nodes), ...failures].join('\n');
};

const branches = (nodes: readonly Node[]): string[] =>
  nodes.flatMap(({ label, children = [] }, index) => {
    const isLast = index === nodes.length - 1;
    const below = branches(children).map((line) => `${isLast ? '    ' : '│   '}${line}`);
    return [`${isLast ? '└── ' : '├── '}${label}`, ...below];
  });

const topFiles = ({ artifacts, parts }: Manifest): Node[] =>
  artifacts
    .filter(({ path }) => !path.includes('/'))
    .map(({ path, part, bytes }) => {
      const isArchive = part === 'files' && !isKeyFile({ path });
      const files = isArchive && parts.files.files > 0 ? [countText(parts.files.files, 'file')] : [];
      return { label: `${oneLine(path)} (${[...files, sizeText(bytes)].join(', ')})` };
    });

const basesNode = (manifest: Manifest, colors: Colors): Node[] => {
  const { bases } = manifest.parts.export;
  if (bases.length === 0) return [];
  return [{ label: 'bases/', children: bases.map((base) => baseNode(manifest, base, colors)) }];
};

const baseNode = (manifest: Manifest, base: Base, colors: Colors): Node => {
  const metadata = manifest.artifacts.some(({ path }) => path === `${base.folder}/metadata.json`);
  return {
    label: named(base),
    children: [
      ...(metadata ? [{ label: 'metadata.json' }] : []),
      ...base.tables.map((table) => tableNode(manifest, table, colors)),
    ],
  };
};

const tableNode = (manifest: Manifest, table: Table, colors: Colors): Node => {
  const { status, records, links, attachments } = table;
  if (status === 'failed' || status === 'timed-out')
    return { label: `${named(table)} ${colors.red(`(${status}: not in this backup)`)}` };
  const figures = [
    countText(records, 'record'),
    ...(links > 0 ? [countText(links, 'link')] : []),
    sizeText(bytesBelow(manifest, `${table.folder}/`)),
  ];
  return { label: `${named(table)} (${figures.join(', ')})`, children: attachmentsNode(attachments, colors) };
};

const attachmentsNode = ({ files, bytes, missing }: Table['attachments'], colors: Colors): Node[] => {
  if (files === 0 && missing === 0) return [];
  const lack = missing > 0 ? ` ${colors.yellow(`${missing} missing`)}` : '';
  return [{ label: `attachments/ (${countText(files, 'file')}, ${sizeText(bytes)})${lack}` }];
};

/** The folder's name, and the title where it is another one. */
const named = ({ folder, title }: { readonly folder: string; readonly title: string }): string => {
  const name = folder.split('/').at(-1) ?? folder;
  return name === title ? `${oneLine(name)}/` : `${oneLine(name)}/ "${oneLine(title)}"`;
};

const bytesBelow = ({ artifacts }: Manifest, folder: string): number =>
  artifacts.filter(({ path }) => path.startsWith(folder)).reduce((sum, { bytes }) => sum + bytes, 0);
