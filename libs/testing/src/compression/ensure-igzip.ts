import { fetchedProgram } from './fetched-program.js';

/** The folder with the program `igzip`, to be put on PATH: where it is installed, else one in the cache. Throws where there is no apt. */
export const ensureIgzip = (say?: (line: string) => void): Promise<string> =>
  fetchedProgram({ name: 'igzip', packages: ['isal', 'libisal2'] }, say);
