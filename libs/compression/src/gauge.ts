import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { Ending } from './ending.js';
import { environment } from './environment.js';
import { running, type Running } from './line-output.js';
import type { RawFigures } from './raw-figures.js';

/** The built one, also where the sources are run as they are. */
const PROGRAM = join(import.meta.dirname, '../dist/gauge-program.js');

const Figures = z
  .string()
  .transform((line): unknown => JSON.parse(line))
  .pipe(z.object({ bytes: z.int(), tail: z.base64() }));

/** A process between a program and the next one, which passes on what it reads and tells how much it was and how it ended. */
export class Gauge implements Running {
  readonly name = 'the program that counts what is packed';
  /** What it passes on, for the next program; destroy it once that was started. */
  readonly output: Readable;
  readonly ending: Promise<Ending>;
  readonly kill: () => void;
  figures: Pick<RawFigures, 'bytes' | 'tail'> = { bytes: 0, tail: Buffer.alloc(0) };

  /** Takes the output over from the program that puts it out. */
  constructor(source: Readable) {
    const child = spawn(process.execPath, [PROGRAM], {
      stdio: [source, 'pipe', 'pipe', 'pipe'],
      env: environment(),
    }) as ChildProcessByStdio<null, Readable, Readable>;
    source.destroy();
    this.output = child.stdout;
    const { ending, kill } = running(this.name, child);
    const told = this.listen(child.stdio[3] as Readable);
    this.kill = kill;
    this.ending = Promise.all([ending, told]).then(([ended]) => ended);
  }

  private async listen(lines: Readable): Promise<void> {
    for await (const line of createInterface({ input: lines })) {
      const { bytes, tail } = Figures.parse(line);
      this.figures = { bytes, tail: Buffer.from(tail, 'base64') };
    }
  }
}
