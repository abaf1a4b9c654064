// The figures of a run as tables for people.
const mega = (bytes) => (bytes === undefined ? '' : String(Math.round(bytes / 1e6)));
const mebi = (bytes) => String(Math.round(bytes / 2 ** 20));
const fixed = (value, digits = 1) => (value === undefined ? '' : value.toFixed(digits));

/** All tables of a run as Markdown. */
export const report = (run) =>
  [
    `Database ${mega(run.source.databaseBytes)} MB, one table of ${run.source.records} records; ` +
      `${run.machine.cpus} cores, load ${fixed(run.machine.loadBefore)} before and ${fixed(run.machine.loadAfter)} after.`,
    table(
      ['process', 'peak resident, MiB', `limit ${run.limitMiB}`],
      run.processes.map(({ name, peakBytes, within }) => [name, mebi(peakBytes), verdict(within)]),
    ),
    ...run.backups.map(({ title, parts, cpuSeconds }) =>
      [
        `${title} (${fixed(cpuSeconds)} CPU seconds)`,
        table(
          ['part', 'seconds', 'MB stored', 'MB read', 'records'],
          parts.map(({ part, seconds, bytes, sourceBytes, records }) => [
            part,
            fixed(seconds),
            mega(bytes),
            mega(sourceBytes),
            records ?? '',
          ]),
        ),
      ].join('\n\n'),
    ),
    ...(run.comparison ? [comparison(run.comparison)] : []),
  ].join('\n\n');

const verdict = (within) => (within === undefined ? '' : within ? 'within' : 'EXCEEDED');

const comparison = ({ ours, theirs, ratio }) =>
  table(
    ['the same database', 'seconds (median)', 'CPU seconds', 'MB'],
    [
      ['backup --db-only', fixed(ours.seconds), fixed(ours.cpuSeconds), mega(ours.bytes)],
      ['pg_dump \\| gzip -6', fixed(theirs.seconds), fixed(theirs.cpuSeconds), mega(theirs.bytes)],
      ['ratio', ...['seconds', 'cpuSeconds', 'bytes'].map((key) => fixed(ratio[key], 2))],
    ],
  );

const table = (heads, rows) => {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => String(row[column]).length)),
  );
  const line = (cells) =>
    `| ${cells.map((cell, column) => (column === 0 ? String(cell).padEnd(widths[column]) : String(cell).padStart(widths[column]))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(heads), rule, ...rows.map(line)].join('\n');
};
