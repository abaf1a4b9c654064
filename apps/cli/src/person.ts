import { hostname, userInfo } from 'node:os';

/** `user@host`. In a container the user id may have no name. */
export const personOf = (): string => `${userName()}@${hostname()}`.slice(0, 200);

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
};
