// The office at work, on the real program: from the first account to a result and an award clause.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {examine, startBrowser, startOffice, visitor} from './support.mjs';

const root = new URL('../../', import.meta.url).pathname;
const password = 'ba con trau trang di qua cau';
let office, folder, address, setup, browser;

before(async () => {
  office = await startOffice();
  ({folder, address, setup} = office);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await office?.stop();
});

const sound = (page, name) => examine(page, `office-${name}`, {targets: false});
const day = offset => new Date(Date.now() + offset * 86400e3).toISOString().slice(0, 10);
const table = ['unit,psu,title,population,slips,psu_population,neighbour',
  ...['xa_na_phac_2025', 'xa_ngan_son_2025'].flatMap((unit, u) => [1, 2, 3].map(v => `${unit},v${u}${v},Thôn số ${u * 3 + v},120,12,8,`))].join('\n');

// What a QR code says, as a phone would see it on the sheet.
const decoded = (page, locator) => locator.screenshot({path: join(folder, 'slip.png')})
  .then(() => execFileSync('zbarimg', ['-q', '--raw', '-Sdisable', '-Sqrcode.enable', join(folder, 'slip.png')], {stdio: ['ignore', 'pipe', 'ignore']}).toString().trim());

test('an office runs a survey to its result and an award to its clause', async () => {
  const page = await visitor(browser, {width: 1280, height: 900});
  await page.goto(setup);
  await sound(page, 'setup');
  await page.fill('#name', 'lan');
  await page.fill('#display_name', 'Nguyễn Thị Lan');
  await page.fill('#password', password);
  await page.fill('#password_again', password);
  await page.keyboard.press('Enter');
  await page.waitForURL(address + '/staff');
  await sound(page, 'overview');
  const cookie = (await page.context().cookies()).find(one => one.name == '__Host-sid');
  assert.ok(cookie.httpOnly && cookie.secure && cookie.sameSite == 'Strict');

  await page.goto(address + '/staff/accounts');
  await sound(page, 'accounts');

  await page.goto(address + '/staff/campaigns/new');
  await sound(page, 'new');
  await page.fill('#psus', table);
  await page.locator('button.main').click();
  await page.locator('.errors').waitFor();
  assert.match(await page.title(), /^Lỗi:/);
  assert.equal((await page.inputValue('#psus')).trim(), table);
  await sound(page, 'new-wrong');
  await page.locator('.errors a').first().click();
  assert.equal(await page.evaluate(() => document.activeElement.id || location.hash.slice(1)), 'title');
  await page.fill('#title', 'Khảo sát thử');
  await page.fill('#office', 'UBND xã Ngân Sơn');
  await page.fill('#opens_on', day(-3));
  await page.fill('#closes_on', day(30));
  for (const unit of ['xa_na_phac_2025', 'xa_ngan_son_2025']) await page.check(`input[value="${unit}"]`);
  await page.locator('button.main').click();
  await page.locator('#address').waitFor();
  const campaign = new URL(page.url()).pathname;
  await sound(page, 'draft');

  await page.fill('#address', 'https://khaosat.nganson.example');
  await page.locator('button.main').click();
  await page.locator('.slip').first().waitFor();
  await sound(page, 'slips');
  const codes = await page.locator('.slip-code').allTextContents();
  assert.equal(codes.length, 72);
  const id = campaign.split('/').pop();
  assert.equal(await decoded(page, page.locator('.slip').first()), `https://khaosat.nganson.example/s/${id}#${codes[0]}`);

  await page.goto(address + campaign);
  await page.locator('a.main').click();
  await sound(page, 'opening');
  await page.check('#confirm');
  await page.locator('button.main').click();
  await page.waitForURL(address + campaign);
  assert.equal((await page.goto(address + campaign + '/index')).status(), 403);

  const levels = ['very_satisfied', 'satisfied', 'neutral', 'dissatisfied'];
  for (const [n, code] of codes.entries()) {
    const answers = Object.fromEntries(Array.from({length: 33}, (_, i) =>
      [`item_${String(i + 1).padStart(2, '0')}`, levels[(n * 7 + i * (1 + n % 5)) % 4]]));
    const reply = await page.request.post(`${address}/s/${id}`, {headers: {cookie: ''}, form: {
      _step: 'send', _at: 'check', _lang: 'vi', _id: `office-test-${1000 + n}-abcdef`, _slip: code, _consent: 'yes', ...answers}});
    assert.equal(reply.status(), 200);
  }
  await page.goto(address + campaign);
  assert.match(await page.locator('tfoot').textContent(), /7260/);
  await sound(page, 'open');
  await page.locator('a.main').click();
  await sound(page, 'closing');
  await page.check('#confirm');
  await page.locator('button.main').click();
  await page.locator('a.main', {hasText: 'Xem kết quả'}).click();
  assert.equal(await page.locator('svg.interval').count(), 2);
  await sound(page, 'index');
  await page.locator('button.main').click();
  await page.waitForURL(/#kept$/);
  await page.locator('tbody th a').first().click();
  assert.ok(await page.locator('tbody tr').count() > 40);
  await sound(page, 'unit');

  await page.goto(address + '/staff/awards');
  await sound(page, 'awards');
  await page.goto(address + '/staff/awards/rules/thanh_an_2023_32');
  await sound(page, 'award-form');
  await page.fill('#year', '2023');
  await page.fill('#date', '2023-12-31');
  await page.locator('summary', {hasText: 'Hoặc đưa dữ kiện vào tại đây'}).click();
  await page.fill('#facts', readFileSync(join(root, 'tests/fixtures/awards/thanh_an_facts.csv'), 'utf8'));
  await page.locator('button.main').click();
  const clause = page.locator('details', {hasText: 'không chịu trách nhiệm tiêu chí điểm thấp'}).filter({hasText: 'được 0/10 điểm'});
  assert.equal(await clause.locator('.reason').isVisible(), false);
  await clause.locator('summary').focus();
  await page.keyboard.press('Enter');
  assert.match(await clause.locator('.reason').innerText(), /Chịu trách nhiệm tiêu chí 2\.1 \(2022\), được 0\/10 điểm/);
  await sound(page, 'decision');
  await page.locator('button[value=keep]').click();
  await page.waitForURL(/\/awards\/kept\//);
  await sound(page, 'kept');

  const phone = await visitor(browser, {width: 360});
  await phone.goto(address + campaign);
  await sound(phone, 'sign-in');
  await phone.fill('#name', 'lan');
  await phone.fill('#password', password);
  await phone.keyboard.press('Enter');
  await phone.waitForURL(address + campaign);
  for (const [name, path] of Object.entries({overview: '/staff', campaign, index: campaign + '/index', unit: campaign + '/index/unit?unit=xa_na_phac_2025',
    awards: '/staff/awards', form: '/staff/awards/rules/thanh_an_2023_32', new: '/staff/campaigns/new', accounts: '/staff/accounts'})) {
    await phone.goto(address + path);
    await sound(phone, `phone-${name}`);
  }
});
