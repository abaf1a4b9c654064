/** A worker process that takes an event, says so, and never ends: `node --import <hooks> <this> <url> <service>`. */
import { dumperThat } from './dumper.harness.ts';
import { startService } from './service.harness.ts';

const [, , url = '', service = ''] = process.argv;
const endless = dumperThat(() => {
  process.stdout.write('working\n');
  return new Promise(() => undefined);
});
await startService(url, service, [endless]);
