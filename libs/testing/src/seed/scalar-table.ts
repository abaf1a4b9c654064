import type { Api, NewColumn, Row } from './api.js';
import { plainTable } from './expected.js';

const options = (...titles: string[]) => ({
  colOptions: { options: titles.map((title, index) => ({ title, color: '#cfdffe', order: index + 1 })) },
});

/** One column of every type that holds a value of its own. */
const columns: readonly NewColumn[] = [
  { title: 'Text', uidt: 'SingleLineText', pv: true, description: 'Überschrift "mit" Zeichen' },
  { title: 'Langtext', uidt: 'LongText' },
  { title: 'Formatiert', uidt: 'LongText', meta: { richMode: true } },
  { title: 'Telefon', uidt: 'PhoneNumber' },
  { title: 'Adresse', uidt: 'URL' },
  { title: 'E-Mail', uidt: 'Email' },
  { title: 'Auswahl', uidt: 'SingleSelect', ...options('offen', 'in Arbeit', 'fertig') },
  { title: 'Mehrfach', uidt: 'MultiSelect', ...options('rot', 'grün', 'blau') },
  { title: 'Zahl', uidt: 'Number', cdf: '7' },
  { title: 'Dezimal', uidt: 'Decimal', meta: { precision: 3 } },
  { title: 'Betrag', uidt: 'Currency', meta: { currency_locale: 'de-AT', currency_code: 'EUR' } },
  { title: 'Anteil', uidt: 'Percent' },
  { title: 'Dauer', uidt: 'Duration' },
  { title: 'Dauer h:mm', uidt: 'Duration', meta: { duration: 0 } },
  { title: 'Sterne', uidt: 'Rating', meta: { max: 5 } },
  { title: 'Jahr', uidt: 'Year' },
  { title: 'Datum', uidt: 'Date', meta: { date_format: 'DD.MM.YYYY' } },
  { title: 'Zeitpunkt', uidt: 'DateTime' },
  { title: 'Uhrzeit', uidt: 'Time' },
  { title: 'Haken', uidt: 'Checkbox' },
  { title: 'JSON', uidt: 'JSON' },
  { title: 'Ort', uidt: 'GeoData' },
  { title: 'Person', uidt: 'User' },
  { title: '__proto__', uidt: 'SingleLineText' },
];

const later: readonly NewColumn[] = [
  { title: 'Kennung', uidt: 'UUID' },
  { title: 'Angelegt', uidt: 'CreatedTime' },
  { title: 'Geändert', uidt: 'LastModifiedTime' },
  { title: 'Angelegt von', uidt: 'CreatedBy' },
  { title: 'Geändert von', uidt: 'LastModifiedBy' },
];

const paragraph = 'Größe\tin m²: 5 > 4 & "3" \\ 2\r\nzweite Zeile 🛠️ – ';

/** 50,000 UTF-16 units of text with line ends, tabs, quotes, umlauts and emoji. */
export const longText = paragraph.repeat(Math.ceil(50_000 / paragraph.length)).slice(0, 49_999) + '.';

const full = (email: string): Row => ({
  Text: 'Müller & Söhne GmbH / Wien 🏔️',
  Langtext: longText,
  Formatiert: '**fett** und [Verweis](https://example.com)',
  Telefon: '+43 660 1234567',
  Adresse: 'https://example.com/a?b=c&d=%20',
  'E-Mail': 'kunde@example.com',
  Auswahl: 'in Arbeit',
  Mehrfach: 'rot,blau',
  Zahl: 9_007_199_254_740_991,
  Dezimal: 1234.567,
  Betrag: 19.99,
  Anteil: 42,
  Dauer: 5_400,
  'Dauer h:mm': '1:30',
  Sterne: 4,
  Jahr: 2024,
  Datum: '2024-02-29',
  Zeitpunkt: '2024-02-29 23:59:59+00:00',
  Uhrzeit: '12:34:56',
  Haken: true,
  JSON: JSON.stringify({ a: [1, 'zwei', null], ü: { tief: true } }),
  Ort: '48.2082;16.3738',
  Person: [{ email }],
});

/** The table "Alle Typen": a full record, an empty one, and values at the edge. */
export const scalarTable = async (api: Api, baseId: string, email: string) => {
  const table = await api.createTable(baseId, 'Alle Typen', columns, 'alle_typen');
  for (const column of later) await api.addColumn(table.id, column);
  const edges: Row = {
    Text: '=1+1',
    Langtext: '',
    Zahl: 0,
    Dezimal: -0.001,
    Haken: false,
    Datum: '1970-01-01',
    JSON: '"nur Text"',
  };
  const ids = await api.insert(table.id, [full(email), { Text: null, Zahl: null }, edges]);
  return plainTable(table, ids.length);
};
