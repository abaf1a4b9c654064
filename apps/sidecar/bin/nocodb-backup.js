#!/usr/bin/env node
import { existsSync } from 'node:fs';
import process from 'node:process';

const main = new URL('../dist/main.js', import.meta.url);
const [major = 0] = process.versions.node.split('.').map(Number);

if (major < 22) {
  process.stderr.write(
    `nocodb-backup needs Node.js 22 or newer, and this is ${process.version}. In a checkout, "npx nocodb-backup" uses the one that "npm run build" installed.\n`,
  );
  process.exitCode = 2;
} else if (!existsSync(main)) {
  process.stderr.write('nocodb-backup is not built yet: run "npm run build" first.\n');
  process.exitCode = 2;
} else {
  await import(main.href);
}
