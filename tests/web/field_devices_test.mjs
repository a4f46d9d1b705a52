// What interviewers' real devices do, as far as it can be imitated: full disks, wrong clocks, lost codes, no script.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {aboutTheTalk, beginWith, consent, enrol, interview, keep, oneWaiting, queueMany, sent, stored, toFinish, until, waiting} from './field_device.mjs';
import {startLine} from './flaky_line.mjs';
import {again, office, offline, onDevice, online, says, secret, sound} from './offline_support.mjs';
import {noSidewaysScroll, onward, startBrowser, visitor} from './support.mjs';

onDevice('once kept, an interview cannot be read back: not on Back, not by reloading, not in any storage', async (page, line) => {
  line.cut();
  await interview(page, 'v1-101', {mark: secret});
  const seen = [];
  for (let i = 0; i < 8; ++i) {
    await page.goBack({timeout: 3000}).catch(() => {});
    await page.waitForTimeout(150);
    seen.push(await page.content().catch(() => ''), await page.evaluate(() => JSON.stringify([history.state, {...localStorage}, {...sessionStorage}, [...document.querySelectorAll('input, textarea')].map(one => one.value)])).catch(() => ''));
    if (page.url() == 'about:blank') break;
  }
  await page.goto(line.url('/field/'));
  const id = await page.locator('.person [data-id]', {hasText: 'v1-101'}).textContent();
  await page.goto(line.url('/field/form#of=' + id));
  await page.waitForURL('**/field/');
  await page.locator('.person').first().waitFor();
  const inside = await stored(page);
  assert.equal(inside.outbox.length, 1);
  assert.deepEqual(Object.keys(inside.outbox[0][1]).sort(), ['sealed', 'state']);
  const caches = await page.evaluate(async () => {
    const all = [];
    for (const name of await globalThis.caches.keys()) for (const one of await (await globalThis.caches.open(name)).matchAll()) all.push(await one.text());
    return all.join('');
  });
  for (const text of [...seen, JSON.stringify(inside), caches]) {
    assert.equal(text.includes(secret), false);
    assert.equal(text.includes('used_procedure":"yes'), false);
  }
  // Nor does the device join the person to the interview: what stands beside it names nobody.
  assert.equal(JSON.stringify(inside.outbox).includes('v1-1'), false);
  assert.equal(caches.includes('v1-1') || caches.includes('cầu treo'), false);
});

onDevice('a session that has ended holds the queue back and keeps it; enrolled anew, it goes', async (page, line, arrived) => {
  await oneWaiting(page, line);
  await office.site.field('revoke', office.site.open);
  line.mode = 'through';
  await again(page);
  await until(async () => await page.locator('.queue .badge').first().textContent() == 'Chưa gửi được');
  await page.goto(line.url('/field/'));
  await page.locator('#code').waitFor();
  await page.locator('.queue .badge').first().waitFor();
  await says(page, 'Còn 1 phiếu chưa gửi.', 'the queue is in sight where the code is asked for');
  await sound(page, 'field-enrol-anew');
  await page.fill('#code', await office.site.field('invite', office.site.open, 3));
  await page.click('button.main');
  await until(() => sent(page));
  assert.equal(await arrived(), 1);
});

onDevice('a full disk: the form stays, says so, and can be sent at once or rescued', async (page, line, arrived) => {
  await beginWith(page, 'v1-101');
  await consent(page);
  await toFinish(page, secret);
  await page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...given) {
      if (this.name == 'outbox') throw new DOMException('full', 'QuotaExceededError');
      return put.apply(this, given);
    };
  });
  await aboutTheTalk(page);
  await page.click('[data-save]');
  await page.locator('[data-trouble]:visible').waitFor();
  assert.match(await page.locator('[data-trouble]').textContent(), /Bộ nhớ máy đã đầy/);
  await sound(page, 'field-full');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-full-help] [data-rescue]')]);
  const rescued = readFileSync(await download.path(), 'utf8');
  assert.equal(rescued.includes(secret), false, 'whoever carries the file reads nothing');
  await page.click('[data-send-now]');
  await page.waitForURL('**/field/');
  assert.equal(await arrived(), 1);
  assert.deepEqual(await office.site.field('rescue', office.site.open, rescued), {fresh: 0, repeated: 1, refused: 0}, 'the file as well: still once');
  assert.equal(await arrived(), 1);
});

onDevice('a rescued file holds the whole queue, sealed, and counts once beside the device', async (page, line, arrived) => {
  await offline(page, line);
  await interview(page, 'v1-101', {mark: secret});
  await interview(page, 'v2-101', {mark: secret, talk: 'nung', help: 'interpreter'});
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#device > section [data-rescue]').click()]);
  const rescued = readFileSync(await download.path(), 'utf8');
  for (const told of [secret, 'v1-101', 'used_procedure', 'nung']) assert.equal(rescued.includes(told), false, told);
  assert.deepEqual(await office.site.field('rescue', office.site.open, rescued), {fresh: 2, repeated: 0, refused: 0});
  assert.deepEqual((await office.site.field('tally', office.site.open)).languages, {nung: 1, vi: 1});
  await online(page, line);
  await until(async () => await sent(page) == 2);
  assert.equal(await arrived(), 2);
});

