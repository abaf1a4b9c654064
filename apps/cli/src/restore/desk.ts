import type { CliContext } from '../context.js';
import type { OpenLog } from '../open-log.js';

/** Where a person asks for a restore: the program and the log. */
export interface Desk {
  readonly context: CliContext;
  readonly open: OpenLog;
}

/** How long a request may go unanswered before the person is told so, in milliseconds. */
export const unattendedMs = 15_000;
