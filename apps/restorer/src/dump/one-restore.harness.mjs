/** A process that makes one attempt, for tests that kill it; its argument is a `Wish` as JSON. */
import { restored } from './dump.harness.ts';

await restored(JSON.parse(process.argv[2] ?? '{}'));
process.stdout.write('done\n');
// The test kills it here, before anything could be recorded.
setInterval(() => undefined, 1000);
