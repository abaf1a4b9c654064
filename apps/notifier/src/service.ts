import { service } from '@nocodb-backup/service';
import { z } from 'zod';

/** Folds the log and tells people. */
export const notifier = service({
  name: 'notifier',
  config: z.object({}),
  controllers: [],
  providers: () => [],
});
