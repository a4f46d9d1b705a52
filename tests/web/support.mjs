// A server with citizens' pages, a browser, and what every test asks of every page.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import readline from 'node:readline';
import {chromium} from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.env.KHAOSAT_SCREENSHOTS;

export async function startServer(program) {
  const child = spawn(program, {stdio: ['pipe', 'pipe', 'inherit']});
  const lines = readline.createInterface({input: child.stdout})[Symbol.asyncIterator]();
  const site = JSON.parse((await lines.next()).value);
  let used = 0;
  return {
    ...site,
    url: path => site.address + path,
    // A slip nobody has used yet.
    slip: () => site.codes[used++],
    async arrived(path) {
      child.stdin.write(path + '\n');
      return Number((await lines.next()).value);
    },
    // A code for a kiosk and its PIN, for the campaign of that address.
    async kiosk(path) {
      child.stdin.write(`kiosk ${path}\n`);
      return JSON.parse((await lines.next()).value);
    },
    // About interviewers' devices, see pages_server.cpp: 'invite', 'tally', 'revoke', 'rescue', 'republish', …
    async field(act, path, more = '') {
      child.stdin.write(`field ${act} ${path.replace('/s/', '')} ${more}\n`);
      return JSON.parse((await lines.next()).value);
    },
    // Time passes for the server.
    async advance(seconds) {
      child.stdin.write(`advance ${seconds}\n`);
      await lines.next();
    },
    stop: () => child.stdin.end(),
  };
}

export async function signIn(page, address, name, password) {
  await page.goto(address + '/staff/sign-in');
  await page.fill('[name=name]', name);
  await page.fill('[name=password]', password);
  await page.locator('main form button').click();
  await page.waitForURL('**/staff');
  return page;
}

// A request beside the page with the page's cookies. Sent by hand: a client outside the browser holds
// back Secure cookies from http://127.0.0.1, which the browser itself trusts.
export async function besides(page, method, address, options = {}) {
  const cookies = await page.context().cookies();
  const cookie = cookies.map(({name, value}) => `${name}=${value}`).join('; ');
  return page.request.fetch(address, {method, headers: {cookie}, ...options});
}

// The real program over an empty data folder. `setup`: the link that makes the first account.
// `added`: definition files of the test's own, by their path below survey_defs.
export async function startOffice({added = {}} = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'khaosat-office-'));
  let definitions = new URL('../../survey_defs', import.meta.url).pathname;
  if (Object.keys(added).length) {
    cpSync(definitions, join(folder, 'defs'), {recursive: true});
    definitions = join(folder, 'defs');
    for (const [path, content] of Object.entries(added)) writeFileSync(join(definitions, path), JSON.stringify(content));
  }
  // The program refuses variables that begin with its name and are no option of its own.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KHAOSAT_')));
  const server = spawn(process.env.KHAOSAT_PROGRAM, ['serve', '--data', join(folder, 'data'), '--defs', definitions, '--listen', '127.0.0.1:0'],
    {env, stdio: ['ignore', 'pipe', 'inherit']});
  let address, setup;
  for await (const line of readline.createInterface({input: server.stdout})) {
    address ??= /http:\/\/[^ ]+:\d+/.exec(line)?.[0];
    setup = /http[^ ]+\/setup\?token=[^ ]+/.exec(line)?.[0];
    if (setup) break;
  }
  server.stdout.resume();
  return {
    folder, address, setup,
    async stop() {
      server.kill('SIGTERM');
      await new Promise(done => server.on('exit', done));
      rmSync(folder, {recursive: true, force: true});
    },
  };
}

// The real program with the demo's data: what it prints about where to look.
export async function startDemo() {
  const folder = mkdtempSync(join(tmpdir(), 'khaosat-demo-'));
  // The program refuses variables of its own family that it does not know.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KHAOSAT_')));
  const program = spawn(process.env.KHAOSAT_PROGRAM, ['demo', '--data', join(folder, 'data'), '--listen', '127.0.0.1:0'],
    {cwd: new URL('../..', import.meta.url).pathname, env, stdio: ['ignore', 'pipe', 'inherit']});
  const found = {};
  for await (const line of readline.createInterface({input: program.stdout})) {
    const open = line.match(/^Answer as a citizen: +(http\S+)/);
    if (open) found.open = open[1];
    const codes = line.match(/with one of the codes (.*)$/);
    if (codes) found.codes = codes[1].trim().split(/ +/);
    const password = line.match(/name demo, password (\S+)/);
    if (password) found.password = password[1];
    const closed = line.match(/^Closed campaign: +(http\S+)/);
    if (closed) found.closed = closed[1];
    const awards = line.match(/^Award proposals: +(http\S+)/);
    if (awards) found.awards = awards[1];
    if (/simulated people answered/.test(line)) break;
  }
  program.stdout.resume();
  return {
    ...found, address: new URL(found.open).origin,
    async stop() {
      program.kill('SIGTERM');
      await new Promise(done => program.once('exit', done));
      rmSync(folder, {recursive: true, force: true});
    },
  };
}

