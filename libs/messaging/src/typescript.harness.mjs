/** Lets a child process run the sources as they are: `node --import ./typescript.harness.mjs some.harness.ts`. */
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const libs = new URL('../../', import.meta.url);
const options = {
  jsc: {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  module: { type: 'es6' },
};

registerHooks({
  resolve(specifier, context, next) {
    const [, lib] = /^@nocodb-backup\/(\w+)$/.exec(specifier) ?? [];
    if (lib) return next(new URL(`${lib}/src/index.ts`, libs).href, context);
    if (!specifier.startsWith('.') || !context.parentURL?.endsWith('.ts')) return next(specifier, context);
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    return next(existsSync(source) ? source.href : specifier, context);
  },
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const source = transformSync(readFileSync(fileURLToPath(url), 'utf8'), {
      ...options,
      filename: url,
    }).code;
    return { format: 'module', source, shortCircuit: true };
  },
});
