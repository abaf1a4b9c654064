import { execa } from 'execa';

/** Copies a folder with owners and modes: PostgreSQL refuses files that are not its user's. */
export const copied = async (from: string, to: string) => {
  await execa('cp', ['-a', from, to], { timeout: 120_000, stdin: 'ignore' });
};
