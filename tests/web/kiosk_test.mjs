// A tablet on which one person answers after another. Every check of privacy first finds the answers on a
// careless kiosk, then looks for them on ours.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {startCareless} from './careless_kiosk.mjs';
import {examine, heading, noSidewaysScroll, onward, press, startBrowser, startServer, toCheck, visitor} from './support.mjs';

const secret = 'bí mật 4711';
const mark = 'hidden-mark-4711';
let site, browser, careless;
before(async () => {
  site = await startServer(process.env.KHAOSAT_PAGES_SERVER);
  browser = await startBrowser();
  careless = await startCareless();
});
after(async () => {
  await browser?.close();
  careless?.stop();
  site?.stop();
});

const close = page => page.context().close();

// A tablet that has been enrolled, at the welcome.
async function tablet(options = {}, path = site.open) {
  const page = await visitor(browser, {width: 768, height: 1024, ...options});
  const [code, pin] = await site.kiosk(path);
  await page.goto(site.url('/kiosk'));
  await page.fill('#code', code);
  await page.click('button.main');
  await page.locator('.welcome').waitFor();
  page.pin = pin;
  return page;
}

async function begin(page) {
  await press(page, 'begin-vi');
  await page.locator('#consent').check();
  await onward(page);
}

// Answers with words nobody else would write, up to the check page.
async function answer(page) {
  await begin(page);
  await page.locator('input[name="used_procedure"][value="yes"]').check();
  await page.locator('input[name="dealt_with_office"][value="yes"]').check();
  for (let i = 0; i < 20 && !await page.locator('button[value="send"]').count(); ++i) {
    for (const field of await page.locator('textarea').all()) await field.fill(secret);
    for (const row of await page.locator('input[type=radio][value="very_dissatisfied"]').all()) await row.check();
    await onward(page);
  }
  assert.ok(await page.locator('dd', {hasText: secret}).count(), 'it stands on the check page');
}

async function sendOff(page) {
  await press(page, 'send');
  await page.locator('.receipt').waitFor();
}

// What the page shows and what stands in its controls, history entry and address.
const visible = page => page.evaluate(() => JSON.stringify([
  document.documentElement.outerHTML, document.title, location.href, history.state,
  [...document.querySelectorAll('input, textarea, select')].map(control => /radio|checkbox/.test(control.type) ? control.checked && control.value : control.value)]));

async function storages(page) {
  const inside = await page.evaluate(async () => {
    const bases = await indexedDB.databases();
    const rows = [];
    for (const {name} of bases) {
      const base = await new Promise((yes, no) => Object.assign(indexedDB.open(name), {onsuccess: event => yes(event.target.result), onerror: no}));
      for (const store of base.objectStoreNames) {
        rows.push(await new Promise(yes => base.transaction(store).objectStore(store).getAll().onsuccess = event => yes(event.target.result)));
      }
      base.close();
    }
    const cached = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) cached.push(request.url, await (await cache.match(request)).text());
    }
    const workers = (await navigator.serviceWorker.getRegistrations()).map(one => one.scope);
    return {local: {...localStorage}, session: {...sessionStorage}, rows, cached, workers, cookie: document.cookie};
  });
  return {...inside, cookies: await page.context().cookies()};
}

// Each check answers what it found of the person before; nothing is an empty text.
const found = text => (text.includes(secret) || text.includes(mark) || text.includes('very_dissatisfied') ? text : '');
const fields = page => page.evaluate(() => [...document.querySelectorAll('input:not([type=hidden]), textarea')]
  .map(control => /radio|checkbox/.test(control.type) ? (control.checked ? control.value : '') : control.value).join(' '));

const checks = {
  async 'the page as it stands'(page) { return found(await visible(page)); },
  async 'localStorage'(page) { return found(JSON.stringify((await storages(page)).local)); },
  async 'sessionStorage'(page) { return found(JSON.stringify((await storages(page)).session)); },
  async 'IndexedDB'(page) { return found(JSON.stringify((await storages(page)).rows)); },
  async 'Cache storage'(page) { return found(JSON.stringify((await storages(page)).cached)); },
  async 'cookies'(page) {
    const {cookie, cookies} = await storages(page);
    return found(decodeURIComponent(cookie) + decodeURIComponent(JSON.stringify(cookies)));
  },
  async 'a service worker that keeps pages'(page) { return (await storages(page)).workers.join(); },
  async 'the addresses in the history'(page) {
    const client = await page.context().newCDPSession(page);
    const {entries} = await client.send('Page.getNavigationHistory');
    return found(decodeURIComponent(JSON.stringify(entries)).replaceAll('+', ' '));
  },
  async 'what the HTTP cache gives without asking'(page, start) {
    return page.evaluate(async address => {
      const answer = await fetch(address, {cache: 'only-if-cached', mode: 'same-origin'}).catch(() => null);
      return answer?.ok ? answer.text() : '';
    }, page.lastPage ?? start);
  },
  async 'going back, as far as it goes'(page) {
    let all = '';
    for (let i = 0; i < 12; ++i) {
      const before = page.url();
      await page.goBack({timeout: 3000}).catch(() => {});
      all += found(await visible(page).catch(() => ''));
      if (page.url() == before && i > 3 || page.url() == 'about:blank') break;
    }
    return all;
  },
  async 'going forward again'(page) {
    let all = '';
    for (let i = 0; i < 3; ++i) await page.goBack({timeout: 3000}).catch(() => {});
    for (let i = 0; i < 12; ++i) {
      if (await page.goForward({timeout: 3000}).catch(() => null) === null) break;
      all += found(await visible(page).catch(() => ''));
    }
    return all;
  },
  async 'reloading'(page) {
    await page.reload().catch(() => {});
    return found(await visible(page));
  },
  async 'fields filled in by the browser or the page'(page, start) {
    await page.goto(start);
    if (await page.locator('button[value="begin-vi"]').count()) {
      await begin(page);
      await onward(page);
    }
    return found(await fields(page)) + found((await page.locator('form:not([autocomplete=off]) input:not([type=hidden])').count() ? secret : ''));
  },
};

