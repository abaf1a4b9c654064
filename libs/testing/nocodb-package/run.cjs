// Runs in the folder that holds node_modules/nocodb: NocoDB reads its own version from there.
const { createRequire } = require('node:module');
const { join } = require('node:path');
const load = createRequire(join(process.cwd(), 'run.cjs'));
const express = load('express');

const main = async () => {
  const server = express();
  server.enable('trust proxy');
  server.disable('etag');
  server.set('view engine', 'ejs');
  server.use(load('cors')({ exposedHeaders: 'xc-db-response' }));
  const { Noco } = load('nocodb');
  const http = server.listen(Number(process.env.PORT), '127.0.0.1', async () => {
    server.use(await Noco.init({}, http, server));
  });
};

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
