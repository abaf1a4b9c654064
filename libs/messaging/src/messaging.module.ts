import { type DynamicModule, Module } from '@nestjs/common';
import { EventLog } from './event-log.js';

/** Lets every controller of an application inject the `EventLog`. */
@Module({})
export class MessagingModule {
  static with(log: EventLog): DynamicModule {
    return {
      module: MessagingModule,
      global: true,
      providers: [{ provide: EventLog, useValue: log }],
      exports: [EventLog],
    };
  }
}
