import {
  addNotifyTest,
  createProgram,
  Ended,
  ExitCode,
  processContext,
  run,
  verbHelp,
} from '@nocodb-backup/cli';
import { testChannels } from '@nocodb-backup/notifier';
import { up } from './up.js';

const context = processContext();
const program = createProgram(context);
addNotifyTest(program, context, testChannels);
program
  .command('up')
  .description(
    'run all services, and an event log where NATS_URL names a loopback address at which none answers',
  )
  .addHelpText(
    'after',
    verbHelp(['up', 'up & nocodb-backup backup'], {
      done: 'stopped by SIGTERM or Ctrl-C',
      failed: true,
      usage: true,
    }),
  )
  .action(async () => {
    const exitCode = await up();
    if (exitCode !== ExitCode.done) throw new Ended(exitCode);
  });

process.exitCode = await run(program, process.argv.slice(2));
