import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { CatalogDatabase } from './model/catalog-database.js';
import type { Projector } from './projection/projector.js';

/** Lets the projector run as long as the service. */
export class Running implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    readonly projector: Projector,
    readonly database: CatalogDatabase,
  ) {}

  onApplicationBootstrap(): void {
    this.projector.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.projector.stop();
    await this.database.close();
  }
}
