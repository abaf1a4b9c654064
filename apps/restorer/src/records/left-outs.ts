import type { LeftOut, RestoreStepCompleted } from '@nocodb-backup/events';

const mostReasons = 100;
const mostExamples = 50;

interface Group {
  readonly what: string;
  readonly reason: string;
  count: number;
  readonly examples: string[];
}

/** What a step does not put back, grouped by what and why. */
export class LeftOuts {
  readonly #groups = new Map<string, Group>();

  /** `what` such as `records of "Orders"`, `example` such as the record's id. */
  add(what: string, reason: string, example: string): void {
    const group = this.#group(what.slice(0, 300), reason.slice(0, 1000));
    group.count++;
    if (group.examples.length < mostExamples) group.examples.push(example.slice(0, 200));
  }

  get count(): number {
    return [...this.#groups.values()].reduce((sum, { count }) => sum + count, 0);
  }

  list(): RestoreStepCompleted['data']['leftOut'] {
    return [...this.#groups.values()] satisfies LeftOut[];
  }

  /** As many groups as an event holds: what comes after is told by its number alone. */
  #group(what: string, reason: string): Group {
    const isFull = this.#groups.size >= mostReasons - 1;
    const key = `${what}\n${reason}`;
    const known = this.#groups.get(key);
    if (known) return known;
    if (isFull && what !== 'others') return this.#group('others', 'for further reasons');
    const group: Group = { what, reason, count: 0, examples: [] };
    this.#groups.set(key, group);
    return group;
  }
}
