// node run.mjs PAGES_SERVER KHAOSAT: all tests in a browser, one after the other.
import {readdirSync} from 'node:fs';
import {spec} from 'node:test/reporters';
import {run} from 'node:test';

process.env.KHAOSAT_PAGES_SERVER = process.argv[2] ?? process.env.KHAOSAT_PAGES_SERVER;
process.env.KHAOSAT_PROGRAM = process.argv[3] ?? process.env.KHAOSAT_PROGRAM;
const folder = new URL('./', import.meta.url).pathname;
const files = readdirSync(folder).filter(name => name.endsWith('_test.mjs')).map(name => folder + name);
run({files, concurrency: 1, timeout: 600000})
  .on('test:fail', () => { process.exitCode = 1; })
  .compose(spec).pipe(process.stdout);
