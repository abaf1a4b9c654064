import type { Environment } from '@nocodb-backup/service';
import { type Command } from 'commander';
import { CliError, Ended } from '../cli-error.js';
import type { CliContext } from '../context.js';
import { ExitCode } from '../exit-code.js';
import { print, printJson } from '../print.js';
import { oneLine } from '../views/sentence.js';
import { verbHelp } from '../verb-help.js';

/** A channel that can be tried. */
interface Channel {
  readonly name: string;
  test(signal: AbortSignal): Promise<readonly string[]>;
}

interface Options {
  readonly channel?: string;
  readonly json?: true;
}

interface Result {
  readonly channel: string;
  readonly ok: boolean;
  /** Why it failed, or what else one should know. */
  readonly reasons: readonly string[];
}

/** `notify-test`: do alerts arrive? The composition root adds it, as only it knows the notifier's channels. */
export const addNotifyTest = (
  program: Command,
  context: CliContext,
  channelsOf: (env: Environment) => Promise<readonly Channel[]>,
): void => {
  program
    .command('notify-test')
    .summary('send a test message to each channel of the alerts')
    .description(
      "Sends one test message to each channel that NOCODB_BACKUP_ALERT_CHANNELS names, and says what became of it. Needs no event log, and works while alerts are switched off. A dead man's switch gets a note (/log), which changes nothing there.",
    )
    .option('--channel <name>', 'only this one')
    .option('--json', 'print a JSON array')
    .addHelpText(
      'after',
      verbHelp(['notify-test', 'notify-test --channel email'], {
        done: 'every message was taken',
        failed: 'none was taken',
        usage: 'wrong usage or configuration, or no channel is named',
        partial: 'some were taken',
        interrupted: true,
      }),
    )
    .action(async (options: Options) => {
      const channels = await channelsOf(context.environment());
      const results = await Promise.all(
        wanted(channels, options.channel).map((one) => tried(one, context.signal)),
      );
      if (options.json) await printJson(context, results);
      else for (const result of results) await print(context, lineOf(result));
      const ok = results.filter((result) => result.ok).length;
      if (ok < results.length) throw new Ended(ok === 0 ? ExitCode.failed : ExitCode.partial);
    });
};

const wanted = (channels: readonly Channel[], name: string | undefined): readonly Channel[] => {
  const own = channels.filter((channel) => name === undefined || channel.name === name);
  if (own.length > 0) return own;
  const names = channels.map((channel) => channel.name).join(', ');
  throw new CliError(
    ExitCode.usage,
    name === undefined
      ? 'no channel is named: set NOCODB_BACKUP_ALERT_CHANNELS, such as email,teams'
      : `NOCODB_BACKUP_ALERT_CHANNELS does not name "${name}"; it names: ${names || 'none'}`,
  );
};

const tried = async (channel: Channel, signal: AbortSignal): Promise<Result> => {
  try {
    return { channel: channel.name, ok: true, reasons: await channel.test(signal) };
  } catch (error) {
    signal.throwIfAborted();
    return { channel: channel.name, ok: false, reasons: [(error as Error).message] };
  }
};

const lineOf = ({ channel, ok, reasons }: Result): string =>
  `${channel.padEnd(8)} ${ok ? 'ok' : 'FAILED'}${reasons.map((reason) => `: ${oneLine(reason)}`).join('')}`;
