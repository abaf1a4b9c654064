import {
  addNotifyTest,
  createProgram,
  Ended,
  ExitCode,
  processContext,
  run,
  verbHelp,
} from '@nocodb-backup/cli';

const context = processContext();
const program = createProgram(context);
// The services are loaded for whoever wants them: all other verbs start in half the time without.
addNotifyTest(program, context, async (env) => (await import('@nocodb-backup/notifier')).testChannels(env));
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
    const { up } = await import('./up.js');
    const exitCode = await up();
    if (exitCode !== ExitCode.done) throw new Ended(exitCode);
  });

process.exitCode = await run(program, process.argv.slice(2));
