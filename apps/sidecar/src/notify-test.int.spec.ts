import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addNotifyTest, createProgram, run } from '@nocodb-backup/cli';
import { testChannels } from '@nocodb-backup/notifier';
import { type Receiver, startReceiver } from '@nocodb-backup/testing';

describe('notify-test', () => {
  let hook: Receiver;
  let slack: Receiver;
  beforeAll(async () => {
    [hook, slack] = await Promise.all([startReceiver(), startReceiver()]);
  });
  afterAll(() => Promise.all([hook.stop(), slack.stop()]));

  const tried = async (channels: string, ...args: string[]) => {
    const env = {
      NOCODB_BACKUP_ALERT_CHANNELS: channels,
      NOCODB_BACKUP_WEBHOOK_URL: `${hook.url}/token-of-the-webhook`,
      NOCODB_BACKUP_SLACK_WEBHOOK: `${slack.url}/token-of-slack`,
    };
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const context = {
      ...{ environment: () => env, stdout, stderr, stdin: Readable.from([]), person: 'ada' },
      ...{ signal: new AbortController().signal, now: () => new Date() },
    };
    const program = createProgram(context);
    addNotifyTest(program, context, (variables) => Promise.resolve(testChannels(variables)));
    const code = await run(program, ['notify-test', ...args], env);
    stdout.end();
    stderr.end();
    return { code, out: await text(stdout), err: await text(stderr) };
  };

  it('ends with 0 when every message was taken, 3 when some were, 1 when none was', async () => {
    const well = await tried('webhook,slack');
    expect(well).toMatchObject({ code: 0, out: 'webhook  ok\nslack    ok\n' });
    expect(hook.received.at(-1)?.body).toContain('Test message: default');
    hook.replies.push({ status: 404 });
    const some = await tried('webhook,slack');
    expect(some.code).toBe(3);
    expect(some.out).toMatch(
      /^webhook {2}FAILED: the address in NOCODB_BACKUP_WEBHOOK_URL answered HTTP 404/,
    );
    hook.replies.push({ status: 500 });
    slack.replies.push({ status: 403 });
    const none = await tried('webhook,slack', '--json');
    expect(none.code).toBe(1);
    expect(JSON.parse(none.out)).toMatchObject([
      { channel: 'webhook', ok: false },
      { channel: 'slack', ok: false },
    ]);
    expect(some.out + none.out).not.toContain('token-of');
  });

  it('tries one channel alone, and ends with 2 where none is named, or something that it lacks', async () => {
    const before = slack.received.length;
    expect(await tried('webhook,slack', '--channel', 'webhook')).toMatchObject({ code: 0 });
    expect(slack.received).toHaveLength(before);
    expect(await tried('')).toMatchObject({ code: 2, err: expect.stringMatching(/no channel is named/) });
    expect(await tried('webhook', '--channel', 'email')).toMatchObject({ code: 2 });
    expect(await tried('ntfy')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/NOCODB_BACKUP_NTFY_URL: is not set/),
    });
  });
});
