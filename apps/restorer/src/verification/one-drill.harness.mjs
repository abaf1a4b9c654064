/** A process that makes one drill, for tests that kill it; its argument is a `Wish` as JSON. */
import { drilled } from './drill.harness.ts';

await drilled(JSON.parse(process.argv[2] ?? '{}'));
