import { service } from '@nocodb-backup/service';
import { z } from 'zod';

/** The manifest projection: a read model in SQL, its HTTP API and metrics. */
export const catalog = service({
  name: 'catalog',
  config: z.object({}),
  controllers: [],
  providers: () => [],
});
