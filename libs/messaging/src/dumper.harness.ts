import { Controller } from '@nestjs/common';
import { BackupRequested, BackupTimedOut, DumpCompleted, DumpFailed } from '@nocodb-backup/events';
import type { Answer, Delivery } from './delivery.js';
import { On } from './on.js';
import { aDump } from './service.harness.js';

export type Behaviour = (event: BackupRequested, delivery: Delivery) => Promise<Answer>;

/** A dumper whose work each test decides. */
export const dumperThat = (behaviour: Behaviour) => {
  @Controller()
  class Dumper {
    @On(BackupRequested, {
      unless: [DumpCompleted, DumpFailed, BackupTimedOut],
      failed: ({ data }, failure) => DumpFailed({ backupId: data.backupId, failure }),
    })
    async dump(event: BackupRequested, delivery: Delivery) {
      return behaviour(event, delivery);
    }
  }
  return Dumper;
};

export const dumps: Behaviour = ({ data }, { attemptId }) => Promise.resolve(aDump(data.backupId, attemptId));

/** A handler that goes on until it is told to stop. */
export const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
