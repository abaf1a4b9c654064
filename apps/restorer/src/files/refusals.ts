import type { LeftOut } from '@nocodb-backup/events';

const EXAMPLES = 50;

/** What of an archive was not put back, by reason. */
export class Refusals {
  readonly #byReason = new Map<string, { count: number; readonly examples: string[] }>();

  add(reason: string, path: string): void {
    const group = this.#byReason.get(reason) ?? { count: 0, examples: [] };
    this.#byReason.set(reason, group);
    group.count++;
    if (group.examples.length < EXAMPLES) group.examples.push(shortened(path));
  }

  leftOut(what: string): LeftOut[] {
    return [...this.#byReason].map(([reason, { count, examples }]) => ({ what, reason, count, examples }));
  }
}

/** Control characters of a hostile name do not reach a terminal. */
const shortened = (path: string): string => {
  const text = JSON.stringify(path).slice(1, -1);
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
};
