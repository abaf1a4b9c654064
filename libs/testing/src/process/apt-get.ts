import { execa } from 'execa';

/** Runs apt-get without questions. Rejects with what it said. */
export const aptGet = async (...args: string[]): Promise<void> => {
  const { failed, all, shortMessage } = await execa('apt-get', ['-qq', ...args], {
    all: true,
    reject: false,
    timeout: 600_000,
    stdin: 'ignore',
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (failed) throw new Error(`apt-get ${args.join(' ')} failed: ${shortMessage}\n${all.slice(-2_000)}`);
};
