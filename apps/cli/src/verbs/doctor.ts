import type { Command } from 'commander';
import type { CliContext } from '../context.js';

export const addDoctor = (program: Command, context: CliContext): void => {
  program.command('doctor').action(() => void context);
};
