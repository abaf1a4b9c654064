import { isCommand, type Message } from '../told/message.js';
import type { Channel, Notice } from './channel.js';
import { plainText } from './plain-text.js';
import { post } from './post.js';

const variable = 'NOCODB_BACKUP_NTFY_URL';

/** The topic's address, `https://ntfy.sh/my-topic`, and a token where the server asks for one. */
export interface NtfySettings {
  readonly url: string;
  readonly token?: string | undefined;
}

/** ntfy: a push to phones. A server of version 2.16 or newer shows an event that comes twice once. */
export const ntfyChannel = ({ url, token }: NtfySettings): Channel => ({
  name: 'ntfy',
  tell: async (notice, signal) => {
    const { server, topic } = placeOf(url);
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const body = JSON.stringify({ topic, ...publication(notice) });
    await post({ variable, url: server, headers, body, secrets: [url, token, topic] }, signal);
    return [];
  },
});

/** ntfy takes at most 4096 bytes, and makes a file of what is longer. */
const bytesAtMost = 3800;

/** The message as ntfy shows it. */
export const publication = ({ id, message }: Pick<Notice, 'id' | 'message'>): object => ({
  title: message.title,
  message: cut(shortText(message)),
  priority: priorities[message.level],
  tags: [tags[message.level]],
  sequence_id: id,
});

const priorities = { error: 5, warning: 4, info: 3 } as const;
const tags = { error: 'rotating_light', warning: 'warning', info: 'white_check_mark' } as const;

/** A push has room for what happened and what to do. */
const shortText = (message: Message): string =>
  plainText({ ...message, facts: [], next: message.next.filter((step) => isCommand(step)) });

const cut = (text: string): string => {
  const bytes = Buffer.from(text);
  return bytes.length <= bytesAtMost
    ? text
    : `${bytes
        .subarray(0, bytesAtMost)
        .toString('utf8')
        .replace(/\uFFFD+$/, '')}...`;
};

const placeOf = (address: string): { server: string; topic: string } => {
  const url = new URL(address);
  const segments = url.pathname.split('/').filter((segment) => segment !== '');
  const topic = segments.pop() ?? '';
  url.pathname = `/${segments.join('/')}`;
  return { server: url.href, topic };
};
