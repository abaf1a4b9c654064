import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { poll } from '@nocodb-backup/testing';

/** How a process ended, and all that it said. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

const guard = '/usr/bin/setpriv';

/** A process of this test; it dies with the test, even if that is killed. */
export class Child {
  readonly ended: Promise<Ending>;
  private readonly process: ChildProcess;
  private readonly said = { out: '', err: '' };

  constructor(
    command: readonly string[],
    options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  ) {
    const [program = '', ...args] = [
      ...(existsSync(guard) ? [guard, '--pdeathsig', 'KILL', '--'] : []),
      ...command,
    ];
    this.process = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stdout?.on('data', (chunk: Buffer) => (this.said.out += chunk.toString()));
    this.process.stderr?.on('data', (chunk: Buffer) => (this.said.err += chunk.toString()));
    this.ended = this.end();
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  get err(): string {
    return this.said.err;
  }

  get running(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  /** Processes of that name that this one has started; Linux alone tells. */
  children(name: string): number[] {
    const pids = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8')
      .split(' ')
      .filter(Boolean);
    const named = pids.filter((pid) => nameOf(pid) === name);
    return named.map(Number);
  }

  signal(name: NodeJS.Signals): void {
    this.process.kill(name);
  }

  async kill(name: NodeJS.Signals = 'SIGKILL'): Promise<Ending> {
    this.signal(name);
    return this.ended;
  }

  /** Waits until the process has said something on stderr. Throws with all that it said when it ends before. */
  async says(text: string, limitMs = 30_000): Promise<void> {
    await poll(() => {
      if (this.err.includes(text)) return Promise.resolve(true);
      if (!this.running) throw new Error(`it ended before it said "${text}": ${this.err}`);
      return Promise.resolve(false);
    }, AbortSignal.timeout(limitMs));
  }

  private async end(): Promise<Ending> {
    // Not "close": what the process started may hold its pipes for longer.
    const [code, signal] = (await once(this.process, 'exit')) as [number | null, NodeJS.Signals | null];
    await Promise.race([once(this.process, 'close'), new Promise((resolve) => setTimeout(resolve, 500))]);
    return { code, signal, ...this.said };
  }
}

const nameOf = (pid: string): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
};
