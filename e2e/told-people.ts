import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { poll, type Receiver, startReceiver } from '@nocodb-backup/testing';

type Verifier = (headers: object, body: string, secret: string) => boolean;

/** What a webhook is told, as far as tests look at it. */
export interface Told {
  readonly backup_id: string | null;
  readonly status: string;
  readonly title: string;
  readonly message: string;
  readonly error_messages: readonly string[];
}

const secret = 'the-secret-of-the-webhook';

/** People who read the messages of a webhook, and believe none that is not signed as docs/notifications.md says. */
export class ToldPeople {
  private constructor(
    private readonly receiver: Receiver,
    private readonly isGenuine: Verifier,
  ) {}

  static async start(): Promise<ToldPeople> {
    return new ToldPeople(await startReceiver(), await documentedVerifier());
  }

  /** With these variables they are told. */
  get variables(): Readonly<Record<string, string>> {
    return {
      NOCODB_BACKUP_ALERT_ENABLED: 'true',
      NOCODB_BACKUP_ALERT_CHANNELS: 'webhook',
      NOCODB_BACKUP_WEBHOOK_URL: `${this.receiver.url}/hook`,
      NOCODB_BACKUP_WEBHOOK_SECRET: secret,
    };
  }

  /** All that they were told so far. Throws where a message is not signed, or would be believed although it was changed. */
  get messages(): Told[] {
    return this.receiver.received.map(({ headers, body }) => {
      if (!this.isGenuine(headers, body, secret)) throw new Error(`the signature is wrong: ${body}`);
      if (this.isGenuine(headers, `${body} `, secret)) throw new Error('the signature fits anything');
      return JSON.parse(body) as Told;
    });
  }

  /** Waits for a message; resolves to it. */
  async told(isIt: (message: Told) => boolean): Promise<Told> {
    let found: Told | undefined;
    const seen = async () => {
      found = this.messages.find((message) => isIt(message));
      return await Promise.resolve(found !== undefined);
    };
    await poll(seen, AbortSignal.timeout(30_000)).catch((error: unknown) => {
      throw new Error(`not told; but ${JSON.stringify(this.messages)}`, { cause: error });
    });
    if (!found) throw new Error('nothing was told');
    return found;
  }

  stop(): Promise<void> {
    return this.receiver.stop();
  }
}

/** The example in the documentation, as it stands there. */
const documentedVerifier = async (): Promise<Verifier> => {
  const page = await readFile(join(import.meta.dirname, '../docs/notifications.md'), 'utf8');
  const code = /```js\n([^]*?)```/.exec(page)?.[1] ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'told-people-'));
  await writeFile(join(folder, 'verify.mjs'), code);
  const { isGenuine } = (await import(join(folder, 'verify.mjs'))) as { isGenuine: Verifier };
  await rm(folder, { recursive: true });
  return isGenuine;
};
