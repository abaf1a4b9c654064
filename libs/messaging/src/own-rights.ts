import { z } from 'zod';
import type { Connection } from './connection.js';

/** What the server says of whoever asks. */
const UserInfo = z.looseObject({ data: z.looseObject({ permissions: z.unknown().optional() }) });

/** Whether the NATS user may do anything, which includes deleting the log; undefined where they may not even ask that. */
export const mayDoAnything = async ({ nats }: Connection): Promise<boolean | undefined> => {
  try {
    const answer = await nats.request('$SYS.REQ.USER.INFO', '', { timeout: 2000 });
    return UserInfo.parse(answer.json()).data.permissions === undefined;
  } catch {
    return undefined;
  }
};
