// A newer version of the questionnaire while people answer: who began finishes with what they see, the next person
// gets the new one. The campaign of `site.open` is renewed: "sex" is retired, "sex_of_respondent" is new.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {beginWith, consent, enrol, keep, sent, toFinish, until} from './field_device.mjs';
import {startLine} from './flaky_line.mjs';
import {begin, onward, press, send, startBrowser, startServer, toCheck, visitor} from './support.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser?.close());

// Each test has a campaign of its own to renew.
async function withSite(act) {
  const site = await startServer(process.env.KHAOSAT_PAGES_SERVER);
  try {
    await act(site, () => site.field('renew', site.open));
  } finally {
    site.stop();
  }
}

const has = (page, name) => page.evaluate(name => document.documentElement.innerHTML.includes(`name="${name}"`), name);
const version = page => page.locator('[name=_version]').first().inputValue();
const pageOf = async (options = {}) => visitor(browser, options);

// On to the last section, where the question stands that tells the versions apart.
async function toLast(page, name) {
  for (let i = 0; i < 25 && !await page.locator(`[name="${name}"]:visible`).count(); ++i) await onward(page);
  assert.ok(await page.locator(`[name="${name}"]:visible`).count(), `${name} is asked`);
}

for (const script of ['on', 'off']) {
  test(`a phone in mid-form finishes with its answers, the next person sees the new question; script ${script}`, () => withSite(async (site, renew) => {
    const page = await pageOf({script});
    await begin(page, site, {path: site.open});
    await page.locator('input[name="used_procedure"][value="no"]').check();
    await page.locator('input[name="dealt_with_office"][value="no"]').check();
    await onward(page);
    await renew();
    await toLast(page, 'sex');
    await page.locator('[name="sex"]').first().check();
    await toCheck(page);
    assert.match(await send(page), /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    assert.equal(await site.arrived(site.open), 1);
    const next = await pageOf({script});
    await begin(next, site, {path: site.open});
    assert.equal(await version(next), '2');
    await next.locator('input[name="used_procedure"][value="no"]').check();
    await next.locator('input[name="dealt_with_office"][value="no"]').check();
    await toLast(next, 'sex_of_respondent');
    await toCheck(next);
    await send(next);
    assert.equal(await site.arrived(site.open), 2);
    await page.context().close();
    await next.context().close();
  }));
}

test('a reload, and a draft on the device, find the page they were begun on', () => withSite(async (site, renew) => {
  const page = await pageOf();
  await page.goto(site.url(site.open));
  await page.locator('[data-draft-offer] input').check();
  await page.selectOption('#place', 'v3');
  await page.check('#consent');
  await press(page, 'next');
  await page.locator('section:visible').waitFor();
  await page.locator('input[name="used_procedure"][value="no"]').check();
  await page.locator('input[name="dealt_with_office"][value="no"]').check();
  await toLast(page, 'sex');
  await page.locator('[name="sex"]').first().check();
  await page.waitForTimeout(600);
  await renew();
  await page.reload();
  await page.locator('[name="sex"]:visible').first().waitFor();
  assert.equal(await version(page), '1');
  assert.ok(await page.locator('[name="sex"]').first().isChecked());
  // Another day, by the plain address: only the draft is left.
  const later = await page.context().newPage();
  await later.goto(site.url(site.open));
  await later.locator('[data-draft-found]:not([hidden])').waitFor();
  await until(async () => await version(later) == '1');
  assert.ok(await later.evaluate(() => document.querySelector('[name="sex"]').checked));
  await press(later, 'next');
  await toCheck(later);
  await send(later);
  assert.equal(await site.arrived(site.open), 1);
  // The draft has served: now the new one.
  const fresh = await page.context().newPage();
  await fresh.goto(site.url(site.open));
  assert.equal(await version(fresh), '2');
  assert.ok(await has(fresh, 'sex_of_respondent'));
  assert.deepEqual([...page.faults], []);
  await page.context().close();
}));

test('a turn at the kiosk goes on, the next person gets the new version', () => withSite(async (site, renew) => {
  const page = await pageOf({width: 768, height: 1024});
  const [code] = await site.kiosk(site.open);
  await page.goto(site.url('/kiosk'));
  await page.fill('#code', code);
  await page.click('button.main');
  await page.locator('.welcome').waitFor();
  const turn = async name => {
    await press(page, 'begin-vi');
    await page.locator('#consent').check();
    await onward(page);
    await page.locator('input[name="used_procedure"][value="no"]').check();
    await page.locator('input[name="dealt_with_office"][value="no"]').check();
    await onward(page);
    if (name == 'sex') await renew();
    await toLast(page, name);
    await toCheck(page);
    await press(page, 'send');
    await page.locator('.receipt').waitFor();
  };
  await turn('sex');
  await page.goto(site.url('/kiosk'));
  await page.locator('.welcome').waitFor();
  await turn('sex_of_respondent');
  assert.equal(await site.arrived(site.open), 2);
  await page.context().close();
}));

test('an interview kept without a network before the change is taken as it was asked', () => withSite(async (site, renew) => {
  const line = await startLine(site.address);
  const page = await pageOf();
  await enrol(page, site, line);
  line.cut();
  await page.context().setOffline(true);
  await beginWith(page, 'v1-101');
  await consent(page);
  await page.locator('input[name="used_procedure"][value="no"]').check();
  await page.locator('input[name="dealt_with_office"][value="no"]').check();
  await toLast(page, 'sex');
  await page.locator('[name="sex"]').first().check();
  await toFinish(page);
  await keep(page);
  await renew();
  line.mode = 'through';
  await page.context().setOffline(false);
  await until(() => sent(page));
  assert.equal(await site.arrived(site.open), 1);
  // Nothing was left out on the way.
  assert.equal(await page.locator('.queue:visible').getByText('không đọc được').count(), 0);
  await page.context().close();
  line.stop();
}));
