// Every page of the office that can be reached by links in the demo: axe finds nothing, nothing scrolls
// sideways; on a desk and on a phone, in the light and in the dark, with letters twice as large.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {seeThrough, sideways, signIn, startBrowser, startDemo, visitor} from './support.mjs';

const routes = readFileSync(new URL('../../server/pages/staff_routes.cpp', import.meta.url), 'utf8');
const patterns = [...routes.matchAll(/(?:get|entrance)\((?:"GET", )?"(\/[^"]*)"/g)].map(found => found[1]);
// Files and prints, no pages; acts of a moment that only a form leads to.
const files = /\/(json|csv|xlsx|docx|file|blank|evidence|files|\(json)|\/points\/|\/index\/kept\/[^/]*$|\/population\/table$/;
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

// WCAG 1.4.12: lines, letters, words and paragraphs as far apart as a reader may set them. Laid over the page
// as a reader's own style, past the page's policy.
const spaced = page => page.evaluate(() => {
  const style = new CSSStyleSheet();
  style.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; } p { margin-bottom: 2em !important; }');
  document.adoptedStyleSheets = [style];
});
const plain = page => page.evaluate(() => { document.adoptedStyleSheets = []; });

// Words cut off by their box, and lines of different texts that lie on one another.
const spoilt = page => page.evaluate(() => {
  const told = [];
  const name = element => element.outerHTML.replace(/\s+/g, ' ').slice(0, 100);
  for (const element of document.querySelectorAll('body *')) {
    const {overflowX, overflowY} = getComputedStyle(element);
    const clips = overflow => overflow == 'hidden' || overflow == 'clip';
    // The text of a field moves with the caret.
    if (!element.checkVisibility() || element.closest('svg, input')) continue;
    if (clips(overflowX) && element.scrollWidth > element.clientWidth + 1 || clips(overflowY) && element.scrollHeight > element.clientHeight + 1) told.push('cut off: ' + name(element));
  }
  const lines = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
  while (texts.nextNode()) {
    const {parentElement: parent, data} = texts.currentNode;
    if (!data.trim() || !parent.checkVisibility() || parent.closest('option, script, svg, .skip, .hidden-word, .session')) continue;
    range.selectNodeContents(texts.currentNode);
    // Of a line, what letters cover: a good half of its height.
    for (const {left, right, top, bottom, height} of range.getClientRects()) {
      if (right - left > 1 && right > 0) lines.push({left, right, top: top + height * .25, bottom: bottom - height * .25, parent});
    }
  }
  lines.sort((a, b) => a.top - b.top);
  for (let i = 0; i < lines.length; ++i) {
    for (let k = i + 1; k < lines.length && lines[k].top < lines[i].bottom; ++k) {
      const [a, b] = [lines[i], lines[k]];
      // What has scrolled below a head that stays is no fault of the spacing.
      if (a.parent == b.parent || a.parent.closest('.glance thead') || b.parent.closest('.glance thead')) continue;
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2) told.push(`on one another: ${name(a.parent)} and ${name(b.parent)}`);
    }
  }
  return [...new Set(told)].slice(0, 3);
});

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
    // 1.4.10: no page needs two directions of scrolling at 320 px; 1.4.12: nor with wide spacing, where nothing is lost.
    await page.emulateMedia({colorScheme: 'light'});
    await page.evaluate(() => { document.documentElement.style.fontSize = ''; });
    for (const [name, width, spacing] of [['narrow', 320, false], ['narrow-spaced', 320, true], ['desk-spaced', 1280, true]]) {
      await page.setViewportSize({width, height: 800});
      if (spacing) await spaced(page);
      const wide = await sideways(page);
      if (wide) told.push(`${pattern} (${name}): ${wide}`);
      for (const wrong of await spoilt(page)) told.push(`${pattern} (${name}): ${wrong}`);
    }
    await plain(page);
    await page.setViewportSize({width: 1280, height: 800});
  };
  await page.goto(demo.address + '/staff/sign-in');
  await look('/staff/sign-in');
  await page.goto(demo.address + '/own-record');
  await look('/own-record');
  await signIn(page, demo.address, 'demo', demo.password);

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
