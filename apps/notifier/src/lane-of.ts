import { Controller, Inject, type Type } from '@nestjs/common';
import { type Event, type NotificationChannel, NotificationFailed } from '@nocodb-backup/events';
import { type Delivery, On } from '@nocodb-backup/messaging';
import { Teller } from './teller.js';
import { toldOn } from './told-events.js';

/**
 * The lane of a channel: every event worth telling is a delivery of its own there, so that a slow channel holds up no other, and what
 * failed is tried again alone. A handler for each kind of event, as a lane knows its events by them.
 */
export const laneOf = (channel: NotificationChannel): Type<object> => {
  class Lane {
    constructor(readonly teller: Teller) {}
  }
  for (const type of toldOn(channel)) {
    const name = `tell${type.type}`;
    const tell = async function (this: Lane, event: Event, delivery: Delivery) {
      return await this.teller.tell(channel, event, delivery);
    };
    const descriptor = { value: tell, writable: true, configurable: true };
    Object.defineProperty(Lane.prototype, name, descriptor);
    On(type, {
      lane: channel,
      failed: ({ id, subject }, failure) =>
        NotificationFailed({ eventId: id, channel, about: subject, failure }),
    })(Lane.prototype, name, descriptor);
  }
  Inject(Teller)(Lane, undefined, 0);
  Controller()(Lane);
  return Lane;
};
