import { Token } from '@nocodb-backup/events';
import { InvalidArgumentError } from 'commander';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import { unknownBackup } from '../unknown-backup.js';

/** What the events that are wanted are about. */
export interface Wanted {
  /** Of whatever stream. */
  readonly id?: string | undefined;
  readonly backup?: string;
  readonly restore?: string;
  readonly stream?: string;
  readonly subject?: string;
}

/** Which subjects of the log are wanted. Throws a CliError for what is no id, and for wishes that nothing can fulfil together. */
export const filterOf = (wanted: Wanted): string => {
  const [id, ...otherIds] = new Set(given([wanted.id, wanted.backup, wanted.restore]));
  const [stream, ...otherStreams] = new Set(streamsOf(wanted));
  const isOne = otherIds.length + otherStreams.length === 0;
  const isNarrowed = id !== undefined || stream !== undefined;
  if (!isOne || (wanted.subject !== undefined && isNarrowed))
    throw new CliError(ExitCode.usage, 'name one thing: an id, --backup, --restore, --stream or --subject');
  if (id !== undefined && !Token.safeParse(id).success)
    throw unknownBackup(JSON.stringify(id), 'that is no id');
  return wanted.subject ?? ['evt', ...(isNarrowed ? [stream ?? '*'] : []), ...given([id]), '>'].join('.');
};

const streamsOf = ({ stream, backup, restore }: Wanted): string[] =>
  given([stream, backup === undefined ? undefined : 'backup', restore === undefined ? undefined : 'restore']);

const given = (values: readonly (string | undefined)[]): string[] =>
  values.filter((value) => value !== undefined);

/** A pattern of subjects: `evt.backup.*.TableExported.>`. Throws commander's InvalidArgumentError. */
export const subjectPattern = (text: string): string => {
  if (/^evt(\.([\w-]+|\*))*(\.>)?$/.test(text) && text !== 'evt') return text;
  throw new InvalidArgumentError(
    'It must be a pattern of subjects such as evt.backup.*.DumpFailed or evt.restore.>',
  );
};

/** The name of a stream, such as `backup`. Throws commander's InvalidArgumentError. */
export const streamName = (text: string): string => {
  if (Token.safeParse(text).success) return text;
  throw new InvalidArgumentError('It must be the name of a stream, such as backup or restore.');
};
