import { setTimeout as pause } from 'node:timers/promises';
import {
  type INestApplication,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { Catalog } from './api/catalog.js';
import { CatalogController } from './api/catalog.controller.js';
import { HealthController } from './api/health.controller.js';
import { PrettyJson } from './api/pretty-json.interceptor.js';
import { ProblemFilter } from './api/problem.filter.js';
import { isLoopback, protection } from './api/protection.js';
import { Metrics } from './metrics/metrics.js';

@Module({})
class ApiModule {}

/** Where the API listens, and who may read it. */
export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string | undefined;
}

const RETRY_MS = 10_000;

/** The API, with all that it serves; not listening yet. */
export const httpApplication = async (catalog: Catalog, options: HttpOptions): Promise<INestApplication> => {
  const root = {
    module: ApiModule,
    controllers: [CatalogController, HealthController],
    providers: [
      { provide: Catalog, useValue: catalog },
      { provide: Metrics, useValue: new Metrics(catalog) },
    ],
  };
  const app = await NestFactory.create<NestExpressApplication>(root, new ExpressAdapter(), {
    logger: ['error', 'warn'],
    bodyParser: false,
  });
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(protection(options));
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalInterceptors(new PrettyJson());
  return app;
};

/** Serves the API as long as the service runs. A port that somebody else has must not keep backups from being made. */
export class HttpServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('HttpServer');
  private readonly stopping = new AbortController();
  private app: INestApplication | undefined;
  private serving: Promise<void> = Promise.resolve();

  constructor(
    private readonly catalog: Catalog,
    private readonly options: HttpOptions,
  ) {}

  onApplicationBootstrap(): void {
    if (this.options.port > 0) this.serving = this.serve();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.serving;
    await this.app?.close();
  }

  private async serve(): Promise<void> {
    const { host, port, token } = this.options;
    const { signal } = this.stopping;
    for (let tries = 0; !signal.aborted; tries++) {
      const app = await httpApplication(this.catalog, this.options);
      try {
        await app.listen(port, host);
        this.app = app;
        this.logger.log(`the catalog answers at http://${host}:${port}`);
        if (token === undefined && !isLoopback(host))
          this.logger.warn(
            'everybody who reaches this address can read the catalog: set NOCODB_BACKUP_API_TOKEN',
          );
        return;
      } catch (error) {
        await app.close();
        const message = `the catalog cannot listen at ${host}:${port}: ${(error as Error).message}`;
        if (tries === 0) this.logger.error(`${message}. Set NOCODB_BACKUP_HTTP_PORT to another one, or to 0`);
        await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
