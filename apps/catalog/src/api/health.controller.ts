import { Controller, Get, Header, HttpStatus, Inject, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Metrics } from '../metrics/metrics.js';
import { Catalog } from './catalog.js';
import { page } from './page.js';
import { parsed } from './parsed.js';
import { queries, type Query as Asked } from './schemas.js';

/** Events that the catalog may be behind and still be called ready. */
const LAG = 1000;

/** For those who watch: probes, Prometheus, and a person with a browser. */
@Controller()
export class HealthController {
  constructor(
    @Inject(Catalog) private readonly catalog: Catalog,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  live() {
    return { live: true };
  }

  /** The log can be reached, and the tables are where it is, or nearly. */
  @Get('health/ready')
  async ready(@Res({ passthrough: true }) response: Response) {
    const { state, sequence, logSequence } = await this.catalog.status();
    const isNear = logSequence !== null && logSequence - sequence <= LAG;
    const ready = this.catalog.log.connected && isNear && ['following', 'standby'].includes(state);
    if (!ready) response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { ready, state, sequence, logSequence };
  }

  /** Each source has a good backup, and it is not too old: what one monitors if one monitors one thing. */
  @Get('health/backups')
  async backups(
    @Query(parsed(queries.health)) { maxAgeHours }: Asked<'health'>,
    @Res({ passthrough: true }) response: Response,
  ) {
    const now = this.catalog.now().getTime();
    const sources = (await this.catalog.lastGood()).map(({ source, id, requestedAt }) => {
      const ageHours = Math.round((now - Date.parse(requestedAt)) / 36_000) / 100;
      return { source, id, ageHours, good: ageHours <= maxAgeHours };
    });
    const good = sources.length > 0 && sources.every((source) => source.good);
    if (!good) response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { good, maxAgeHours, sources };
  }

  @Get('metrics')
  async scrape(@Res() response: Response) {
    response.type('text/plain; version=0.0.4; charset=utf-8').send(await this.metrics.text());
  }

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  page(@Res() response: Response) {
    response.send(page);
  }
}
