// The recipe of docs/office-ca.md, followed to the letter: the authority, the server with its certificate, a
// client that trusts it, one that does not, and a browser that gets its service worker.
import assert from 'node:assert/strict';
import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import https from 'node:https';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import readline from 'node:readline';
import {after, before, test} from 'node:test';
import {startTablet, until} from './field_device.mjs';

const root = new URL('../../', import.meta.url).pathname;
let folder, server, address;
const file = name => join(folder, 'ca', name);
const office_ca = (...names) => spawnSync(join(root, 'script/office_ca'), [join(folder, 'ca'), ...names], {encoding: 'utf8'});

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'khaosat-ca-'));
  assert.equal(office_ca('khaosat.lan', '127.0.0.1').status, 0);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KHAOSAT_')));
  server = spawn(process.env.KHAOSAT_PROGRAM, ['serve', '--data', join(folder, 'data'), '--defs', join(root, 'survey_defs'), '--listen', '127.0.0.1:0',
    '--listen-tls', '127.0.0.1:0', '--certificate', file('certificate.pem'), '--private-key', file('private_key.pem')], {env, stdio: ['ignore', 'pipe', 'inherit']});
  for await (const line of readline.createInterface({input: server.stdout})) {
    address = /https:\/\/[^ ]+:\d+/.exec(line)?.[0];
    if (address) break;
  }
  server.stdout.resume();
});
after(async () => {
  server?.kill('SIGTERM');
  if (server && server.exitCode === null) await new Promise(done => server.on('exit', done));
  rmSync(folder, {recursive: true, force: true, maxRetries: 5});
});

const get = (url, options) => new Promise((yes, no) => https.get(url, options, answer => {
  answer.resume();
  yes(answer.statusCode);
}).on('error', no));

test('whoever trusts the authority connects, by name and by address; nobody else does', async () => {
  const ca = readFileSync(file('ca.pem'));
  const {port} = new URL(address);
  assert.equal(await get(`https://127.0.0.1:${port}/healthz`, {ca}), 200);
  assert.equal(await get(`https://127.0.0.1:${port}/healthz`, {ca, servername: 'khaosat.lan'}), 200);
  await assert.rejects(get(`https://127.0.0.1:${port}/healthz`), /certificate|issuer/);
});

test('the authority signs for no other name, and not without its key', async () => {
  const before = readFileSync(file('certificate.pem'), 'utf8');
  assert.equal(office_ca('khaosat.lan', 'nganhang.vn').status, 4);
  assert.equal(office_ca('khaosat.lan; rm -rf /').status, 3);
  assert.equal(readFileSync(file('certificate.pem'), 'utf8'), before);
  const key = readFileSync(file('ca.key'));
  rmSync(file('ca.key'));
  assert.equal(office_ca('khaosat.lan').status, 4);
  assert.ok(key.length > 0);
});

test('Chromium with the authority installed gets its service worker; without, it has none', async () => {
  const home = process.env.HOME;
  process.env.HOME = join(folder, 'home');
  const store = join(process.env.HOME, '.pki/nssdb');
  mkdirSync(store, {recursive: true});
  execFileSync('certutil', ['-d', `sql:${store}`, '-N', '--empty-password']);
  try {
    for (const trusted of [false, true]) {
      if (trusted) execFileSync('certutil', ['-d', `sql:${store}`, '-A', '-t', 'C,,', '-n', 'office', '-i', file('ca.pem')]);
      const tablet = await startTablet();
      try {
        const opened = await tablet.page.goto(address + '/field/').then(answer => answer.status(), fault => String(fault));
        if (!trusted) {
          assert.match(String(opened), /ERR_CERT_AUTHORITY_INVALID/);
          continue;
        }
        assert.equal(opened, 200);
        assert.ok(await tablet.page.evaluate(() => isSecureContext));
        assert.equal(await tablet.page.locator('[data-insecure]').isVisible(), false);
        await until(() => tablet.page.evaluate(async () => !!(await navigator.serviceWorker.getRegistration())?.active));
      } finally {
        await tablet.forget();
      }
    }
  } finally {
    process.env.HOME = home;
  }
});