onDevice('a clock that is wrong by decades orders nothing and hinders nothing', async (page, line, arrived) => {
  await page.addInitScript(() => {
    let year = 1999;
    const real = Date;
    // Another decade each time anybody asks, and backwards.
    Date.now = () => real.UTC(year--, 0, 1);
  });
  await page.reload();
  await page.locator('.person').first().waitFor();
  line.cut();
  await queueMany(page, 2);
  await page.reload();
  await page.locator('.queue .badge').first().waitFor();
  const inside = JSON.stringify(await stored(page)).replace(/"sealed":"[0-9a-f]+"/g, '').replace(/"[0-9a-f]{32}"/g, '');
  assert.equal(/19\d\d-|20\d\d-|9\d{11}/.test(inside), false, 'no time is kept');
  line.mode = 'through';
  await again(page);
  await until(async () => await sent(page) == 2);
  assert.equal(await arrived(), 2);
});

onDevice('a questionnaire published anew while an interview waits: the old one is taken', async (page, line, arrived, path) => {
  await offline(page, line);
  await beginWith(page, 'v1-101');
  await consent(page, office.site.slip());
  await toFinish(page);
  await keep(page);
  await office.site.field('republish', path);
  await online(page, line);
  await until(() => sent(page));
  assert.equal(await arrived(), 1);
  await page.reload();
  await page.locator('.person').first().waitFor();
  await until(() => page.evaluate(async () => {
    for (const name of await caches.keys()) if ((await (await (await caches.open(name)).match('/field/form'))?.text())?.includes('sex_of_respondent')) return true;
  }));
}, {get path() { return office.site.slips; }});

onDevice('a mistyped slip is found while the slip is at hand', async (page, line, arrived, path) => {
  await beginWith(page, 'v1-101');
  const slip = office.site.slip();
  await consent(page, slip.slice(0, -1) + (slip.endsWith('7') ? '8' : '7'));
  await toFinish(page);
  await aboutTheTalk(page);
  await page.click('[data-save]');
  await page.locator('#slip:visible').waitFor();
  await page.fill('#slip', slip);
  for (let i = 0; i < 20 && !await page.locator('#finish').isVisible(); ++i) await onward(page);
  await page.click('[data-save]');
  await page.waitForURL('**/field/');
  await until(() => sent(page));
  assert.equal(await arrived(), 1);
  // One that is spent cannot be known offline: it is held back and can be mended.
  await interview(page, 'v1-102', {slip});
  await until(async () => await page.locator('[data-mend]').count() == 1);
  await sound(page, 'field-mend');
  await page.fill('[data-mend] input', office.site.slip());
  await page.click('[data-mend] button');
  await until(async () => await sent(page) == 2);
  assert.equal(await arrived(), 2);
}, {get path() { return office.site.slips; }});

onDevice('thirty interviews go over a 2G line, one by one, each once', async (page, line, arrived) => {
  line.cut();
  await queueMany(page, 30);
  // EDGE, as it is at the edge of a commune.
  line.slow = {rate: 236800, delay: 0.05};
  line.mode = 'through';
  await page.reload();
  await until(async () => await sent(page) == 30, 45000);
  assert.equal(await arrived(), 30);
  assert.equal(line.posts, 30);
}, {drawn: 20});

onDevice('a new version that comes while a form is open waits until it is kept', async (page, line, arrived) => {
  await beginWith(page, 'v1-101');
  await consent(page);
  await page.locator('input[name="used_procedure"][value="yes"]').check();
  line.onAnswer['/field/sw.js'] = content => Buffer.from(String(content).replace("'field-", "'field-next-"));
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  await until(() => page.evaluate(async () => !!(await navigator.serviceWorker.getRegistration()).waiting));
  const other = await page.context().newPage();
  await other.goto(line.url('/field/'));
  await other.locator('[data-renew]:visible').click();
  await other.waitForTimeout(500);
  assert.ok(await other.evaluate(async () => !!(await navigator.serviceWorker.getRegistration()).waiting), 'not while a form is open');
  await page.bringToFront();
  assert.ok(await page.locator('input[name="used_procedure"][value="yes"]').isChecked());
  await toFinish(page);
  await keep(page);
  await other.bringToFront();
  await other.click('[data-renew]');
  await until(() => other.evaluate(async () => {
    const pages = (await caches.keys()).filter(name => name.startsWith('field-'));
    return pages.length > 0 && pages.every(name => name.startsWith('field-next-'));
  }).catch(() => false));
  await until(() => sent(page).catch(() => 0));
  assert.equal(await arrived(), 1);
  line.cut();
  await other.goto(line.url('/field/'));
  await other.locator('.person').first().waitFor();
  await beginWith(other, 'v1-102');
});

