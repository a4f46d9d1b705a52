// Every page of the office that can be reached by links in the demo: axe finds nothing, nothing scrolls
// sideways; on a desk and on a phone, in the light and in the dark, with letters twice as large.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {seeThrough, sideways, startBrowser, startDemo, visitor} from './support.mjs';

const routes = readFileSync(new URL('../../server/pages/staff_routes.cpp', import.meta.url), 'utf8');
const patterns = [...routes.matchAll(/(?:get|entrance)\((?:"GET", )?"(\/[^"]*)"/g)].map(found => found[1]);
// Files and prints, no pages; acts of a moment that only a form leads to.
const files = /\/(json|csv|xlsx|docx|file|blank|evidence|files|\(json)|\/index\/kept\/[^/]*$/;
let browser, demo;

before(async () => {
  demo = await startDemo();
  browser = await startBrowser();
}, {timeout: 120000});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const patternOf = path => patterns.find(pattern => new RegExp(`^${pattern}$`).test(path));

// Media in which every page is examined; names and structure do not change with letters and colours.
const looks = ['color-contrast', 'scrollable-region-focusable', 'link-in-text-block'];
const states = [
  {name: 'desk', width: 1280, scheme: 'light', large: false},
  {name: 'desk-dark-large', width: 1280, scheme: 'dark', large: true},
  {name: 'phone', width: 360, scheme: 'light', large: false},
  {name: 'phone-dark-large', width: 360, scheme: 'dark', large: true},
];

test('every page of the office holds in every state', async () => {
  assert.ok(patterns.length > 40, 'the routes of the office are read from their list');
  const page = await visitor(browser, {width: 1280, height: 800, script: 'blocked'});
  const told = [], seen = new Map();
  const look = async (pattern, wanted = states) => {
    for (const {name, width, scheme, large} of wanted) {
      await page.setViewportSize({width, height: 800});
      await page.emulateMedia({colorScheme: scheme});
      await page.evaluate(size => { document.documentElement.style.fontSize = size; }, large ? '200%' : '');
      for (const wrong of await seeThrough(page, large ? looks : undefined)) told.push(`${pattern} (${name}): ${wrong}`);
      const wide = await sideways(page);
      if (wide) told.push(`${pattern} (${name}): ${wide}`);
    }
    await page.setViewportSize({width: 1280, height: 800});
  };
  await page.goto(demo.address + '/staff/sign-in');
  await look('/staff/sign-in');
  await page.goto(demo.address + '/own-record');
  await look('/own-record');
  await page.goto(demo.address + '/staff/sign-in');
  await page.fill('[name=name]', 'demo');
  await page.fill('[name=password]', demo.password);
  await page.locator('main form button').click();
  await page.waitForURL('**/staff');

  const opened = new Set();
  const waiting = [demo.closed, demo.awards].map(address => new URL(address).pathname).concat('/staff');
  while (waiting.length && opened.size < 150) {
    const address = waiting.shift(), path = address.split('?')[0];
    const pattern = patternOf(path);
    if (!pattern || opened.has(path) || files.test(pattern)) continue;
    // Two of a kind, since a survey that is open leads elsewhere than one that is closed.
    if ((seen.get(pattern) ?? 0) >= 2) continue;
    opened.add(path);
    const answer = await page.goto(demo.address + address);
    // What the state of the demo forbids is no page; another address of the same kind may be one.
    if (answer.status() != 200 || !/text\/html/.test(answer.headers()['content-type'])) continue;
    await look(pattern, seen.has(pattern) ? states.slice(-1) : states);
    seen.set(pattern, (seen.get(pattern) ?? 0) + 1);
    waiting.push(...await page.evaluate(() => [...document.links].filter(link => link.origin == location.origin && link.pathname.startsWith('/staff'))
      .map(link => link.pathname + link.search)));
  }
  const missed = patterns.filter(pattern => pattern.startsWith('/staff') && !files.test(pattern) && !seen.has(pattern));
  console.log(`# ${seen.size} kinds of pages; not reached in the demo: ${missed.join(' ')}`);
  assert.deepEqual(told, []);
  assert.ok(seen.size >= 45, `only ${seen.size} kinds of pages were reached`);
  assert.deepEqual(page.faults, []);
});
