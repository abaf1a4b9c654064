// Makes the database as large as it shall be: a schema beside NocoDB's own, filled on the server.
const rowsAtOnce = 50_000;

/** Text that compresses as people's text does, JSON as NocoDB keeps it, and a part that does not compress. */
const schema = `
  set role nocodb;
  create schema bench;
  create table bench.sentences as
    select n, (select string_agg(words[1 + get_byte(sha256((n || ' ' || k)::text::bytea), 0) % array_length(words, 1)], ' ')
               from generate_series(1, 9 + n % 11) k) as text
    from generate_series(0, 4095) n,
      (select string_to_array('Auftrag Kunde wartet seit gestern auf die Lieferung und das Angebot wurde nochmals geprüft weil
        der Preis nicht stimmt bitte zurückrufen Ersatzteil Werkstatt Termin am Montag Rechnung offen customer reports that the
        export button does nothing after login please check again invoice shipped returned damaged parcel meeting moved to
        Thursday Größe Straße Übergabe Zahlung eingegangen Mahnung zweite Stufe order confirmed by phone', ' ') as words) w;
  alter table bench.sentences add primary key (n);
  create table bench.tickets (
    id bigint primary key, created_at timestamptz, updated_at timestamptz, title text, description text, answer text,
    detail jsonb, attachments text, fingerprint text);
  reset role`;

const rows = (first) => `
  insert into bench.tickets
  select i, timestamptz '2024-01-01 00:00Z' + i * interval '37 s', case when i % 3 > 0 then timestamptz '2025-01-01 00:00Z' + i * interval '11 s' end,
    'T-' || i || ' ' || left(a.text, 60),
    concat_ws('. ', a.text, b.text, c.text), concat_ws(E'.\\n', d.text, a.text),
    jsonb_build_object('number', i, 'state', (array['open', 'waiting', 'closed'])[1 + i % 3], 'cost', (i % 99991) / 100.0,
      'tags', jsonb_build_array(left(b.text, 8), left(c.text, 8)), 'person', jsonb_build_object('id', 'us' || md5(i::text), 'name', left(d.text, 24))),
    '[{"id":"at' || left(md5(i::text || 'a'), 14) || '","path":"download/noco/p1/m1/c1/Bericht ' || i || '_' || left(md5(i::text), 5) ||
      '.pdf","title":"Bericht ' || i || '.pdf","mimetype":"application/pdf","size":' || i % 900000 || '}]',
    encode(sha256(i::text::bytea) || sha256(('b' || i)::bytea) || sha256(('c' || i)::bytea), 'base64')
  from generate_series(${first}::bigint, ${first + rowsAtOnce - 1}::bigint) i
  join bench.sentences a on a.n = (hashint8(i) & 4095) join bench.sentences b on b.n = (hashint8(i * 3) & 4095)
  join bench.sentences c on c.n = (hashint8(i * 5) & 4095) join bench.sentences d on d.n = (hashint8(i * 7) & 4095)
  order by i`;

/** Adds rows until the whole database has that many bytes on disk. */
export const fillDatabase = async (query, bytes, { say, signal }) => {
  await query(schema);
  for (let first = 1; ; first += rowsAtOnce) {
    signal.throwIfAborted();
    const [size] = await query('select pg_database_size(current_database())::float8 as bytes');
    if (size.bytes >= bytes) return;
    say(`filling the database: ${Math.round(size.bytes / 1e6)} of ${Math.round(bytes / 1e6)} MB`);
    await query(rows(first));
  }
};