onDevice('whoever is not met is replaced by the next in rank, and by nobody else', async (page, line) => {
  page.on('dialog', dialog => dialog.accept());
  const card = id => page.locator('.person', {hasText: id});
  assert.equal(await card('v1-104').count(), 0);
  await card('v1-101').locator('summary').click();
  assert.ok(await card('v1-101').locator('[data-outcome=replaced]').isDisabled());
  for (let i = 1; i <= 3; ++i) {
    await card('v1-101').locator('[data-outcome=not_reached]').click();
    await page.locator('.person', {hasText: `Chưa gặp được × ${i}`}).waitFor();
  }
  await card('v1-101').locator('[data-outcome=replaced]').click();
  await card('v1-104').waitFor();
  await card('v1-102').locator('summary').click();
  await card('v1-102').locator('[data-outcome=refused]').click();
  await card('v1-105').waitFor();
  assert.equal(await card('v2-104').count(), 0);
  await until(async () => (await office.site.field('tally', office.site.open)).tally.reserves == 2);
  const {tally} = await office.site.field('tally', office.site.open);
  assert.deepEqual([tally.not_reached, tally.replaced, tally.refused, tally.done], [3, 1, 1, 0]);
});

onDevice('the worker sees no page of citizens and none of a kiosk', async (page, line) => {
  line.mode = 'through';
  for (const path of [office.site.open, '/kiosk', '/']) {
    await page.goto(line.url(path));
    assert.equal(await page.evaluate(() => navigator.serviceWorker.controller), null, path);
  }
  const scopes = await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).map(({scope}) => new URL(scope).pathname));
  assert.deepEqual(scopes, ['/field/']);
});

test('on a plain line the page says what is missing and still sends', async () => {
  const line = await startLine(office.site.address);
  // A name that is not this machine's: no secure context.
  const plain = await startBrowser({}, ['--host-resolver-rules=MAP tram.xa 127.0.0.1']);
  const page = await visitor(plain);
  const before = await office.site.arrived(office.site.open);
  const address = line.address.replace('127.0.0.1', 'tram.xa');
  await page.goto(address + '/field/');
  assert.equal(await page.evaluate(() => isSecureContext), false);
  assert.ok(await page.locator('[data-insecure]').isVisible());
  await page.goto(address + '/field/');
  await page.fill('#code', await office.site.field('invite', office.site.open, 3));
  await page.click('button.main');
  await page.locator('.person').first().waitFor();
  await sound(page, 'field-plain');
  await interview(page, 'v1-101');
  await until(() => sent(page));
  assert.equal(await office.site.arrived(office.site.open), before + 1);
  await page.context().close();
  await plain.close();
  line.stop();
});

test('without a script one interview is made online and accounted for', async () => {
  const line = await startLine(office.site.address);
  const page = await visitor(office.browser, {script: 'off'});
  const before = await office.site.arrived(office.site.open);
  await page.goto(line.url('/field/'));
  await page.fill('#code', await office.site.field('invite', office.site.open, 3));
  await page.click('button.main');
  await page.locator('noscript a, a[href="/field/list"]').first().click();
  await page.click('a[href="/field/form"]');
  await page.selectOption('#place', 'v1');
  await consent(page);
  for (let i = 0; i < 30 && !await page.locator('button[value="send"]').count(); ++i) await onward(page);
  await page.locator('button[value="send"]').first().click();
  await page.locator('.receipt').waitFor();
  await page.click('a[href="/field/list"]');
  await page.selectOption('#person', {index: 0});
  await page.check('[name=outcome][value=done]');
  await page.selectOption('#language', 'vi');
  await page.selectOption('#helper', 'none');
  await page.click('button.main');
  assert.equal(await office.site.arrived(office.site.open), before + 1);
  assert.equal((await office.site.field('tally', office.site.open)).tally.done, 1);
  await page.context().close();
  line.stop();
});

for (const [width, height] of [[360, 740], [1280, 800]]) {
  onDevice(`every state is sound at ${width} px`, async (page, line) => {
    await sound(page, 'field-home');
    await page.locator('.person summary').first().click();
    await sound(page, 'field-no-interview');
    await beginWith(page, 'v1-101');
    await sound(page, 'field-start');
    await consent(page);
    await sound(page, 'field-section');
    await toFinish(page);
    await page.locator('#finish summary').click();
    await sound(page, 'field-finish');
    await page.click('[data-save]');
    await page.locator('[data-trouble]:visible').waitFor();
    await sound(page, 'field-finish-error');
    line.cut();
    await keep(page);
    await page.locator('.count.some').waitFor();
    await sound(page, 'field-waiting');
    await page.goto(line.url('/field/'));
    line.mode = 'through';
    await again(page);
    await until(() => sent(page));
    await sound(page, 'field-sent');
    await page.goto(line.url('/field/list'));
    await sound(page, 'field-list');
    await noSidewaysScroll(page, 'field-list');
  }, {width, height});
}

test('the home says so when the code is wrong', async () => {
  const line = await startLine(office.site.address);
  const page = await visitor(office.browser);
  await page.goto(line.url('/field/'));
  await sound(page, 'field-enrol');
  await page.fill('#code', 'sai');
  await page.click('button.main');
  await page.locator('.errors').waitFor();
  await sound(page, 'field-enrol-error');
  await page.context().close();
  line.stop();
});
