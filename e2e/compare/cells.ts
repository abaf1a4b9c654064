import { createHash } from 'node:crypto';
import type { Api, Row } from '../api.js';
import { exemptOfFile } from './exempt.js';
import type { Loose, RawColumn } from './raw-base.js';
import type { Side } from './records.js';

/** A cell in a form that can be compared. */
export interface Cell {
  readonly value: unknown;
  /** A nested list of which NocoDB shows the first 25 only. */
  readonly isCut: boolean;
}

const shownAtMost = 25;

/** Files as their bytes, users as their addresses, nested lists in an order of their own, hooks by title. */
export const cellOf = async (side: Side, { title, uidt }: RawColumn, row: Row): Promise<Cell> => {
  const value = row[title] ?? null;
  const isNested = Array.isArray(value) && uidt === 'Lookup';
  if (!isNested) return { value: await comparable(side, uidt, value), isCut: false };
  const items = await Promise.all((value as unknown[]).map((item) => comparable(side, uidt, item)));
  const texts = items.map((item) => JSON.stringify(item)).toSorted();
  return { value: texts, isCut: texts.length >= shownAtMost };
};

const comparable = async (side: Side, uidt: string, value: unknown): Promise<unknown> => {
  if (uidt === 'JSON') return value;
  if (Array.isArray(value)) return Promise.all(value.map((item) => comparable(side, uidt, item)));
  if (typeof value !== 'object' || value === null) return value;
  const cell = value as Loose;
  if ('mimetype' in cell && 'title' in cell) return fileOf(side.api, cell);
  if ('email' in cell && 'id' in cell) return cell.email;
  if ('fk_webhook_id' in cell) return { ...cell, fk_webhook_id: side.names.get(String(cell.fk_webhook_id)) };
  return value;
};

const fileOf = async (api: Api, file: Loose) => ({
  ...Object.fromEntries(Object.entries(file).filter(([key]) => !exemptOfFile.has(key))),
  sha256: await digestOf(api, String(file.signedPath ?? file.path)),
});

const digestOf = async ({ url }: Api, path: string) => {
  const address = `${url}/${path.split('/').map(encodeURIComponent).join('/')}`;
  const response = await fetch(address, { signal: AbortSignal.timeout(60_000) });
  if (!response.ok || !response.body) return `answered ${response.status}`;
  const hash = createHash('sha256');
  for await (const chunk of response.body) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
};
