import type { Artifact, Part } from '@nocodb-backup/events';

/** Where a part keeps the key of its files, for those who know the passphrase. */
export const keyPath = (part: Part): string => `key-${part}.age`;

const KEY_PATH = /^key-(dump|files|export)\.age$/;

/** Whether a stored file is such a key: it is one of `age` itself, and not the encrypted form of another. */
export const isKeyFile = ({ path }: Pick<Artifact, 'path'>): boolean => KEY_PATH.test(path);
