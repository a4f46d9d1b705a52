// An interviewer's device in a test: enrolled, filled in, kept; and a browser that can be killed.
import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {chromium} from 'playwright-core';
import {onward} from './support.mjs';

export const until = async (what, patience = 30000) => {
  for (const end = Date.now() + patience; Date.now() < end;) {
    const found = await what();
    if (found) return found;
    await new Promise(resolve => setTimeout(resolve, 40));
  }
  throw new Error(`waited in vain for ${what}`);
};

// Enrols the page's browser with a new code, and waits until everything is on the device.
export async function enrol(page, site, line, {path = site.open, drawn = 3} = {}) {
  await page.goto(line.url('/field/'));
  await page.fill('#code', await site.field('invite', path, drawn));
  await page.click('button.main');
  await page.locator('.person').first().waitFor();
  await kept(page);
}

export const kept = page => until(() => page.evaluate(async () => {
  if (!navigator.serviceWorker.controller && !(await navigator.serviceWorker.getRegistration())?.active) return false;
  for (const name of await caches.keys()) {
    const pages = (await (await caches.open(name)).keys()).map(({url}) => new URL(url).pathname);
    if (pages.includes('/field/form') && pages.includes('/field/')) return true;
  }
  return false;
}));

export const ready = page => page.locator('html[data-ready]').waitFor();

export async function beginWith(page, person) {
  await page.locator('.person', {hasText: person}).locator('[data-begin]').click();
  await ready(page);
}

export async function consent(page, slip) {
  if (slip) await page.fill('#slip', slip);
  await page.check('#consent');
  await onward(page);
}

// To the end of the form; `mark` goes into the first text that can be written.
export async function toFinish(page, mark) {
  await page.locator('input[name="used_procedure"][value="yes"]').check().catch(() => {});
  for (let i = 0; i < 20 && !await page.locator('#finish').isVisible(); ++i) {
    const field = page.locator('section:visible textarea').first();
    if (mark && await field.count()) await field.fill(mark);
    await onward(page);
  }
  await page.locator('#finish').waitFor();
}

export async function aboutTheTalk(page, {talk = 'vi', help = 'none'} = {}) {
  await page.check(`[name=talk][value=${talk}]`);
  await page.check(`[name=help][value=${help}]`);
}

export async function keep(page, about) {
  await aboutTheTalk(page, about);
  await page.click('[data-save]');
  await page.waitForURL('**/field/');
  await page.locator('.person').first().waitFor();
}

// A whole interview.
export async function interview(page, person, {mark, slip, ...about} = {}) {
  await beginWith(page, person);
  await consent(page, slip);
  await toFinish(page, mark);
  await keep(page, about);
}

// Interviews straight into the queue, by the device's own code: for many at once. What they are is plain: where, and the id.
export const queueMany = (page, count) => page.evaluate(async count => {
  const store = performance.getEntriesByType('resource').map(entry => entry.name).find(name => name.includes('/field_store.'));
  const {parcel, read, say} = await import(store);
  const sheet = await read('device', 'sheet');
  for (const {person, psu} of sheet.sheet.people.filter(one => one.drawn).slice(0, count)) {
    const id = crypto.randomUUID().replaceAll('-', '');
    const box = await parcel(sheet, [['_id', id], ['_consent', 'yes'], ['_lang', 'vi'], ['_place', psu], ['_at', 'check'], ['used_procedure', 'yes']]);
    await say(person, 'done', {language: 'vi', helper: 'none', also: ({outbox}) => outbox.put({state: 'pending', ...box}, id)});
  }
}, count);

// Everything the device keeps, as its database has it: boxes stay closed.
export const stored = page => page.evaluate(async () => {
  const base = await new Promise(yes => indexedDB.open('khaosat-field').onsuccess = ({target}) => yes(target.result));
  const all = {};
  for (const name of base.objectStoreNames) {
    const store = base.transaction(name).objectStore(name);
    const [keys, rows] = await Promise.all([store.getAllKeys(), store.getAll()].map(asked => new Promise(yes => asked.onsuccess = () => yes(asked.result))));
    all[name] = keys.map((key, at) => [String(key), rows[at]?.body ? '(locked)' : rows[at] instanceof CryptoKey ? `key, ${rows[at].extractable ? 'open' : 'closed'}` : rows[at]]);
  }
  base.close();
  return all;
});

// Chromium with a profile on disk, as the tablet has it; `kill` is what an empty battery does.
export async function startTablet(profile = mkdtempSync(join(tmpdir(), 'khaosat-tablet-'))) {
  const child = spawn(process.env.KHAOSAT_CHROMIUM ?? '/usr/bin/chromium', [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank',
  ], {stdio: ['ignore', 'ignore', 'pipe'], detached: true});
  const address = await new Promise((yes, no) => {
    let told = '';
    child.stderr.on('data', chunk => {
      told += chunk;
      const found = /DevTools listening on (ws:\S+)/.exec(told);
      if (found) yes(found[1]);
    });
    child.on('exit', () => no(new Error(told)));
  });
  const browser = await chromium.connectOverCDP(address);
  const context = browser.contexts()[0];
  context.setDefaultTimeout(15000);
  const page = context.pages()[0];
  await page.setViewportSize({width: 360, height: 740});
  const gone = new Promise(done => child.on('exit', done));
  return {
    page, context, profile,
    // All its processes at once, none of which gets to say goodbye.
    async kill() {
      process.kill(-child.pid, 'SIGKILL');
      await gone;
      await browser.close().catch(() => {});
    },
    async forget() {
      await this.kill();
      rmSync(profile, {recursive: true, force: true, maxRetries: 5});
    },
  };
}

// What the page says about the queue.
export const waiting = page => page.locator('[data-waiting]').textContent();
export const sent = page => page.locator('.queue .badge.good').count();
// One interview in the queue, and the line cut.
export async function oneWaiting(page, line) {
  line.cut();
  await queueMany(page, 1);
  await page.goto(line.url('/field/'));
  await page.locator('.queue .badge').first().waitFor();
}
