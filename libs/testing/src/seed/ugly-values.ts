import { type Api, columnOf, type NewColumn, type Row } from './api.js';
import { plainTable } from './expected.js';

const colors = ['#cfdffe', '#fee2d5', '#ffdaf6', '#D1F7C4'];

const options = (titles: readonly string[]) => ({
  colOptions: {
    options: titles.map((title, index) => ({
      title,
      color: colors[index % colors.length],
      order: index + 1,
    })),
  },
});

/** NocoDB refuses empty options and two equal ones, and a comma in those of a MultiSelect. */
const awkwardOptions = [
  'q"x',
  "it's",
  'ä ö',
  ' blank ',
  'null',
  'undefined',
  'Dup',
  'dUP',
  '🦄 1',
  'x\ny',
  '=1+1',
];
const many = Array.from({ length: 200 }, (_, index) => `Option ${index + 1}`);

const numberColumns: readonly NewColumn[] = [
  { title: 'Zahl', uidt: 'Number', cdf: '-7', meta: { isLocaleString: true } },
  { title: 'Dezimal', uidt: 'Decimal', cdf: '0.1', meta: { precision: 8 } },
  { title: 'Sterne', uidt: 'Rating', cdf: '3', meta: { max: 10, color: '#ff0000' } },
  { title: 'Anteil', uidt: 'Percent', cdf: '50', meta: { is_progress: true } },
  { title: 'Yen', uidt: 'Currency', cdf: '9.99', meta: { currency_locale: 'ja-JP', currency_code: 'JPY' } },
];

const icon = { checked: 'mdi-star', unchecked: 'mdi-star-outline' };

const choiceColumns: readonly NewColumn[] = [
  { title: 'Haken', uidt: 'Checkbox', cdf: 'true', meta: { icon, color: '#ff0000' } },
  { title: 'Auswahl', uidt: 'SingleSelect', cdf: 'a, b', ...options(['a, b', ...awkwardOptions]) },
  { title: 'Mehrfach', uidt: 'MultiSelect', cdf: 'null,Dup', ...options(awkwardOptions) },
  { title: 'Viele', uidt: 'MultiSelect', ...options(many) },
];

const zone = { timezone: 'Europe/Vienna', isDisplayTimezone: true, useSameTimezoneForAll: true };
const zoned = { date_format: 'YYYY/MM/DD', time_format: 'HH:mm:ss', ...zone };

const timeColumns: readonly NewColumn[] = [
  { title: 'Datum', uidt: 'Date', cdf: '2024-02-29', meta: { date_format: 'DD.MM.YYYY' } },
  { title: 'Zeitpunkt', uidt: 'DateTime', cdf: '2024-02-29 12:00:00+00:00', meta: zoned },
  { title: 'Uhrzeit', uidt: 'Time', cdf: '12:34:56' },
  { title: 'Jahr', uidt: 'Year', cdf: '2024' },
  ...[0, 1, 2, 3, 4].map((duration) => ({
    title: `Dauer ${duration}`,
    uidt: 'Duration',
    meta: { duration },
  })),
  { title: 'Dauer mit Vorgabe', uidt: 'Duration', cdf: '90', meta: { duration: 1 } },
];

/** Every type with settings of its own, and what its cell is if nobody fills it. NocoDB keeps the default of a select in quotes. */
const withDefaults: readonly NewColumn[] = [
  { title: 'Text', uidt: 'SingleLineText', cdf: `it's "so"`, pv: true },
  { title: 'Langtext', uidt: 'LongText', cdf: 'a\nb' },
  ...numberColumns,
  ...choiceColumns,
  ...timeColumns,
  { title: 'JSON', uidt: 'JSON', cdf: '{"a":1}' },
  { title: 'E-Mail', uidt: 'Email', cdf: 'a@b.c' },
  { title: 'Adresse', uidt: 'URL', cdf: 'https://example.com' },
  { title: 'Telefon', uidt: 'PhoneNumber', cdf: '+43' },
  { title: 'Ort', uidt: 'GeoData', cdf: '1;2' },
  { title: 'Leute', uidt: 'User', meta: { is_multi: true, notify: false } },
  { title: 'Pflicht', uidt: 'SingleLineText', rqd: true, cdf: 'da' },
  { title: 'Farbe', uidt: 'Colour' },
];

/** Columns that a table cannot be made with; the default of a user would stay an address, where NocoDB wants an id. */
const later = (email: string): NewColumn[] => [
  { title: 'Person', uidt: 'User', cdf: email },
  { title: 'Einmalig', uidt: 'SingleLineText', unique: true },
  { title: 'Kennung', uidt: 'UUID' },
];

