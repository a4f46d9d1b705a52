// The whole path on the demo, in the real program: a citizen answers, an officer closes, an index with its
// interval appears, an award proposal names its clause.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {beginWith, consent, enrol, keep, toFinish, until} from './field_device.mjs';
import {examine, noSidewaysScroll, onward, press, send, signIn, startBrowser, startDemo, visitor} from './support.mjs';

let browser, demo;

before(async () => {
  demo = await startDemo();
  browser = await startBrowser();
}, {timeout: 120000});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const signedIn = async options => signIn(await visitor(browser, options), demo.address, 'demo', demo.password);

let nextCode = 0;
for (const script of ['on', 'off']) {
  test(`a citizen answers on a small phone, script ${script}`, async () => {
    const page = await visitor(browser, {width: 360, script});
    await page.goto(demo.open);
    await page.fill('#slip', demo.codes[nextCode++]);
    await page.check('#consent');
    await press(page, 'next');
    await page.locator('input[name="used_procedure"][value="yes"]').check();
    for (let i = 0; i < 30 && !await page.locator('button[value="send"]').count(); ++i) await onward(page);
    assert.match(await send(page), /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    await page.context().close();
  });
}

for (const [width, script] of [[1280, 'blocked'], [360, 'blocked']]) {
  test(`results of the closed campaign carry n and an interval at ${width} px`, async () => {
    const page = await signedIn({width, script});
    await page.goto(demo.closed);
    await examine(page, `staff-campaign-${script}`, {targets: false});
    await page.goto(demo.closed + '/index?model=sipas');
    await examine(page, `staff-index-${script}`, {targets: false});
    const rows = await page.locator('table').first().locator('tbody tr').allTextContents();
    assert.equal(rows.length, 5);
    for (const row of rows) assert.match(row, /\d+,\d – \d+,\d/, 'an interval beside every commune');
    assert.match(await page.locator('main').textContent(), /sipas\/1/);
    await page.context().close();
  });
}

for (const width of [1280, 360]) {
  test(`an award proposal names its clause, what is missing and from whom, at ${width} px`, async () => {
    const page = await signedIn({width, script: 'blocked'});
    await page.goto(demo.awards);
    await examine(page, 'staff-decision', {targets: false});
    const text = await page.locator('main').textContent();
    for (const words of ['A2', 'không đạt', 'chưa đủ căn cứ', '15/QĐ-UBND']) assert.ok(text.includes(words), words);
    await page.context().close();
  });
}

test('an officer hands a device to an interviewer, and sees counts of visits that name nobody', async () => {
  const page = await signedIn({width: 1280, script: 'blocked'});
  const campaign = demo.address + '/staff/campaigns/' + demo.open.split('/').pop();
  await page.goto(campaign + '/field');
  const place = await page.locator('input[name=places]').first().getAttribute('value');
  const invite = async draw => {
    await page.fill('[name=label]', 'Nhóm 1');
    await page.locator('input[name=places]').first().check();
    await page.fill('[name=draw]', draw);
    await page.locator('form[action$="/field"] button.main').click();
  };
  await invite(`psu,person,rank,drawn\n${place},Nguyễn Văn A,1,1\n`);
  await page.locator('.errors').waitFor();
  await examine(page, 'staff-field-error', {targets: false});
  await invite(`psu,person,rank,drawn,direction\n${place},ns-017,1,1,Nhà sàn cuối bản\n${place},ns-004,2,1,Cạnh trạm y tế\n${place},ns-033,3,0,\n`);
  const code = await page.locator('#field-code').textContent();
  await examine(page, 'staff-field-code', {targets: false});
  const device = await visitor(browser);
  await enrol(device, {field: async () => code}, {url: path => demo.address + path}, {path: ''});
  await beginWith(device, 'ns-017');
  await consent(device, demo.codes[nextCode++]);
  await toFinish(device);
  await keep(device, {talk: 'tay', help: 'family'});
  await until(() => device.locator('.queue .badge.good').count());
  device.on('dialog', dialog => dialog.accept());
  await device.locator('.person', {hasText: 'ns-004'}).locator('summary').click();
  await device.locator('.person', {hasText: 'ns-004'}).locator('[data-outcome=refused]').click();
  await device.locator('.person', {hasText: 'ns-033'}).waitFor();
  await until(async () => {
    await page.goto(campaign + '/field');
    return (await page.locator('tbody tr').first().textContent()).includes('Tiếng Tày: 1') && await page.locator('[data-done]').first().textContent() == '1';
  });
  assert.equal((await page.content()).includes('ns-0'), false);
  for (const width of [1280, 360]) {
    await page.setViewportSize({width, height: 800});
    await examine(page, 'staff-field', {targets: false});
    await noSidewaysScroll(page, 'staff-field');
  }
  await device.context().close();
  await page.context().close();
});

test('nothing is shown before closing; after it the officer sees the index', async () => {
  const page = await signedIn({width: 1280, script: 'off'});
  const campaign = demo.address + '/staff/campaigns/' + demo.open.split('/').pop();
  const early = await page.goto(campaign + '/index?model=sipas');
  assert.ok(early.status() >= 400, 'no result of an open campaign');
  await page.goto(campaign);
  await page.locator('a[href$="/close"]').click();
  await page.check('#confirm');
  await page.locator('main form button.main').click();
  await page.goto(campaign);
  assert.match(await page.locator('main').textContent(), /Đã kết thúc/);
  await page.context().close();
});
