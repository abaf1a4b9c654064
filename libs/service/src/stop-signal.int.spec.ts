import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const built = join(import.meta.dirname, '../dist/stop-signal.js');
const main = (stop: string) => `
import { onStopSignal } from ${JSON.stringify(pathToFileURL(built).href)};
const alive = setInterval(() => undefined, 1000);
onStopSignal((signal) => { process.stdout.write(signal + '\\n'); ${stop} });
process.stdout.write('ready\\n');
`;

const started = async (stop: string) => {
  if (!existsSync(built)) throw new Error(`${built} is missing: run "npm run build" first`);
  const child = spawn(process.execPath, ['--input-type=module', '--eval', main(stop)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, said }));
  await once(child.stdout, 'data');
  return { child, ended };
};

describe('the signal to stop', () => {
  it('counts once when it comes twice within a second, as npx sends it', async () => {
    const { child, ended } = await started('setTimeout(() => clearInterval(alive), 300)');
    child.kill('SIGINT');
    child.kill('SIGTERM');
    const { code, said } = await ended;
    expect(code).toBe(0);
    expect(said).toMatch(/^ready\nSIG(INT|TERM)\n$/);
  });

  it('ends the process at once when it comes again later', async () => {
    const { child, ended } = await started('');
    const pressing = setInterval(() => child.kill('SIGINT'), 100);
    const end = await ended;
    clearInterval(pressing);
    expect(end).toEqual({ code: 130, said: 'ready\nSIGINT\n' });
  });
});
