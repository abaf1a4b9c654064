import { isCommand, type Message } from '../told/message.js';
import type { Channel } from './channel.js';
import { post } from './post.js';

const variable = 'NOCODB_BACKUP_DISCORD_WEBHOOK';

/** Discord, by a webhook of a channel. */
export const discordChannel = (address: string): Channel => ({
  name: 'discord',
  tell: async ({ message }, signal) => {
    const url = new URL(address);
    // Answers only when the message is there.
    url.searchParams.set('wait', 'true');
    await post({ variable, url: url.href, secrets: [address], body: JSON.stringify(embed(message)) }, signal);
    return [];
  },
});

/** The message as an embed that mentions nobody. */
export const embed = ({ level, title, lines, facts, next }: Message): object => ({
  allowed_mentions: { parse: [] },
  embeds: [
    {
      title: title.slice(0, 256),
      color: colors[level],
      description: [...lines.map(escaped), '', ...next.map(step)].join('\n').trim().slice(0, 3500),
      fields: facts.slice(0, 10).map(([name, value]) => ({ name, value: escaped(value), inline: true })),
    },
  ],
});

const colors = { error: 0xcf222e, warning: 0xbf8700, info: 0x1a7f37 } as const;

/** Without marks that Discord would take for its own. */
const escaped = (text: string): string => text.replaceAll(/[\\*_~`|<>[\]()#@-]/g, String.raw`\$&`);

const step = (text: string): string => (isCommand(text) ? `\`${text.replaceAll('`', "'")}\`` : escaped(text));
