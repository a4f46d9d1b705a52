// Interviews on a device whose browser is killed, one of the failures of offline_test.mjs.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {aboutTheTalk, beginWith, consent, enrol, keep, oneWaiting, queueMany, sent, startTablet, stored, toFinish, until} from './field_device.mjs';
import {startLine} from './flaky_line.mjs';
import {onward, startServer} from './support.mjs';

const secret = 'bí mật 4712';
let site;
before(async () => { site = await startServer(process.env.KHAOSAT_PAGES_SERVER); });
after(() => site?.stop());

// An empty battery at every step of the queue. Whatever had come so far, each interview is stored exactly once.
for (const [step, prepare, then] of [
  ['before it is written', async ({page}) => {
    await beginWith(page, 'v1-101');
    await consent(page);
    await toFinish(page, secret);
    await page.waitForTimeout(500);
    await aboutTheTalk(page);
    await page.evaluate(() => { IDBObjectStore.prototype.put = () => { for (;;); }; });
    page.evaluate(() => document.querySelector('[data-save]').click()).catch(() => {});
    await new Promise(done => setTimeout(done, 500));
  }, async ({page}) => {
    // 10: what was filled in is there again.
    await beginWith(page, 'v1-101');
    await page.locator('#finish, section:visible').first().waitFor();
    for (let i = 0; i < 20 && !await page.locator('#finish').isVisible(); ++i) await onward(page);
    assert.equal(await page.locator('textarea').first().inputValue(), secret);
    await keep(page);
  }],
  ['after it is written, before it is sent (12)', async ({page, line}) => oneWaiting(page, line)],
  ['after it is sent, before it is deleted', async ({page, line}) => {
    let taken;
    const came = new Promise(done => { taken = done; });
    line.onAnswer['/field/answers'] = () => {
      taken();
      return new Promise(() => {});
    };
    await queueMany(page, 1);
    await page.reload();
    await came;
  }],
  ['after it is deleted', async ({page}) => {
    await queueMany(page, 1);
    await page.reload();
    await until(() => sent(page));
  }],
]) {
  test(`the browser is killed ${step}: the interview counts once`, async () => {
    const line = await startLine(site.address);
    const before = await site.arrived(site.open);
    let tablet = await startTablet();
    try {
      await enrol(tablet.page, site, line);
      await prepare({page: tablet.page, line});
      // It was enrolled the day before: browsers write cookies to the disk only now and then.
      const cookies = await tablet.context.cookies();
      await tablet.kill();
      line.onAnswer = {};
      line.mode = 'through';
      tablet = await startTablet(tablet.profile);
      await tablet.context.addCookies(cookies);
      await tablet.page.goto(line.url('/field/'));
      await tablet.page.locator('.person').first().waitFor();
      await then?.(tablet);
      await until(() => sent(tablet.page));
      assert.equal(await site.arrived(site.open), before + 1);
      assert.deepEqual((await stored(tablet.page)).outbox, []);
      await until(async () => (await site.field('tally', site.open)).tally.done == 1);
    } finally {
      await tablet.forget();
      line.stop();
    }
  });
}
