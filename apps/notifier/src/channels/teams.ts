import { isCommand, type Message } from '../told/message.js';
import type { Channel } from './channel.js';
import { RateLimitedError } from './channel.js';
import { post } from './post.js';

const variable = 'NOCODB_BACKUP_TEAMS_WEBHOOK';

/** Microsoft Teams: the address of a Workflow, or of an incoming webhook of old; both take the same. */
export const teamsChannel = (url: string): Channel => ({
  name: 'teams',
  tell: async ({ message }, signal) => {
    const answer = await post({ variable, url, body: JSON.stringify(adaptiveCard(message)) }, signal);
    // Webhooks of old answer 200 whatever became of the message.
    if (!/delivery failed/i.test(answer)) return [];
    const problem = `Microsoft Teams did not deliver the message: ${answer.replaceAll(url, '***').slice(0, 300)}`;
    throw /\b429\b/.test(answer) ? new RateLimitedError(problem, 60_000) : new Error(problem);
  },
});

/** The message as an Adaptive Card. Text runs know no Markdown, so that nothing from outside can become a link. */
export const adaptiveCard = (message: Message): object => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        msteams: { width: 'Full' },
        body: bodyOf(message),
      },
    },
  ],
});

const colors = { error: 'attention', warning: 'warning', info: 'good' } as const;

const bodyOf = ({ level, title, lines, facts, next }: Message): object[] => [
  paragraph([run(title, { size: 'large', weight: 'bolder', color: colors[level] })]),
  ...lines.map((line) => paragraph([run(line)])),
  ...facts.map(([name, value], index) =>
    paragraph([run(`${name}: `, { weight: 'bolder' }), run(value)], index === 0 ? 'medium' : 'none'),
  ),
  ...next.map((step, index) =>
    paragraph(
      [run(step, isCommand(step) ? { fontType: 'monospace' } : {})],
      index === 0 ? 'medium' : 'small',
    ),
  ),
];

const paragraph = (inlines: readonly object[], spacing = 'small') => ({
  type: 'RichTextBlock',
  spacing,
  inlines,
});

const run = (text: string, look: object = {}) => ({ type: 'TextRun', text, ...look });
