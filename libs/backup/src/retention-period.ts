/** The spans of time of which a policy keeps one backup each. */
export type Period = 'day' | 'week' | 'month' | 'year';

interface LocalDate {
  readonly year: string;
  readonly month: string;
  readonly day: string;
}

/**
 * Names the periods that instants lie in, on the calendar of a time zone: `2026-02-05`, `2026-W06` (ISO 8601), `2026-02`,
 * `2026`. Instants of one period have one name.
 */
export const calendarOf = (timeZone: string): ((period: Period, instant: Date) => string) => {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (period, instant) => {
    const [year = '', month = '', day = ''] = format.format(instant).split('-');
    return periodOf(period, { year, month, day });
  };
};

const periodOf = (period: Period, { year, month, day }: LocalDate): string => {
  if (period === 'year') return year;
  if (period === 'month') return `${year}-${month}`;
  return period === 'day' ? `${year}-${month}-${day}` : isoWeek({ year, month, day });
};

const DAY_MS = 86_400_000;

/** A week belongs to the year that its Thursday lies in. */
const isoWeek = ({ year, month, day }: LocalDate): string => {
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  const sinceMonday = (date.getUTCDay() + 6) % 7;
  const thursday = new Date(date.getTime() + (3 - sinceMonday) * DAY_MS);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.floor((thursday.getTime() - first) / (7 * DAY_MS)) + 1;
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`;
};
