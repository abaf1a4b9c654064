import { readdir, realpath, type rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PermanentError, type PlannedStep } from '@nocodb-backup/events';
import { RefusedError } from '../refused-error.js';
import type { Conclusion, Plan, PlannedWork, Restoration, StepOutcome, Work } from '../restoration.js';
import type { Target } from '../target.js';
import { ARCHIVE, archiveIn } from './archive.js';
import { codeOf } from './code-of.js';
import { isRunning } from './is-running.js';
import { isOurs, type Layout, layoutOf } from './layout.js';
import { makeReady, synced } from './make-ready.js';
import { readOutcome } from './outcome.js';
import { planFiles, stillRunning } from './plan-files.js';
import { exists, stageOf, swap } from './swap.js';
import { unfinishedIn } from './unfinished.js';

/**
 * Puts the data directory back: the archive is unpacked inside it, in a folder of its own, and then the entries are swapped. The
 * directory itself is never renamed, as it usually is a mount.
 */
export class RestoreFiles implements Restoration {
  constructor(
    private readonly target: Target,
    private readonly move?: typeof rename,
  ) {}

  plan(work: Work): Promise<Plan> {
    return planFiles(this.target, work);
  }

  sources({ backup }: PlannedWork): readonly string[] {
    return [archiveIn(backup) ?? ARCHIVE];
  }

  async perform(_: PlannedStep, work: PlannedWork): Promise<StepOutcome> {
    const layout = await this.layout(work);
    try {
      if ((await stageOf(layout)) === 'unpack') {
        await makeReady(layout, work);
        await this.checkStopped(work);
      }
      await swap(layout, { signal: work.signal, ...(this.move && { move: this.move }) });
    } catch (error) {
      if (isFinal(error)) await rm(layout.workshop, { recursive: true, force: true });
      throw error;
    }
    await synced(layout.directory, work.signal);
    const { files, bytes, leftOut, warnings } = await readOutcome(layout.outcome);
    return { target: null, counts: { files, bytes }, leftOut, warnings };
  }

  async conclude(work: PlannedWork): Promise<Conclusion> {
    const layout = await this.layout(work);
    const warnings = await removedEarlier(layout, work.request.options.dropOld);
    const next = ['Start NocoDB again: docker compose up -d'];
    if (await exists(layout.aside)) next.push(...wayBack(layout));
    return { next, warnings };
  }

  private async layout({ request }: Work): Promise<Layout> {
    return layoutOf(await realpath(this.target.directory), request.restoreId);
  }

  /** It may have been started since the plan was made, or while the archive was unpacked. */
  private async checkStopped({ request, signal }: Work): Promise<void> {
    const url = this.target.config.NOCODB_API_URL;
    if (!request.options.force && (await isRunning(url, signal))) throw stillRunning(url);
  }
}

/** No other attempt will come for the new tree. */
const isFinal = (error: unknown): boolean => error instanceof RefusedError || error instanceof PermanentError;

const wayBack = ({ directory, aside }: Layout): string[] => [
  `What was in ${directory} is kept in ${aside} until the next restore of files.`.slice(0, 500),
  (
    `To go back: stop NocoDB, remove what is new in ${directory} (all but .nocodb-backup-*), then ` +
    `find ${quoted(aside)} -mindepth 1 -maxdepth 1 -exec mv -t ${quoted(directory)} {} +`
  ).slice(0, 500),
];

const quoted = (path: string): string =>
  /^[\w/.-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;

/** Removes what earlier restores kept, now that this one is done. */
const removedEarlier = async (layout: Layout, dropOld: boolean): Promise<string[]> => {
  const { directory, workshop, aside } = layout;
  const kept = new Set([workshop, ...(dropOld ? [] : [aside]), ...(await unfinishedIn(directory))]);
  const folders = (await readdir(directory)).filter(isOurs).map((name) => join(directory, name));
  const warnings: string[] = [];
  for (const folder of folders.filter((path) => !kept.has(path)))
    await rm(folder, { recursive: true, force: true }).catch((error: unknown) => {
      warnings.push(
        `${folder} could not be removed (${codeOf(error)}): remove it yourself, it only takes space`,
      );
    });
  return warnings;
};
