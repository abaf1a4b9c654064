import type { Colors } from 'picocolors/types.js';
import type { Outcome } from '../import/outcome.js';
import { countText, numberText } from './figures.js';
import { bullet, section } from './section.js';

/** What `import` prints in the end. */
export const importEnding = (outcome: Outcome, colors: Colors): string => {
  const { imported, known, refused, refusedCount, places } = outcome;
  const total = imported.complete + imported.partial;
  const there = places.map(({ destination, backups }) => `${countText(backups, 'backup')} in ${destination}`);
  return [
    `${colors.bold(`${countText(total, 'backup')} imported`)}${partly(imported.partial)}, ${numberText(known)} known before; there are ${there.join(' and ')}`,
    ...section(colors.red('Not imported'), [
      ...refused.map(({ destination, name, reason }) => bullet(`${destination}: ${name}: ${reason}`)),
      ...(refusedCount > refused.length
        ? [bullet(`and ${numberText(refusedCount - refused.length)} more`)]
        : []),
    ]),
    ...(total > 0 ? ['', ...NEXT] : []),
  ].join('\n');
};

const partly = (count: number): string => (count > 0 ? `, ${numberText(count)} of them partial` : '');

const NEXT = [
  'What only the log knew is lost: pins, verifications, drills, restores.',
  'What retention makes of the backups:  nocodb-backup retention --dry-run',
  'Keep one, whatever it says:           nocodb-backup pin <id>',
  'Read every byte again:                nocodb-backup verify --all',
];
