import { fetchedProgram } from './fetched-program.js';

/** The folder with the program `zstd`, to be put on PATH: where it is installed, else one in the cache. Throws where there is no apt. */
export const ensureZstd = (say?: (line: string) => void): Promise<string> =>
  fetchedProgram({ name: 'zstd', packages: ['zstd', 'liblz4-1', 'libstdc++6'] }, say);
