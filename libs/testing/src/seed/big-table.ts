import type { Api, Row } from './api.js';
import { plainTable } from './expected.js';

const sensors = ['Lager', 'Werkstatt', 'Büro', 'Außen'];
const firstMeasurement = Date.UTC(2024, 0, 1);
const minute = 60_000;

/** The table "Messwerte": many small records with values that follow from their number. */
export const bigTable = async (api: Api, baseId: string, records: number) => {
  const table = await api.createTable(
    baseId,
    'Messwerte',
    [
      { title: 'Nummer', uidt: 'Number' },
      { title: 'Sensor', uidt: 'SingleLineText' },
      { title: 'Zeitpunkt', uidt: 'DateTime' },
      { title: 'Temperatur', uidt: 'Decimal', meta: { precision: 2 } },
      { title: 'Luftfeuchte', uidt: 'Number' },
      { title: 'Geprüft', uidt: 'Checkbox' },
      { title: 'Tag', uidt: 'Date' },
      { title: 'Bemerkung', uidt: 'LongText' },
    ],
    'messwerte',
  );
  const ids = await api.insert(
    table.id,
    Array.from({ length: records }, (_, index) => measurement(index)),
  );
  return plainTable(table, ids.length);
};

const measurement = (index: number): Row => {
  const time = new Date(firstMeasurement + index * minute).toISOString();
  return {
    Nummer: index + 1,
    Sensor: sensors[index % sensors.length],
    Zeitpunkt: `${time.slice(0, 19).replace('T', ' ')}+00:00`,
    Temperatur: (index % 5_000) / 100,
    Luftfeuchte: index % 101,
    Geprüft: index % 3 === 0,
    Tag: time.slice(0, 10),
    Bemerkung: index % 10 === 0 ? `Messung ${index + 1}: „auffällig“\nbitte prüfen` : null,
  };
};
