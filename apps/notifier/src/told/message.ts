import type { NoticeLevel } from '@nocodb-backup/events';

/** What people are told of one event; each channel gives it its own form. */
export interface Message {
  readonly level: NoticeLevel;
  /** What it is about, in a few words. */
  readonly title: string;
  /** What happened and since when, a sentence each. */
  readonly lines: readonly string[];
  readonly facts: readonly Fact[];
  /** What to do; those that begin with `nocodb-backup ` are commands. */
  readonly next: readonly string[];
}

/** A name and its value, such as `Stored` and `1.2 GB`. */
export type Fact = readonly [name: string, value: string];

const linesAtMost = 12;
const lineLength = 400;

/** A message that fits on a phone: each text on one line, none too long, not too many of them. */
export const message = ({ level, title, lines, facts, next }: Message): Message => ({
  level,
  title: atMost(title, 150),
  lines: lines.slice(0, linesAtMost).map((line) => atMost(line, lineLength)),
  facts: facts.map(([name, value]) => [name, atMost(value, 200)] as const),
  next: next.map((step) => atMost(step, lineLength)),
});

/** The first of several things, an entry of a list each, and how many more there are. */
export const firstOf = (things: readonly string[], where: string, most = 8): string[] => [
  ...things.slice(0, most).map((thing) => `- ${thing}`),
  ...(things.length > most ? [`... and ${things.length - most} more: ${where}`] : []),
];

/** Whether the step is to be typed. */
export const isCommand = (step: string): boolean => step.startsWith('nocodb-backup ');

/** Text from outside on one line, without what steers terminals, cut where it is too long. */
export const atMost = (text: string, length: number): string => {
  const line = text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length - 3).trimEnd()}...`;
};

/** `2026-11-22 05:15 UTC`. */
export const instantText = (time: Date): string => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
