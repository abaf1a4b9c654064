import type { Readable, Writable } from 'node:stream';
import { environment, type Environment, onStopSignal } from '@nocodb-backup/service';
import pico from 'picocolors';
import type { Colors } from 'picocolors/types.js';
import { Interrupted, OutputClosed } from './cli-error.js';
import { personOf } from './person.js';

/** Where a verb writes to. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** All that a verb knows of the world outside. */
export interface CliContext {
  /** Read on demand: `--help` works with a broken `.env`. Throws ConfigError. */
  readonly environment: () => Environment;
  /** Results, and nothing else. */
  readonly stdout: Output;
  /** Everything that is no result: progress, warnings, errors. */
  readonly stderr: Output;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Aborted with Interrupted by Ctrl-C, with OutputClosed when nobody reads stdout any more. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Who is at the keyboard, for the log. */
  readonly person: string;
}

/** The context of this process. Takes over SIGINT and SIGTERM: they ask verbs to end. */
export const processContext = (): CliContext => {
  const ending = new AbortController();
  onStopSignal(() => {
    ending.abort(new Interrupted());
  });
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    ending.abort(new OutputClosed());
  });
  process.stderr.on('error', () => undefined);
  return {
    environment: () => environment(),
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    signal: ending.signal,
    now: () => new Date(),
    person: personOf(),
  };
};

/** Colours for a terminal that wants them; https://no-color.org. */
export const colorsOf = (output: Output, env: NodeJS.ProcessEnv = process.env): Colors => {
  const wanted = output.isTTY === true && env.TERM !== 'dumb' && !env.NO_COLOR;
  return pico.createColors(wanted || Boolean(env.FORCE_COLOR));
};
