/** Pure specs run in milliseconds; `int` specs start one real server each; `e2e` starts everything, with a real NocoDB. */
const common = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@nocodb-backup/(events|backup|vault|compression|nocodb|postgres|nats-server|messaging|service|testing)$':
      '<rootDir>/libs/$1/src/index.ts',
    '^@nocodb-backup/(scheduler|dumper|exporter|uploader|restorer|notifier|catalog|cli|sidecar)$':
      '<rootDir>/apps/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/(libs|apps)/[^/]+/dist'],
};
const roots = ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/scripts'];

export default {
  // Also on two cores: a good part of the time a test waits for the server that it has started.
  maxWorkers: 3,
  // Of a test that says nothing else: it waits for real servers, and on a busy machine for its turn.
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: 'pure',
      roots,
      testMatch: ['**/*.spec.ts'],
      testPathIgnorePatterns: ['\\.int\\.spec\\.ts$', '/dist/'],
    },
    { ...common, displayName: 'int', roots, testMatch: ['**/*.int.spec.ts'] },
    { ...common, displayName: 'e2e', roots: ['<rootDir>/e2e'], testMatch: ['**/*.e2e.spec.ts'] },
  ],
};