export const startBrowser = (options, more = []) => chromium.launch({
  ...options,
  executablePath: process.env.KHAOSAT_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync', ...more],
});

// `script`: 'on'; 'off' switches JavaScript off; 'blocked' leaves it to axe but withholds ours, so that the
// pages of the server can be examined.
export async function visitor(browser, {width = 360, height = 740, script = 'on', ...options} = {}) {
  const context = await browser.newContext({
    viewport: {width, height}, javaScriptEnabled: script != 'off', locale: 'vi-VN', ...options,
  });
  context.setDefaultTimeout(15000);
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', error => page.faults.push(String(error)));
  page.on('console', message => message.type() == 'error' && !/the server responded with a status of 4/.test(message.text()) && page.faults.push(message.text()));
  if (script == 'blocked') await context.route('**/*.js', route => route.fulfill({body: '', contentType: 'text/javascript'}));
  return page;
}

// What axe finds on the page as it is, a line per rule. `rules`: only these.
export async function seeThrough(page, rules) {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axe);
  const {violations} = await page.evaluate(only => axe.run(document, {resultTypes: ['violations'], ...only && {runOnly: only}}), rules);
  return violations.map(({id, nodes}) => `${id}: ${nodes.map(node => node.html).slice(0, 3).join(' | ')}`);
}

// What makes the page scroll sideways: how far, and the innermost elements that stick out.
export const sideways = page => page.evaluate(() => {
  const far = document.documentElement.scrollWidth - innerWidth;
  if (far <= 0) return '';
  const out = [...document.querySelectorAll('body *')].filter(element => element.getBoundingClientRect().right > innerWidth + 1 && !element.closest('.table'));
  return `${far} px too wide: ` + out.filter(element => !out.some(other => other != element && element.contains(other))).slice(0, 3)
    .map(element => element.outerHTML.replace(/\s+/g, ' ').slice(0, 120)).join(' | ');
});

// axe finds nothing, nothing scrolls sideways, everything to press is large enough, no script failed.
// `targets: false` for the office's pages, whose tables are full of links in lines of text.
export async function examine(page, name, {targets = true} = {}) {
  if (shots) {
    mkdirSync(shots, {recursive: true});
    const {width} = page.viewportSize();
    await page.screenshot({path: `${shots}/${name}-${width}.png`, fullPage: true});
  }
  assert.deepEqual(page.faults, [], name);
  assert.deepEqual(await seeThrough(page), [], `${name}: axe`);
  await noSidewaysScroll(page, name);
  if (!targets) return;
  const small = await page.evaluate(() => [...document.querySelectorAll('button, .row, select, textarea, .field, a')]
    .filter(element => element.checkVisibility() && !element.closest('.skip'))
    .filter(element => element.getBoundingClientRect().height < (element.matches('.errors a') ? 24 : 48))
    .map(element => element.outerHTML.slice(0, 100)));
  assert.deepEqual(small, [], `${name}: targets under 48 px`);
}

export async function noSidewaysScroll(page, name) {
  const {wide, view} = await page.evaluate(() => ({wide: document.documentElement.scrollWidth, view: innerWidth}));
  assert.ok(wide <= view, `${name}: ${wide} px wide in ${view} px`);
}

export const title = page => page.title();
export const heading = page => page.locator('h1:visible').textContent();
export const press = (page, value) => page.locator(`button[value="${value}"]:visible`).first().click();

// Fills in what stands before the first question and begins.
export async function begin(page, site, {path = site.slips, slip} = {}) {
  await page.goto(site.url(path));
  if (await page.locator('#slip').count()) await page.fill('#slip', slip ?? site.slip());
  if (await page.locator('#place').count()) await page.selectOption('#place', 'v3');
  await page.check('#consent');
  await press(page, 'next');
  await page.locator('section:visible').waitFor();
}

// Presses "next" and waits for the next heading.
export async function onward(page) {
  const before = await heading(page);
  await press(page, 'next');
  for (let i = 0; i < 200; ++i) {
    if (await heading(page).catch(() => before) != before) return;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  assert.fail(`still at ${before}`);
}

// Presses "next" until the check page.
export async function toCheck(page) {
  for (let i = 0; i < 30 && !await page.locator('button[value="send"]').count(); ++i) {
    await onward(page);
  }
  await page.locator('button[value="send"]').first().waitFor();
}

export async function send(page) {
  await press(page, 'send');
  return (await page.locator('.receipt').textContent()).trim();
}
