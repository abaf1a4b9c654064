import { atMost, isCommand, type Message } from '../told/message.js';
import type { Channel } from './channel.js';
import { levelledTitle } from './plain-text.js';
import { post } from './post.js';

const variable = 'NOCODB_BACKUP_SLACK_WEBHOOK';

/** Slack, by an incoming webhook. */
export const slackChannel = (url: string): Channel => ({
  name: 'slack',
  tell: async ({ message }, signal) => {
    await post({ variable, url, body: JSON.stringify(blocks(message)) }, signal);
    return [];
  },
});

/** The message as blocks; what comes from outside is plain text, or escaped. */
export const blocks = (message: Message): object => ({
  text: escaped(levelledTitle(message)),
  blocks: [
    { type: 'header', text: plain(`${symbols[message.level]} ${message.title}`, 150) },
    ...section(message.lines.map(escaped).join('\n')),
    ...fields(message.facts),
    ...section(message.next.map(step).join('\n')),
  ],
});

const symbols = { error: '🔴', warning: '🟡', info: '🟢' } as const;

/** Slack's limits: 3000 characters in a section, 10 fields. */
const section = (text: string): object[] =>
  text === ''
    ? []
    : [{ type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 2900), verbatim: true } }];

const fields = (facts: Message['facts']): object[] =>
  facts.length === 0
    ? []
    : [
        {
          type: 'section',
          fields: facts.slice(0, 10).map(([name, value]) => plain(`${name}: ${value}`, 2000)),
        },
      ];

const plain = (text: string, length: number) => ({
  type: 'plain_text',
  text: atMost(text, length),
  emoji: true,
});

/** What Slack takes for marks of links, people and channels. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const step = (text: string): string =>
  isCommand(text) ? `\`${escaped(text).replaceAll('`', "'")}\`` : escaped(text);
