// With its data in PostgreSQL NocoDB loads sqlite3 and never uses it; this empty stand-in saves a compiler.
const Module = require('node:module');
const load = Module._load;
const standIn = { verbose: () => standIn, Database: class {} };
Module._load = (id, ...rest) => (id === 'sqlite3' ? standIn : load(id, ...rest));
