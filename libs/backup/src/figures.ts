const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Bytes for people, in steps of 1000: `45.2 MB`. */
export const sizeText = (bytes: number): string => {
  let size = bytes;
  let unit = 0;
  while (size >= 999.95 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit] ?? ''}`;
};

/** `1 record`, `1,250 records`. */
export const countText = (count: number, noun: string, plural = `${noun}s`): string =>
  `${numberText(count)} ${count === 1 ? noun : plural}`;

/** `1,250,000`. */
export const numberText = (count: number): string => count.toLocaleString('en-US');

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time for people, in the two largest units: `2 h 5 min`. */
export const durationText = (seconds: number): string => {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return two([Math.floor(whole / MINUTE), 'min'], [whole % MINUTE, 's']);
  if (whole < DAY) return two([Math.floor(whole / HOUR), 'h'], [Math.floor((whole % HOUR) / MINUTE), 'min']);
  return two([Math.floor(whole / DAY), 'd'], [Math.floor((whole % DAY) / HOUR), 'h']);
};

/** How long ago that was: `2 h 5 min ago`. */
export const ageText = (then: Date, now: Date): string => {
  const seconds = (now.getTime() - then.getTime()) / 1000;
  return seconds < 0 ? `in ${durationText(-seconds)}` : `${durationText(seconds)} ago`;
};

/** An instant in UTC, to the second: `2026-02-05 05:15:00`. */
export const timeText = (time: Date): string => time.toISOString().slice(0, 19).replace('T', ' ');

const two = ([major, unit]: [number, string], [minor, smaller]: [number, string]): string =>
  minor === 0 ? `${major} ${unit}` : `${major} ${unit} ${minor} ${smaller}`;
