/** npx hands on the Ctrl-C that the terminal has sent to everyone: what comes within a second is the same one. */
const SAME_MS = 1000;
const INTERRUPTED = 130;

/** Takes over SIGINT and SIGTERM: the first one asks to stop; one that comes more than a second later ends the process at once, with 130. */
export const onStopSignal = (stop: (signal: NodeJS.Signals) => void): void => {
  let first: number | undefined;
  const heed = (signal: NodeJS.Signals) => {
    if (first === undefined) {
      first = performance.now();
      stop(signal);
    } else if (performance.now() - first > SAME_MS) process.exit(INTERRUPTED);
  };
  process.on('SIGINT', heed).on('SIGTERM', heed);
};
