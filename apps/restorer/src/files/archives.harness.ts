import { execFileSync } from 'node:child_process';
import { create, Header } from 'tar';

export interface Entry {
  readonly path: string;
  readonly type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'FIFO' | 'CharacterDevice';
  readonly linkpath?: string;
  readonly content?: string;
  readonly mode?: number;
  readonly uid?: number;
}

/** A tar archive as no tar would write it. */
export const tarOf = (entries: readonly Entry[]): Buffer => {
  const blocks = entries.flatMap(
    ({ path, type = 'File', linkpath = '', content = '', mode = 0o644, uid = 0 }) => {
      const body = Buffer.from(content);
      const header = new Header({
        path,
        type,
        linkpath,
        size: body.length,
        mode,
        uid,
        gid: uid,
        mtime: new Date(1e12),
      });
      const block = Buffer.alloc(512);
      if (header.encode(block, 0)) throw new Error(`${path} needs a longer header`);
      return [block, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
    },
  );
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
};

/** As the dumper does it, with GNU tar. */
export const gnuTarOf = (folder: string): Buffer =>
  execFileSync('tar', ['--create', '--file=-', '--format=gnu', '--sort=name', '--directory', folder, '.'], {
    maxBuffer: 1e9,
  });

/** As the dumper does it where there is no GNU tar. */
export const nodeTarOf = async (folder: string): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(create({ cwd: folder }, ['.'])));

/** As the Python tool did it: regular files only, relative names. */
export const pythonTarOf = (folder: string): Buffer =>
  execFileSync('python3', [
    '-c',
    'import sys, tarfile, pathlib\n' +
      't = tarfile.open(fileobj=sys.stdout.buffer, mode="w|")\n' +
      'r = pathlib.Path(sys.argv[1])\n' +
      '[t.add(p, arcname=str(p.relative_to(r))) for p in sorted(r.rglob("*")) if p.is_file()]\n' +
      't.close()',
    folder,
  ]);

/** Entries that are no folders. */
export const filesIn = (archive: Buffer): number =>
  execFileSync('tar', ['-tv', '--quoting-style=escape', '-f', '-'], {
    input: archive,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('d')).length;
