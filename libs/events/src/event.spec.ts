import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { stream } from './event.js';

const event = stream('parcel', 'parcelId');
const Sent = event('Sent', { by: 'post', meaning: 'it left' }, { weight: z.number() });
const Scanned = event(
  'Scanned',
  { by: 'post', key: 'depotId', meaning: 'a depot saw it' },
  { depotId: z.string() },
);
const Renamed = event(
  'Renamed',
  {
    by: 'post',
    meaning: 'it has another name',
    upcasts: [({ label, ...rest }) => ({ ...rest, name: label }), (data) => ({ ...data, loud: false })],
  },
  { name: z.string(), loud: z.boolean() },
);

describe('an event', () => {
  it('has one subject for each fact', () => {
    expect(Sent({ parcelId: 'p1', weight: 2 }).subject).toBe('evt.parcel.p1.Sent');
    expect(Scanned({ parcelId: 'p1', depotId: 'vie' }).subject).toBe('evt.parcel.p1.Scanned.vie');
  });

  it('knows the subject of a fact that is not recorded yet', () => {
    expect(Scanned.subjectFor(Scanned({ parcelId: 'p1', depotId: 'vie' }).data)).toBe(
      'evt.parcel.p1.Scanned.vie',
    );
  });

  it.each(['', 'a.b', 'a b', '*', '>', 'ü', 'x'.repeat(129)])(
    'refuses the id %j, which is no token of a subject',
    (parcelId) => {
      expect(() => Sent({ parcelId, weight: 2 })).toThrow(/letters, digits/);
    },
  );

  it('refuses a key that is no token of a subject', () => {
    expect(() => Scanned({ parcelId: 'p1', depotId: 'a.b' })).toThrow(/letters, digits/);
  });

  it('refuses fields that its schema does not name, so that no secret slips in', () => {
    expect(() => Sent({ parcelId: 'p1', weight: 2, password: 'x' } as never)).toThrow(/password/);
  });

  it('reads every version that was ever published', () => {
    const now = { parcelId: 'p1', name: 'a', loud: false };
    expect(Renamed.version).toBe(3);
    expect(Renamed.read({ parcelId: 'p1', label: 'a' }, 1)).toEqual(now);
    expect(Renamed.read({ parcelId: 'p1', name: 'a' }, 2)).toEqual(now);
    expect(Renamed.read(now, 3)).toEqual(now);
  });
});
