import { type Check, ok, warn } from './check.js';

const wanted = 24;

/** Node.js is the version that this program is tested with. */
export const nodeCheck: Check = {
  name: 'Node.js',
  find: () => {
    const major = Number(process.versions.node.split('.')[0]);
    const text = `version ${process.versions.node}`;
    return Promise.resolve(
      major >= wanted
        ? ok(text)
        : warn(text, `Run it with Node.js ${wanted} LTS: that is what it is tested with`),
    );
  },
};
