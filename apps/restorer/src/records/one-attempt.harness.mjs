/** A process that makes one attempt and tells of each step that is done, for tests that kill it; its argument is a file. */
import { readFileSync } from 'node:fs';
import { backupFrom } from './memory-backup.harness.ts';
import { restored, targetAt } from './records.harness.ts';

const { backup, target, plan, done, options } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
await restored(targetAt(target), backupFrom(backup), {
  ...{ plan, options, done: new Map(done) },
  tell: (step) => process.stdout.write(`${JSON.stringify(step)}\n`),
});
process.exit(0);