async function carelessVisitor() {
  const page = await visitor(browser, {width: 768, height: 1024});
  await page.goto(careless.address + '/');
  await page.check('[name=mark]');
  await page.fill('[name=opinion]', secret);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.click('button');
  page.lastPage = page.url();
  return page;
}

// One person answers on the careless kiosk, one on ours with the module and one without; then every check
// looks on each. What a check leaves behind (another page, another turn) is part of the next one's walk.
test('nothing of the person before is left anywhere', async t => {
  const control = await carelessVisitor();
  const ours = [];
  for (const script of ['on', 'blocked']) {
    const page = await tablet({script});
    await answer(page);
    await sendOff(page);
    await page.locator('button.main:visible').first().click();
    await page.locator('.welcome').waitFor();
    ours.push(page);
  }
  for (const [name, check] of Object.entries(checks)) {
    await t.test(name, async () => {
      await control.goto(control.lastPage);
      assert.notEqual(await check(control, careless.address + '/'), '', 'the check finds what a careless kiosk leaves');
      for (const page of ours) {
        if (!page.url().startsWith(site.address)) await page.goto(site.url('/kiosk'));
        assert.equal(await check(page, site.url('/kiosk')), '');
      }
    });
  }
  for (const page of [control, ...ours]) await close(page);
});

// Playwright switches this cache off; here it is what is looked at.
test('the back-forward cache keeps nothing of a page half filled in', async () => {
  const browser = await startBrowser({ignoreDefaultArgs: ['--disable-back-forward-cache']});
  const away = async page => {
    await page.goto(careless.address + '/receipt');
    await page.evaluate(() => history.back());
    await new Promise(resolve => setTimeout(resolve, 1500));
    return page.evaluate(() => [document.body.hasAttribute('data-from-cache'),
      [...document.querySelectorAll('input')].some(control => control.checked && control.type == 'radio')]);
  };
  const control = await visitor(browser, {width: 768, height: 1024});
  await control.goto(careless.address + '/');
  await control.check('[name=mark]');
  assert.deepEqual(await away(control), [true, true], 'a careless page comes back from the cache as it was');
  await close(control);
  const page = await visitor(browser, {width: 768, height: 1024});
  const [code] = await site.kiosk(site.open);
  await page.goto(site.url('/kiosk'));
  await page.fill('#code', code);
  await page.click('button.main');
  await page.locator('.welcome').waitFor();
  await begin(page);
  await page.locator('input[name="used_procedure"][value="yes"]').check();
  assert.deepEqual(await away(page), [false, false]);
  await close(page);
  await browser.close();
});

test('every state of a kiosk is sound at 360, 768 and 1280 px, with its module and without', async () => {
  for (const [width, height] of [[360, 740], [768, 1024], [1280, 800]]) {
    for (const script of ['on', 'blocked']) {
      const name = state => `kiosk-${state}-${script}`;
      const page = await visitor(browser, {width, height, script});
      const [code, pin] = await site.kiosk(site.slips);
      await page.goto(site.url('/kiosk'));
      await examine(page, name('enrol'));
      await page.fill('#code', 'sai');
      await page.click('button.main');
      await page.locator('.errors').waitFor();
      await examine(page, name('enrol-error'));
      await page.fill('#code', code);
      await page.click('button.main');
      await page.locator('.welcome').waitFor();
      await examine(page, name('welcome'));
      await press(page, 'begin-vi');
      await page.locator('#slip').waitFor();
      await examine(page, name('start'));
      await press(page, 'next');
      await page.locator('.errors').waitFor();
      await examine(page, name('start-error'));
      await page.fill('#slip', site.slip());
      await page.check('#consent');
      await onward(page);
      await examine(page, name('section'));
      await page.check('[name=_large]');
      await page.check('[name=_contrast]');
      await onward(page);
      assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize), '32px');
      await examine(page, name('large'));
      await toCheck(page);
      await examine(page, name('check'));
      await press(page, 'send');
      await page.locator('.receipt').waitFor();
      await examine(page, name('receipt'));
      await page.goto(site.url('/kiosk/leave'));
      await examine(page, name('leave'));
      await page.fill('#pin', '1');
      await page.click('button.main');
      await page.locator('.errors').waitFor();
      await examine(page, name('leave-error'));
      await page.fill('#pin', pin);
      await page.click('button.main');
      await page.locator('h1', {hasText: 'Đã thoát'}).waitFor();
      await examine(page, name('left'));
      await close(page);
    }
  }
});

