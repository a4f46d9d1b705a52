// Interviews without a network. The failure cases 1 to 16 of the guide are numbered in the names (17 to 19, the kiosk's,
// are in kiosk_test.mjs); what real devices do besides is in field_devices_test.mjs.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {aboutTheTalk, beginWith, consent, interview, keep, oneWaiting, queueMany, sent, stored, toFinish, until} from './field_device.mjs';
import {startLine} from './flaky_line.mjs';
import {again, office, offline, onDevice, online, says, secret, settled, sound} from './offline_support.mjs';
import {heading, onward, visitor} from './support.mjs';

onDevice('1: an interview is sent, has a receipt, and leaves nothing of itself on the device', async (page, line, arrived) => {
  await interview(page, 'v1-101', {mark: secret, talk: 'tay', help: 'family'});
  await until(() => sent(page));
  assert.match(await page.locator('.queue .code').textContent(), /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  assert.equal(await arrived(), 1);
  const inside = await stored(page);
  assert.deepEqual([inside.drafts, inside.outbox], [[], []]);
  assert.deepEqual(inside.device.find(([name]) => name == 'key'), ['key', 'key, closed']);
  await until(async () => (await office.site.field('tally', office.site.open)).tally.done == 1);
  const {languages, helpers} = await office.site.field('tally', office.site.open);
  assert.deepEqual([languages, helpers], [{tay: 1}, {family: 1}]);
});

onDevice('2, 3: the pages open with the network off; what is kept goes when it returns', async (page, line, arrived) => {
  await offline(page, line);
  await page.reload();
  await page.locator('.person').first().waitFor();
  await interview(page, 'v1-101');
  await says(page, 'Còn 1 phiếu chưa gửi.');
  assert.equal(await arrived(), 0);
  await online(page, line);
  await until(() => sent(page));
  await says(page, 'Không còn phiếu nào chờ gửi.');
  assert.equal(await arrived(), 1);
});

onDevice('4, 5, 6: a portal that answers everything and a server in trouble take nothing from the queue; later it goes once', async (page, line, arrived) => {
  line.mode = 'portal';
  await oneWaiting(page, line);
  line.mode = 'portal';
  await page.goto(line.url('/field/'));
  for (const mode of ['portal', 'error', 'down', 'cut']) {
    line.mode = mode;
    await again(page);
    await settled(page);
    await says(page, 'Còn 1 phiếu chưa gửi.', mode);
    assert.equal(await page.locator('.queue .badge').first().textContent(), 'Chờ gửi', `${mode} does not hold it back for good`);
  }
  line.mode = 'through';
  await again(page);
  await until(() => sent(page));
  await again(page);
  assert.equal(await arrived(), 1);
});

onDevice('7: two tabs that send at once make one record', async (page, line, arrived) => {
  await oneWaiting(page, line);
  const other = await page.context().newPage();
  await other.goto(line.url('/field/'));
  await other.locator('.person').first().waitFor();
  line.mode = 'through';
  await Promise.all([again(page), again(other)]);
  await until(() => sent(page));
  assert.equal(await arrived(), 1);
  assert.equal(line.posts, 1);
});

onDevice('8: the server has it, the answer is lost: sent again, it has the same receipt and counts once', async (page, line, arrived) => {
  const receipts = [];
  line.onAnswer['/field/answers'] = content => {
    receipts.push(JSON.parse(content).receipt);
    return receipts.length < 3 ? undefined : content;
  };
  await oneWaiting(page, line);
  line.mode = 'through';
  // The browser itself tries again where a connection breaks, so there may be fewer turns than answers.
  await until(async () => {
    await again(page);
    await settled(page);
    return receipts.length < 3 ? assert.equal(await sent(page), 0) : sent(page);
  });
  assert.equal(receipts.length, 3);
  assert.equal(new Set(receipts).size, 1);
  assert.equal(await page.locator('.queue .code').textContent(), receipts[0]);
  assert.equal(await arrived(), 1);
});

onDevice('9: the survey closed meanwhile: held back, in sight, not dropped; opened again it goes', async (page, line, arrived) => {
    await oneWaiting(page, line);
  await office.site.field('close', office.site.open);
  try {
    line.mode = 'through';
    await again(page);
    await until(async () => await page.locator('.queue .badge').first().textContent() == 'Chưa gửi được');
    assert.match(await page.locator('.queue [data-why]').textContent(), /đã kết thúc/);
    await page.reload();
    await page.locator('.queue .badge').first().waitFor();
    await settled(page);
    await says(page, 'Còn 1 phiếu chưa gửi.');
    await sound(page, 'field-held-back');
  } finally {
    await office.site.field('reopen', office.site.open);
  }
  await again(page);
  await until(() => sent(page));
  assert.equal(await arrived(), 1);
});

onDevice('11: three taps keep one interview and send it once', async (page, line, arrived) => {
  await beginWith(page, 'v1-101');
  await consent(page);
  await toFinish(page);
  await aboutTheTalk(page);
  await page.evaluate(() => { for (let i = 0; i < 3; ++i) document.querySelector('[data-save]').click(); });
  await page.waitForURL('**/field/');
  await until(() => sent(page));
  assert.equal(await sent(page), 1);
  assert.equal(line.posts, 1);
  assert.equal(await arrived(), 1);
});

onDevice('13: site data wiped: enrolled anew the device works, and knows what was said before', async (page, line, arrived) => {
  await queueMany(page, 1);
  await page.reload();
  await until(() => sent(page));
  await until(async () => (await office.site.field('tally', office.site.open)).tally.done == 1);
  const client = await page.context().newCDPSession(page);
  await client.send('Storage.clearDataForOrigin', {origin: line.address, storageTypes: 'indexeddb,cache_storage,service_workers,local_storage'});
  await page.reload();
  await page.locator('.person').first().waitFor();
  assert.equal(await page.locator('.person', {hasText: 'v1-101'}).locator('[data-begin]').count(), 0, 'nobody is asked twice');
  await interview(page, 'v1-102');
  await until(() => sent(page));
  assert.equal(await arrived(), 2);
});

test('14: where nothing may be stored, an interview goes to the server page by page', async () => {
  const line = await startLine(office.site.address);
  const page = await visitor(office.browser);
  await page.addInitScript(() => { Object.defineProperty(window, 'indexedDB', {get() { throw new DOMException('no', 'SecurityError'); }}); });
  const before = await office.site.arrived(office.site.open);
  await page.goto(line.url('/field/'));
  await page.fill('#code', await office.site.field('invite', office.site.open, 3));
  await page.click('button.main');
  await page.locator('[data-store]:visible').waitFor();
  await sound(page, 'field-no-store');
  await page.goto(line.url('/field/form'));
  await page.selectOption('#place', 'v1');
  await consent(page);
  for (let i = 0; i < 30 && !await page.locator('button[value="send"]').count(); ++i) await onward(page);
  await page.locator('button[value="send"]').first().click();
  await page.locator('.receipt').waitFor();
  assert.equal(await office.site.arrived(office.site.open), before + 1);
  await page.context().close();
  line.stop();
});

onDevice('15: a server that says 503 does not keep the pages from opening', async (page, line) => {
  for (const mode of ['down', 'portal', 'cut']) {
    line.mode = mode;
    await page.goto(line.url('/field/'));
    await page.locator('.person').first().waitFor();
    await beginWith(page, 'v2-101');
    assert.equal(await heading(page), 'Khảo sát thử ở Ngân Sơn', mode);
  }
});

onDevice('16: two people on one device are two records, and neither finds a word of the other', async (page, line, arrived) => {
  await interview(page, 'v1-101', {mark: secret});
  await beginWith(page, 'v1-102');
  assert.equal(await page.isChecked('#consent'), false);
  await consent(page);
  assert.equal((await page.evaluate(() => [...document.querySelectorAll('textarea, input:checked')].map(one => one.value).join(' '))).includes(secret), false);
  await toFinish(page, 'người thứ hai');
  await keep(page);
  await until(async () => await sent(page) == 2);
  assert.equal(await arrived(), 2);
});
