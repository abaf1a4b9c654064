import { createHash } from 'node:crypto';
import { type Artifact, PermanentError } from '@nocodb-backup/events';

/** Watches bytes go by. `end` throws a PermanentError unless they were what the artifact says. */
export const checking = ({ path, bytes, sha256 }: Pick<Artifact, 'path' | 'bytes' | 'sha256'>) => {
  const hash = createHash('sha256');
  let seen = 0;
  return {
    add: (chunk: Uint8Array): void => {
      hash.update(chunk);
      seen += chunk.length;
    },
    end: (): void => {
      if (seen === bytes && hash.digest('hex') === sha256) return;
      throw new PermanentError(
        `${path} is not what was written: it has ${seen} bytes of ${bytes}, or others. It is damaged; make another backup`,
      );
    },
  };
};
