// A line, a device and an office for tests of interviews without a network.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {enrol, until, waiting} from './field_device.mjs';
import {startLine} from './flaky_line.mjs';
import {examine, startBrowser, startServer, visitor} from './support.mjs';

export const secret = 'bí mật 4712';
// Filled before the tests of a file run.
export const office = {site: null, browser: null};
before(async () => {
  office.site = await startServer(process.env.KHAOSAT_PAGES_SERVER);
  office.browser = await startBrowser();
});
after(async () => {
  await office.browser?.close();
  office.site?.stop();
});

// Runs with a line and a device of its own; `arrived` counts from its start.
export function onDevice(name, act, options = {}) {
  test(name, async () => {
    const {site, browser} = office;
    const line = await startLine(site.address);
    const page = await visitor(browser, options);
    const {path = site.open} = options;
    const start = await site.arrived(path);
    try {
      await enrol(page, site, line, {path, drawn: options.drawn});
      await act(page, line, async () => await site.arrived(path) - start, path);
    } finally {
      await page.context().close();
      line.stop();
    }
  });
}

// The page counts after it is drawn, so that the words come a moment later.
export const says = async (page, words, why) => {
  await until(async () => await waiting(page) == words).catch(() => {});
  assert.equal(await waiting(page), words, why);
};
export const offline = async (page, line) => {
  line.cut();
  await page.context().setOffline(true);
};
export const online = async (page, line) => {
  line.mode = 'through';
  await page.context().setOffline(false);
};
// The button goes away when another tab was faster, so it is pressed by the page itself.
export const again = page => page.evaluate(() => document.querySelector('[data-again]').click());
// What a cut line makes the browser complain of is no fault of the page.
export async function sound(page, name) {
  page.faults = page.faults.filter(fault => !fault.includes('net::ERR') && !fault.includes('status of 5') && !fault.includes('untrustworthy'));
  await examine(page, name);
}
// The queue had its turn: what it says stands on the page.
export const settled = page => page.waitForTimeout(300);
