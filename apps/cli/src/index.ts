export { CliError, Ended } from './cli-error.js';
export { type CliContext, processContext } from './context.js';
export { ExitCode } from './exit-code.js';
export { InitSettings } from './init/init-settings.js';
export { createProgram } from './program.js';
export { run } from './run.js';
export { addNotifyTest } from './verbs/notify-test.js';
export { verbHelp } from './verb-help.js';
