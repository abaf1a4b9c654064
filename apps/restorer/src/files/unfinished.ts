import { readdir } from 'node:fs/promises';
import { isOurs, layoutOf, restoreIdOf } from './layout.js';
import { exists, stageOf } from './swap.js';

/** Folders of restores that were given up in the middle of their swap: they may hold the only copy of something. */
export const unfinishedIn = async (directory: string): Promise<string[]> => {
  const ids = new Set((await readdir(directory)).filter(isOurs).map(restoreIdOf));
  const folders: string[] = [];
  for (const layout of [...ids].map((id) => layoutOf(directory, id))) {
    const stage = await stageOf(layout);
    if (stage === 'done' || stage === 'unpack') continue;
    for (const folder of [layout.workshop, layout.aside]) if (await exists(folder)) folders.push(folder);
  }
  return folders;
};
