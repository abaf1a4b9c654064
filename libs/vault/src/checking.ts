import type { Manifest } from '@nocodb-backup/backup';
import { type Damage, damagedBackup } from './damaged-backup.js';
import type { VerifyOptions } from './stored-backup.js';

export interface Verifying extends VerifyOptions {
  readonly paths: readonly string[];
}

/** What the check of one file works with. */
export interface Checking {
  /** Whether this attached file is read. */
  readonly wants: (path: string) => boolean;
  readonly signal: AbortSignal;
  /** Told the bytes that were read. */
  readonly heard: (bytes: number) => void;
  readonly damaged: (damage: Damage) => void;
}

/** Checks each path once, and rejects with one PermanentError on all damage that was found. */
export const verifyEach = async (
  manifest: Manifest,
  { paths, signal, bytesTotal, ...options }: Verifying & { readonly bytesTotal: number },
  check: (path: string, checking: Checking) => Promise<void>,
): Promise<void> => {
  const damages: Damage[] = [];
  let bytes = 0;
  const heard = (more: number) => {
    bytes += more;
    options.progress({ bytes, bytesTotal: Math.max(bytes, bytesTotal) });
  };
  for (const path of new Set(paths))
    await check(path, {
      wants: options.wants ?? (() => true),
      signal,
      heard,
      damaged: (damage) => damages.push(damage),
    });
  if (damages.length > 0) throw damagedBackup(manifest, damages);
};
