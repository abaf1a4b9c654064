import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Downloads, NocoDb } from '@nocodb-backup/nocodb';
import type { ExporterConfig } from './config.js';

/** The NocoDB that is exported, and the connections to it. */
@Injectable()
export class Source implements OnModuleDestroy {
  readonly api: NocoDb;
  readonly downloads = new Downloads();

  constructor({ NOCODB_API_URL: url, NOCODB_API_TOKEN: token }: ExporterConfig) {
    this.api = new NocoDb({ url, token });
  }

  get tools() {
    return { api: this.api, downloads: this.downloads };
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.api.close(), this.downloads.close()]);
  }
}
