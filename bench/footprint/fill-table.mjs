// Makes one large table in NocoDB, by its own REST API: only so are its records, their order and their audit trail what NocoDB makes.
const rowsAtOnce = 10_000;
const timeoutMs = 300_000;
const states = ['offen', 'in Arbeit', 'wartet', 'fertig'];
const places = ['Lager', 'Werkstatt', 'Büro', 'Außendienst', 'Köln', 'Wien'];

/** A base with one table and that many records. A session may insert 10,000 records in one call, an API token only 100. */
export const fillTable = async (nocodb, records, { say, signal }) => {
  const post = poster(nocodb.url, await nocodb.signIn(), signal);
  const base = await post('/api/v2/meta/bases', { title: 'Bench', meta: '{}' });
  const table = await post(`/api/v2/meta/bases/${base.id}/tables`, {
    title: 'Vorgänge',
    table_name: 'vorgaenge',
    columns: columns.map((column) => ({ column_name: column.title, ...column })),
  });
  for (let at = 0; at < records; at += rowsAtOnce) {
    say(`filling NocoDB's table: ${at} of ${records} records`);
    const length = Math.min(rowsAtOnce, records - at);
    const rows = Array.from({ length }, (_, index) => record(at + index));
    await post(`/api/v2/tables/${table.id}/records`, rows);
  }
};

const columns = [
  { title: 'Nummer', uidt: 'Number' },
  { title: 'Titel', uidt: 'SingleLineText' },
  { title: 'Beschreibung', uidt: 'LongText' },
  { title: 'Betrag', uidt: 'Decimal' },
  { title: 'Faellig', uidt: 'Date' },
  { title: 'Erfasst', uidt: 'DateTime' },
  { title: 'Fertig', uidt: 'Checkbox' },
  { title: 'Adresse', uidt: 'Email' },
  { title: 'Status', uidt: 'SingleLineText' },
  { title: 'Daten', uidt: 'JSON' },
];

const record = (index) => {
  const day = new Date(Date.UTC(2024, 0, 1) + (index % 700) * 86_400_000).toISOString().slice(0, 10);
  const place = places[index % places.length];
  const mixed = (Math.imul(index + 1, 2_654_435_761) >>> 0).toString(36);
  return {
    Nummer: index + 1,
    Titel: `Vorgang ${index + 1} (${place})`,
    Beschreibung: `Kunde ${mixed} meldet sich aus ${place}: „Bitte bis ${day} prüfen“.\n`.repeat(
      1 + (index % 4),
    ),
    Betrag: (index % 99_991) / 100,
    Faellig: day,
    Erfasst: `${day} 08:${String(index % 60).padStart(2, '0')}:00+00:00`,
    Fertig: index % 3 === 0,
    Adresse: `${mixed}@example.com`,
    Status: states[index % states.length],
    Daten: JSON.stringify({ schluessel: mixed, ort: place, werte: [index % 7, index % 11, index % 13] }),
  };
};

const poster = (url, session, signal) => async (path, body) => {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'xc-auth': session, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
};
