import { readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isExecutable, programPath } from '../process/program-path.js';

const debianFolder = '/usr/lib/postgresql';
const needed = ['postgres', 'initdb', 'pg_dump', 'psql'];

/** The folder with PostgreSQL's server and client programs: of one major version, or the newest that is installed; nothing if there is none. */
export const postgresBinaries = (major?: number) => {
  const folders = [...installedByDebian(major), ...(major === undefined ? onPath() : [])];
  return folders.find((folder) => needed.every((program) => isExecutable(join(folder, program))));
};

const installedByDebian = (major?: number) => {
  try {
    return readdirSync(debianFolder)
      .filter((version) => major === undefined || Number(version) === major)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(debianFolder, version, 'bin'));
  } catch {
    return [];
  }
};

const onPath = () => {
  const initdb = programPath('initdb');
  return initdb ? [dirname(realpathSync(initdb))] : [];
};
