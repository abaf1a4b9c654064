import {
  Controller,
  Get,
  Inject,
  NotFoundException,
  Param,
  Query,
  ServiceUnavailableException,
} from '@nestjs/common';
import { Catalog } from './catalog.js';
import { openApi } from './openapi.js';
import { parsed } from './parsed.js';
import { Id, queries, type Query as Asked, Sequence } from './schemas.js';

/** The read-only HTTP API. */
@Controller('api')
export class CatalogController {
  constructor(@Inject(Catalog) private readonly catalog: Catalog) {}

  @Get('openapi.json')
  document() {
    return openApi();
  }

  @Get('status')
  status() {
    return this.catalog.status();
  }

  @Get('backups')
  async backups(@Query(parsed(queries.backups)) query: Asked<'backups'>) {
    await this.checkBuilt();
    return this.catalog.backups(query);
  }

  @Get('backups/:id')
  async backup(@Param('id', parsed(Id)) id: string) {
    await this.checkBuilt();
    return found(await this.catalog.backup(id), `There is no backup ${id} in the event log.`);
  }

  @Get('events')
  async events(@Query(parsed(queries.events)) query: Asked<'events'>) {
    await this.checkBuilt();
    return this.catalog.events(query);
  }

  @Get('events/:sequence')
  async event(@Param('sequence', parsed(Sequence)) sequence: number) {
    return found(await this.catalog.event(sequence), `The event log has no event ${sequence}.`);
  }

  @Get('tables/:id/history')
  async history(
    @Param('id', parsed(Id)) id: string,
    @Query(parsed(queries.history)) query: Asked<'history'>,
  ) {
    await this.checkBuilt();
    return this.catalog.tableHistory(id, query);
  }

  @Get('restores')
  async restores(@Query(parsed(queries.restores)) query: Asked<'restores'>) {
    await this.checkBuilt();
    return this.catalog.restores(query);
  }

  @Get('verifications')
  async verifications(@Query(parsed(queries.verifications)) query: Asked<'verifications'>) {
    await this.checkBuilt();
    return this.catalog.verifications(query);
  }

  @Get('notifications')
  async notifications(@Query(parsed(queries.notifications)) query: Asked<'notifications'>) {
    await this.checkBuilt();
    return this.catalog.notifications(query);
  }

  @Get('alerts')
  async alerts(@Query(parsed(queries.alerts)) query: Asked<'alerts'>) {
    await this.checkBuilt();
    return this.catalog.alerts(query);
  }

  /** An empty list would be a lie while the tables are built for the first time. */
  private async checkBuilt(): Promise<void> {
    const position = await (await this.catalog.model()).position();
    if (position) return;
    const { lastSequence } = await this.catalog.log.info();
    if (lastSequence === 0) return;
    const { sequence, end } = this.catalog.projector.rebuilds.last;
    throw new ServiceUnavailableException(
      `The catalog is being built from the event log: ${sequence} of ${Math.max(end, lastSequence)} events. Ask again soon.`,
    );
  }
}

const found = <T>(value: T | undefined, otherwise: string): T => {
  if (value === undefined) throw new NotFoundException(otherwise);
  return value;
};