/** Texts that are taken for something else, or changed on their way. */
export const awkwardTexts = [
  '',
  ' ',
  ' blank vorn und hinten ',
  'null',
  'undefined',
  'NaN',
  '[]',
  '{}',
  '0',
  'false',
  '0123',
  '1e-7',
  '=1+1',
  "'; drop table x; --",
  '{{ body }} ${x} %s %2F',
  '\\ \\n \\u0041',
  'Zeile\r\nZeile\rZeile\nZeile',
  'tab\tvertikal\u000b',
  'שלום עולם \u202eabc',
  'a\u200db\u200cc\ufeffd',
  'e\u0301 é Å \u212b',
  '👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  '\u0001\u001f\u007f\u0085\u2028',
  'ß'.repeat(100_000),
];

const numbers: readonly Row[] = [
  { Zahl: 9_007_199_254_740_991, Dezimal: 0.30000000000000004, Anteil: 33.333333333333336, Sterne: 10 },
  { Zahl: -9_007_199_254_740_991, Dezimal: -0.1, Anteil: -5, Yen: -0.01, Sterne: 0 },
  { Zahl: 0, Dezimal: 1e-7, Anteil: 0, Yen: 0 },
  { Zahl: null, Dezimal: 123456789012.345, Anteil: null, Yen: null, Sterne: null, Jahr: null },
];

/** NocoDB takes a duration in the format of its column: "1.5" becomes 3600.5 seconds where seconds have fractions. */
const times: readonly Row[] = [
  { Datum: '1582-10-15', Zeitpunkt: '1582-10-15 00:00:00+00:00', Uhrzeit: '00:00:00', Jahr: 0 },
  { Datum: '9999-12-31', Zeitpunkt: '9999-12-31 23:59:59+00:00', Uhrzeit: '23:59:59', Jahr: 9_999 },
  { Datum: '0101-01-01', Zeitpunkt: '1969-12-31 23:59:59+00:00' },
  { Datum: null, Zeitpunkt: null, Uhrzeit: null },
  { 'Dauer 0': '0:00', 'Dauer 1': '5400', 'Dauer 2': '0', 'Dauer 3': '0', 'Dauer mit Vorgabe': null },
  { 'Dauer 0': '100:59', 'Dauer 1': '359999', 'Dauer 2': '1.5', 'Dauer 3': '1.25' },
];

const json = [null, false, 0, '', 'Text', [], {}, [null], { '': 1, ü: { tief: [true, '👍', '\\'] } }, many];

const choices = (email: string, second: string): Row[] => [
  ...awkwardOptions.map((option) => ({ Auswahl: option, Mehrfach: option })),
  { Auswahl: 'a, b', Mehrfach: awkwardOptions.join(','), Viele: many.join(',') },
  { Auswahl: null, Mehrfach: null, Viele: 'Option 200,Option 1' },
  { Haken: false, Person: [{ email: second }], Leute: [{ email: second }, { email }] },
  { Haken: null, Person: null, Leute: [] },
  {
    'E-Mail': 'keine Adresse',
    Adresse: 'ftp:/kaputt',
    Telefon: 'anrufen!',
    Ort: '-90;180',
    Farbe: '#00FF00',
  },
  { 'E-Mail': '', Adresse: '', Telefon: '', Farbe: '' },
  { Einmalig: 'eins' },
  { Einmalig: 'EINS' },
];

/** The table "Grenzfälle": a record for each value that is hard to bring back, and the first one with nothing but defaults. */
export const uglyValues = async (api: Api, baseId: string, [email, second]: readonly [string, string]) => {
  const table = await api.createTable(baseId, 'Grenzfälle', withDefaults, 'grenzfaelle');
  for (const column of later(email)) await api.addColumn(table.id, column);
  const texts = awkwardTexts.map((text) => ({ Text: text.slice(0, 1_000), Langtext: text }));
  const documents = json.map((value) => ({ Text: 'JSON', JSON: JSON.stringify(value) }));
  const rows = [...texts, ...numbers, ...times, ...documents, ...choices(email, second)];
  // Of several rows, what one lacks and another has becomes null, not the default.
  const ids = [...(await api.insert(table.id, [{}])), ...(await api.insert(table.id, rows))];
  await nowChecked(api, columnOf(table, 'Adresse').id);
  return plainTable(table, ids.length);
};

/** From now on NocoDB refuses what is no address (400, the whole request), and keeps that which is there. */
const nowChecked = async (api: Api, id: string) => {
  const column = await api.call<object>('GET', `/api/v2/meta/columns/${id}`);
  await api.call('PATCH', `/api/v2/meta/columns/${id}`, { ...column, meta: { validate: true } });
};
