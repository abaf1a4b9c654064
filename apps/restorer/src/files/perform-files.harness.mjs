/** One attempt as a process: `node --import <hooks> <this> <sandbox> <restoring> [dies before this many moves]`. */
import { rename } from 'node:fs/promises';
import { restored, Sandbox } from './files.harness.ts';

const [, , root = '', restoring = '{}', dies] = process.argv;
let moves = 0;
const move = (from, to) => {
  if (++moves === Number(dies)) process.kill(process.pid, 'SIGKILL');
  return rename(from, to);
};
try {
  const result = await restored(new Sandbox(root), { ...JSON.parse(restoring), move });
  process.stdout.write(JSON.stringify({ ...result, moves }));
} catch (error) {
  process.stdout.write(JSON.stringify({ error: String(error) }));
}
