import { isCommand, type Message } from '../told/message.js';

/** The message as a page for a mail program, readable on a phone; whatever comes from outside is escaped. */
export const html = (message: Message): string => {
  const { level, title, lines, facts, next } = message;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title></head>
<body style="margin:0;padding:16px;font:16px/1.5 system-ui,sans-serif;color:#1f2328;background:#fff">
<h1 style="margin:0 0 12px;padding-left:12px;border-left:6px solid ${colors[level]};font-size:20px">${escaped(title)}</h1>
${lines.map((line) => `<p style="margin:0 0 8px">${escaped(line)}</p>`).join('\n')}
<table style="margin:12px 0;border-collapse:collapse">
${facts.map(row).join('\n')}
</table>
${next.length > 0 ? `<h2 style="margin:16px 0 8px;font-size:17px">What to do</h2>\n${next.map(step).join('\n')}` : ''}
</body>
</html>
`;
};

/** Text that HTML takes for text. */
export const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

const colors = { error: '#cf222e', warning: '#bf8700', info: '#1a7f37' } as const;

const row = ([name, value]: Message['facts'][number]): string =>
  `<tr><td style="padding:2px 12px 2px 0;color:#59636e;vertical-align:top">${escaped(name)}</td><td style="padding:2px 0">${escaped(value)}</td></tr>`;

const step = (text: string): string =>
  isCommand(text)
    ? `<pre style="margin:0 0 8px;padding:8px;background:#f6f8fa;white-space:pre-wrap">${escaped(text)}</pre>`
    : `<p style="margin:0 0 8px">${escaped(text)}</p>`;
