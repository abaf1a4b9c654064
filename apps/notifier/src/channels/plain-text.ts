import { type Message } from '../told/message.js';

/** The message as plain text: what happened, the figures, what to do. */
export const plainText = ({ lines, facts, next }: Message): string =>
  [
    lines.join('\n'),
    facts.map(([name, value]) => `${name}: ${value}`).join('\n'),
    ['What to do:', ...next].slice(0, next.length > 0 ? undefined : 0).join('\n'),
  ]
    .filter((block) => block !== '')
    .join('\n\n');

/** The title with its level in front, for where there are no colours: `[ERROR] Backup FAILED: default`. */
export const levelledTitle = ({ level, title }: Message): string => `[${marks[level]}] ${title}`;

const marks = { error: 'ERROR', warning: 'WARNING', info: 'OK' } as const;
