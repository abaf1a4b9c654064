import { randomInt } from 'node:crypto';
import getPort, { portNumbers } from 'get-port';

const first = 20_000;
const last = 32_000;

/**
 * A TCP port on 127.0.0.1 where nothing listens. It lies below the range that the kernel hands out to outgoing connections, so that
 * nobody's connection takes it while a killed server is away.
 */
export const freePort = () => {
  const from = randomInt(first, last - 500);
  return getPort({ host: '127.0.0.1', port: portNumbers(from, last) });
};
