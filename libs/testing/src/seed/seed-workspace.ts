import type { NocoDbServer } from '../nocodb/start-nocodb.js';
import { Api } from './api.js';
import { awkwardBases } from './awkward-names.js';
import type { SeededWorkspace } from './expected.js';
import { workshopBase } from './workshop-base.js';

/** How much to seed, and whom to tell what is being made. */
export interface SeedOptions {
  /** Records of the one big table; 10,000 if not given. */
  readonly records?: number;
  readonly say?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Fills a NocoDB by its REST API with a workspace as people have them, and returns what must be found in a backup of it. */
export const seedWorkspace = async (
  nocodb: Pick<NocoDbServer, 'url' | 'signIn' | 'adminEmail'>,
  { records = 10_000, say = () => undefined, signal }: SeedOptions = {},
): Promise<SeededWorkspace> => {
  const api = new Api(nocodb.url, await nocodb.signIn(), signal);
  const workshop = await workshopBase(api, { records, email: nocodb.adminEmail, say });
  say('bases with awkward names ...');
  return { bases: [workshop, ...(await awkwardBases(api))] };
};
