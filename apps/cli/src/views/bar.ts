import type { Colors } from 'picocolors/types.js';

const BAR = 20;

/** How much of it is done, as a bar. */
export const barOf = (done: number, total: number, colors: Colors): string => {
  const filled = total > 0 ? Math.floor((BAR * Math.min(done, total)) / total) : BAR;
  return colors.green('█'.repeat(filled)) + colors.dim('░'.repeat(BAR - filled));
};

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** What turns while something is being done. */
export const turnOf = (now: Date): string => spinner[Math.floor(now.getTime() / 100) % spinner.length] ?? '';