test('idle for a minute it warns, counts thirty seconds in the open, then erases; a touch stays', async () => {
  const page = await visitor(browser, {width: 768, height: 1024});
  await page.clock.install();
  const [code] = await site.kiosk(site.open);
  await page.goto(site.url('/kiosk'));
  await page.fill('#code', code);
  await page.click('button.main');
  await page.locator('.welcome').waitFor();
  await page.clock.runFor(600000);
  assert.ok(await page.locator('.welcome').isVisible(), 'the welcome waits for ever');
  await begin(page);
  await page.locator('input[name="used_procedure"][value="yes"]').check();
  await page.clock.runFor(45000);
  assert.equal(await page.locator('dialog[open]').count(), 0);
  await page.clock.runFor(18000);
  assert.equal(await page.locator('dialog[open]').count(), 1);
  const left = Number(await page.locator('.seconds').textContent());
  assert.ok(left >= 10 && left <= 30, `${left} s left`);
  await examine(page, 'kiosk-idle');
  await page.clock.runFor(5000);
  const later = Number(await page.locator('.seconds').textContent());
  assert.ok(later <= left - 5 && later > 0, `${left} s, then ${later} s`);
  await page.locator('dialog button').click();
  assert.equal(await page.locator('dialog[open]').count(), 0);
  assert.ok(await page.locator('input[name="used_procedure"][value="yes"]').isChecked(), 'nothing is lost by staying');
  await page.clock.runFor(91000);
  await page.locator('.welcome').waitFor();
  assert.equal(found(await visible(page)), '');
  // Nor does the server go on with it.
  await close(page);
});

test('with the server gone an idle kiosk still shows nothing, and comes back by itself', async () => {
  const page = await tablet();
  await answer(page);
  await page.clock.install();
  await page.context().setOffline(true);
  await press(page, 'send');
  await page.locator('.offline').waitFor();
  assert.ok(await page.locator('dd', {hasText: secret}).count(), 'a cut line loses nothing');
  await page.clock.runFor(1000);
  // The timer of the page is older than the clock; a sleeping tablet looks the same.
  await page.evaluate(() => { const real = Date.now; Date.now = () => real() + 100000; });
  await page.locator('h1').first().click();
  await page.locator('[data-kiosk=gone]').waitFor();
  assert.equal(found(await visible(page)), '');
  await page.context().setOffline(false);
  await page.clock.runFor(6000);
  await page.locator('.welcome').waitFor();
  await close(page);
});

test('the receipt leaves by itself, and the answer was counted once', async () => {
  const before = await site.arrived(site.open);
  const page = await visitor(browser, {width: 768, height: 1024});
  await page.clock.install();
  const [code] = await site.kiosk(site.open);
  await page.goto(site.url('/kiosk'));
  await page.fill('#code', code);
  await page.click('button.main');
  await page.locator('.welcome').waitFor();
  await begin(page);
  await toCheck(page);
  await page.locator('button[value="send"]').first().dblclick();
  await page.locator('.receipt').waitFor();
  await page.clock.runFor(10000);
  assert.match(await page.locator('[data-left]').textContent(), /sau ([1-9]|1[01]) giây/);
  await page.clock.runFor(12000);
  await page.locator('.welcome').waitFor();
  assert.equal(await site.arrived(site.open), before + 1);
  await close(page);
});

test('the server forgets a turn too: an old page sent again is answered without its answers', async () => {
  const page = await tablet({script: 'blocked'});
  await answer(page);
  await site.advance(301);
  await press(page, 'send');
  assert.equal(await heading(page), 'Có trục trặc');
  assert.equal(found(await visible(page)), '');
  await close(page);
});

test('on a phone, large text and high contrast work with and without script, and travel with the form', async () => {
  for (const script of ['on', 'off']) {
    const page = await visitor(browser, {script});
    await page.goto(site.url(site.open));
    await page.check('[name=_large]');
    await page.check('[name=_contrast]');
    if (script == 'on') await examine(page, 'phone-large');
    await page.selectOption('#place', 'v3');
    await page.check('#consent');
    await onward(page);
    await noSidewaysScroll(page, `large, script ${script}`);
    await toCheck(page);
    assert.ok(await page.isChecked('[name=_large]') && await page.isChecked('[name=_contrast]'));
    await noSidewaysScroll(page, `large check, script ${script}`);
    await press(page, 'send');
    await page.locator('.receipt').waitFor();
    await close(page);
  }
});
