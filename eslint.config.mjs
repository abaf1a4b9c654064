import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** Who may import whom: the table of docs/design.md. */
const boundaries = [
  { sourceTag: 'name:events', onlyDependOnLibsWithTags: [], allowedExternalImports: ['zod'] },
  { sourceTag: 'name:backup', onlyDependOnLibsWithTags: ['name:events'], allowedExternalImports: ['zod'] },
  {
    sourceTag: 'scope:tool',
    onlyDependOnLibsWithTags: ['scope:language'],
    bannedExternalImports: ['@nestjs/*', '@nats-io/*'],
  },
  { sourceTag: 'name:messaging', onlyDependOnLibsWithTags: ['scope:language'] },
  {
    sourceTag: 'name:service',
    onlyDependOnLibsWithTags: ['scope:language', 'name:messaging'],
    bannedExternalImports: ['@nats-io/*'],
  },
  {
    sourceTag: 'scope:app',
    onlyDependOnLibsWithTags: ['scope:language', 'scope:tool', 'scope:plumbing'],
    bannedExternalImports: ['@nats-io/*'],
  },
  {
    sourceTag: 'scope:composition',
    onlyDependOnLibsWithTags: ['scope:language', 'scope:tool', 'scope:plumbing', 'scope:app'],
    bannedExternalImports: ['@nats-io/*'],
  },
  { sourceTag: 'scope:testing', onlyDependOnLibsWithTags: ['*'] },
];
/** Specs may use the test servers, and talk to a server directly to see what the code did to it. */
const specBoundaries = boundaries.map(({ sourceTag, onlyDependOnLibsWithTags }) => ({
  sourceTag,
  onlyDependOnLibsWithTags: [...onlyDependOnLibsWithTags, 'scope:testing'],
}));
const boundaryRule = (depConstraints) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    { enforceBuildableLibDependency: false, allow: [], depConstraints },
  ],
});
const specs = ['**/*.spec.ts', 'e2e/**/*.ts', 'bench/**/*.ts'];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', 'coverage/**'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./libs/*/tsconfig.json', './apps/*/tsconfig.json', './tsconfig.spec.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { '@nx': nx },
    rules: {
      ...boundaryRule(boundaries),
      'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 35, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      'max-depth': ['error', 3],
      complexity: ['error', { max: 10, variant: 'modified' }],
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-redeclare': 'off',
      // Nest declares its option types as classes and takes plain objects for them.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    files: specs,
    rules: { ...boundaryRule(specBoundaries), 'max-lines': ['error', 400], 'max-lines-per-function': 'off' },
  },
  prettier,
);
