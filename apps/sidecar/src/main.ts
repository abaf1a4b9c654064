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
addNotifyTest(program, context, async (env) => (await import('./channels-to-test.js')).channelsToTest(env));
program
  .command('up')
  .description(
    'run all services, and an event log where NATS_URL names a loopback address at which none answers',
  )
  .option('--log-only', 'run that event log alone, so that import-log may fill it')
  .addHelpText(
    'after',
    verbHelp(['up', 'up & nocodb-backup backup', 'up --log-only & nocodb-backup import-log log.ndjson'], {
      done: 'stopped by SIGTERM or Ctrl-C',
      failed: true,
      usage: true,
    }),
  )
  .action(async ({ logOnly }: { readonly logOnly?: true }) => {
    const { up, upWithLogOnly } = await import('./up.js');
    const exitCode = await (logOnly ? upWithLogOnly() : up());
    if (exitCode !== ExitCode.done) throw new Ended(exitCode);
  });

process.exitCode = await run(program, process.argv.slice(2));
