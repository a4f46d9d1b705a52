// What follows an evaluation, in the real program: the officer finds what is missing and tells a person, the
// person reads his own record and replies, the jury votes, a person decides; the papers are printed.
import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {besides, examine, startBrowser, startOffice, visitor} from './support.mjs';

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

// Every state at both widths: axe, nothing sideways.
async function sound(page, name) {
  for (const width of [1280, 360]) {
    await page.setViewportSize({width, height: 900});
    await examine(page, `awards-${name}`, {targets: false});
  }
  await page.setViewportSize({width: 1280, height: 900});
}

async function reader(options) {
  const page = await visitor(browser, options);
  page.context().setDefaultTimeout(40000);
  return page;
}

async function signIn(name) {
  const page = await reader({width: 1280, height: 900});
  await page.goto(address + '/staff/sign-in');
  await page.fill('#name', name);
  await page.fill('#password', password);
  await page.keyboard.press('Enter');
  await page.waitForURL(address + '/staff');
  return page;
}

test('officer, person, jury: from what is missing to a decision on paper', {timeout: 240000}, async () => {
  const officer = await reader({width: 1280, height: 900});
  await officer.goto(setup);
  for (const [id, value] of Object.entries({name: 'lan', display_name: 'Nguyễn Thị Lan', password, password_again: password})) await officer.fill('#' + id, value);
  await officer.locator('button.main').click();
  await officer.waitForURL(address + '/staff');
  for (const [name, shown] of [['hoa', 'Lê Thị Hoa'], ['cuc', 'Trần Cúc']]) {
    await officer.goto(address + '/staff/accounts');
    await officer.fill('#name', name);
    await officer.fill('#display_name', shown);
    await officer.check('input[name=role][value=jury]');
    await officer.fill('#password', password);
    await officer.fill('#password_again', password);
    await officer.locator('form[action="/staff/accounts"] button').click();
    await officer.waitForLoadState();
  }
  await officer.goto(address + '/staff/facts/import');
  await officer.fill('#table', readFileSync(join(root, 'survey_defs/demo/facts_thanh_an_2023_32.csv'), 'utf8'));
  await officer.locator('main form button.main').click();
  await officer.waitForLoadState();

  // What is missing, from whom; the missing fact is entered.
  await officer.goto(address + '/staff/awards/missing?unit=25327&year=2023&rules=thuan_bac_2023_07');
  await sound(officer, 'missing');
  const lack = officer.locator('tr', {hasText: 'Nguyễn Văn An (mẫu)'}).locator('a', {hasText: 'phẩm chất đạo đức'});
  assert.equal(await lack.count(), 1);
  await lack.click();
  await officer.locator('a[href^="/staff/facts/new/ethics_kept"]').click();
  await officer.selectOption('#subject', 'an');
  await officer.fill('#period', '2023');
  await officer.check('input[name=value][value=true]').catch(() => officer.selectOption('#value', 'true'));
  await officer.check('input[name=source][value=declared]').catch(() => officer.selectOption('#source', 'declared'));
  await officer.fill('#date', '2023-11-01');
  await officer.fill('#vouched_by', 'Tập thể văn phòng');
  await officer.locator('main form button.main').click();
  await officer.waitForURL(/\/staff\/facts\/entry\//);
  await officer.goto(address + '/staff/awards/missing?unit=25327&year=2023&rules=thuan_bac_2023_07');
  assert.equal(await officer.locator('tr', {hasText: 'Nguyễn Văn An (mẫu)'}).locator('a', {hasText: 'phẩm chất đạo đức'}).count(), 0);

  // Evaluation, kept; a case.
  await officer.goto(address + '/staff/awards/rules/thanh_an_2023_32?unit=25327');
  await officer.fill('#year', '2023');
  await officer.fill('#date', '2024-01-15');
  await officer.locator('button.main').click();
  await officer.locator('button[value=keep]').click();
  await officer.waitForURL(/\/awards\/kept\//);
  await officer.locator('a.main').click();
  await sound(officer, 'begin');
  await officer.fill('#reply_days', '3');
  await officer.locator('button.main').click();
  await officer.locator('.errors a[href="#source"]').waitFor();
  await officer.fill('#source', 'Quy chế hội đồng 2026');
  await officer.locator('button.main').click();
  await officer.waitForURL(/\/staff\/jury\/[0-9a-f]{20}$/);
  const here = officer.url();
  await sound(officer, 'case');

  // The jury cannot vote yet; every cell of its table opens.
  const hoa = await signIn('hoa');
  await hoa.goto(here);
  assert.equal(await hoa.locator('button.main').count(), 0);
  assert.match(await hoa.locator('#votes ~ .notice').first().innerText(), /Chưa báo hết/);
  const row = hoa.locator('.glance tr', {hasText: 'Lê Thị Chi'});
  await row.locator('a.badge', {hasText: 'không đạt'}).last().click();
  assert.match(await hoa.locator('main').innerText(), /3\.2 \(2022\), được 0\/4 điểm/);
  assert.match(await hoa.locator('main').innerText(), /Biên bản thẩm định \(mẫu\)/);
  await sound(hoa, 'cell');

  // Everybody with a negative word is told; the notice carries the code.
  const codes = {};
  for (let i = 0; i < 5 && await officer.locator('form[action$="/notices"]').count(); ++i) {
    await officer.goto(here);
    const form = officer.locator('form[action$="/notices"]').first();
    if (!await form.count()) break;
    const person = await form.locator('input[name=person]').inputValue();
    await form.locator('input[name=number]').fill(`0${i + 1}/TB-UBND`);
    await form.locator('button').click();
    codes[person] = (await officer.locator('.reading-code').innerText()).trim();
    assert.match(codes[person], /^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/);
    if (person == 'chi') await sound(officer, 'notice');
    await officer.goto(here);
  }
  assert.ok(codes.chi);

  // The person, without an account, on a phone.
  for (const [person, code] of Object.entries(codes)) {
    const page = await reader({width: 360});
    await page.goto(address + '/own-record');
    if (person == 'chi') {
      await sound(page, 'own-door');
      await page.fill('#code', 'AAAA-BBBB-CCCC-DDDD');
      await page.locator('button.main').click();
      await page.locator('[role=alert]').waitFor();
    }
    await page.fill('#code', code.toLowerCase());
    await page.locator('button.main').click();
    await page.locator('#text').waitFor();
    const text = await page.locator('main').innerText();
    if (person == 'chi') {
      assert.match(text, /Lê Thị Chi/);
      for (const other of ['Trần Thị Bình', 'Phạm Văn Dũng']) assert.ok(!text.includes(other), other);
      assert.match(text, /Nguyễn Thị Lan/);  // has read it
      await page.locator('button.main').click();
      await page.locator('#text-wrong').waitFor();
      await examine(page, 'awards-own-empty', {targets: false});
    }
    await page.fill('#text', 'Tôi nghỉ thai sản từ tháng 3 năm 2022, <b>có quyết định</b>.');
    await page.locator('button.main').click();
    await page.locator('[role=status]').waitFor();
    assert.match(await page.locator('.explanation').innerText(), /<b>có quyết định<\/b>/);
    if (person == 'chi') await sound(page, 'own');
    assert.equal((await page.context().cookies()).length, 0);
    assert.ok(!page.url().includes(code.slice(0, 4)));
    await page.context().close();
  }

  // Two members vote; one has an interest in a candidate.
  const cuc = await signIn('cuc');
  await cuc.goto(here);
  await cuc.locator('summary', {hasText: 'lợi ích liên quan'}).click();
  await cuc.selectOption('#conflict-subject', 'an');
  await cuc.fill('#conflict-reason', 'vợ chồng');
  await cuc.locator('form[action$="/conflicts"] button').click();
  await cuc.waitForURL(/#votes$/);
  for (const page of [hoa, cuc]) {
    await page.goto(here);
    for (const fieldset of await page.locator('.ballot').all()) {
      const passes = await fieldset.locator('.badge.good').count();
      const voice = fieldset.locator(`input[value=${passes ? 'yes' : 'no'}]`);
      if (await voice.count()) await voice.check();
    }
    if (page == cuc) await sound(page, 'ballot');
    await page.locator('form[action$="/votes"] button.main').click();
    await page.waitForURL(/#votes$/);
    assert.ok(!/Đồng ý 1/.test(await page.locator('main').innerText()), 'nobody sees the others before the end');
  }
  await officer.goto(here);
  await officer.check('input[name=confirm]');
  await officer.locator('form[action$="/close"] button').click();
  await officer.waitForURL(/#votes$/);
  await sound(officer, 'closed');

  // The decision departs from vote and proposal in one place: grounds.
  await officer.locator('a.main').click();
  const refused = officer.locator('.ballot', {hasText: 'Lê Thị Chi'});
  await refused.locator('input[value=yes]').check();
  await officer.fill('#decided_by', 'Nguyễn Văn Chủ, Chủ tịch UBND xã');
  await officer.fill('#number', '12/QĐ-UBND');
  await officer.locator('button.main').click();
  await officer.locator('.errors a[href^="#grounds-"]').waitFor();
  await sound(officer, 'ruling-wrong');
  await refused.locator('input[name^=grounds-]').fill('Nghỉ thai sản, không thực sự phụ trách');
  await officer.locator('button.main').click();
  await officer.waitForURL(/#ruling$/);
  assert.match(await officer.locator('main').innerText(), /12\/QĐ-UBND/);
  await sound(officer, 'decided');

  // A remedy plan with a measure and its progress.
  await officer.goto(here + '/remedy');
  await officer.locator('#unplanned-title ~ .table a', {hasText: '3.2'}).click();
  assert.equal(await officer.inputValue('#criterion'), '3.2');
  await officer.fill('#measure', 'Niêm yết lại thủ tục, phân công người thay & kiểm tra <hằng tuần>');
  await officer.fill('#due', new Date(Date.now() + 4 * 86400e3).toISOString().slice(0, 10));
  await officer.locator('main form button.main').click();
  await officer.locator('.candidate').waitFor();
  await officer.locator('.candidate input[name=percent]').fill('40');
  await officer.locator('.candidate input[name=note]').fill('đã niêm yết');
  await officer.locator('.candidate button', {hasText: 'Ghi tiến độ'}).click();
  await officer.locator('.candidate li', {hasText: '40 %'}).waitFor();
  await sound(officer, 'remedy');
  await officer.goto(address + '/staff');
  assert.match(await officer.locator('#due-title ~ .table').first().innerText(), /Giải pháp khắc phục/);
  await sound(officer, 'overview');

  // What stands above and below is written once.
  await officer.goto(address + '/staff/letterhead');
  await officer.locator('main form button.main').click();
  await officer.locator('.errors a[href="#authority"]').waitFor();
  for (const [field, text] of Object.entries({authority: 'Ủy ban nhân dân\nxã Thanh An', symbol: 'UBND', place: 'Thanh An', signer_authority: 'TM. Ủy ban nhân dân',
    signer: 'Chủ tịch', signer_name: 'Nguyễn Văn Chủ', recipients: 'Thường trực Đảng ủy xã;'})) await officer.fill('#' + field, text);
  await officer.locator('main form button.main').click();
  await officer.waitForLoadState();
  await sound(officer, 'letterhead');

  // Papers: as pages, as PDF with its fonts inside and every tone mark, as DOCX for others.
  await officer.goto(here);
  const notice = new URL(await officer.locator('a[href*="/notices/"]').first().evaluate(link => link.href)).pathname;
  const papers = ['proposal', 'minutes', 'lost_points', 'remedy', 'monthly_reports', 'notice'];
  const at = paper => paper == 'notice' ? `${address}${notice}/paper` : `${here}/papers/${paper}`;
  for (const paper of papers) {
    await officer.goto(at(paper) + '?number=15');
    if (['proposal', 'minutes', 'notice'].includes(paper)) await sound(officer, `paper-${paper}`);
    const file = join(folder, paper);
    writeFileSync(file + '.pdf', await officer.pdf({preferCSSPageSize: true}));
    const size = execFileSync('pdfinfo', [file + '.pdf']).toString();
    assert.match(size, /Page size: +59\d\.\d+ x 84\d\.\d+ pts \(A4\)/);
    const fonts = execFileSync('pdffonts', [file + '.pdf']).toString().trim().split('\n').slice(2);
    assert.ok(fonts.length > 0 && fonts.every(line => / yes +(yes|no) +(yes|no) +\d+ +\d+$/.test(line)), fonts.join('\n'));
    assert.ok(fonts.every(line => /Tinos|TimesNewRoman/.test(line)), fonts.join('\n'));
    const read = execFileSync('pdftotext', ['-layout', file + '.pdf', '-']).toString().normalize('NFC').replace(/\s+/g, ' ');
    for (const words of ['CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'Độc lập - Tự do - Hạnh phúc', `Số: 15/${{proposal: 'DS', minutes: 'BB', lost_points: 'BTH', remedy: 'KH', monthly_reports: 'PTD', notice: 'TB'}[paper]}-UBND`,
      'ỦY BAN NHÂN DÂN', 'Thanh An, ngày', 'Nơi nhận:', 'Thường trực Đảng ủy xã;', ...paper == 'minutes' ? ['THƯ KÝ', 'CHỦ TRÌ'] : ['TM. ỦY BAN NHÂN DÂN', 'Nguyễn Văn Chủ']]) assert.ok(read.includes(words), `${paper}: ${words}: ${read}`);
    if (process.env.KHAOSAT_SCREENSHOTS) execFileSync('pdftoppm', ['-r', '60', '-png', file + '.pdf', join(process.env.KHAOSAT_SCREENSHOTS, 'paper-' + paper)]);
    const reply = await besides(officer, 'GET', at(paper) + '/docx');
    assert.equal(reply.status(), 200);
    writeFileSync(file + '.docx', await reply.body());
    const inside = execFileSync('python3', ['-c', `
import sys, zipfile, xml.etree.ElementTree as tree
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
for name in archive.namelist(): tree.fromstring(archive.read(name))
print("\\n".join(node.text or "" for node in tree.fromstring(archive.read("word/document.xml")).iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t")))`, file + '.docx']).toString();
    assert.ok(inside.includes('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM'), paper);
    if (paper == 'remedy') assert.ok(inside.includes('& kiểm tra <hằng tuần>'), inside);
    if (paper == 'minutes') assert.ok(inside.includes('Nghỉ thai sản, không thực sự phụ trách'), inside);
  }
  // Another program reads the DOCX as we meant it; script/install compare brings it.
  if (spawnSync('soffice', ['--version']).error) return;
  const apart = {env: {...process.env, HOME: folder}, timeout: 120000, stdio: 'ignore'};
  execFileSync('soffice', ['--headless', '--convert-to', 'pdf', '--outdir', join(folder, 'docx'), ...papers.map(paper => join(folder, paper + '.docx'))], apart);
  for (const paper of papers) {
    const file = join(folder, 'docx', paper + '.pdf');
    const read = execFileSync('pdftotext', ['-layout', file, '-']).toString().normalize('NFC');
    const lines = read.split('\n').map(line => line.trim().replace(/ {2,}/g, '  '));
    assert.ok(lines.some(line => /CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM$/.test(line)), `${paper}: the name of the state stands on one line\n${read}`);
    assert.ok(!lines.some(line => /^ST(\s|$)/.test(line)), `${paper}: no heading is broken\n${read}`);
    assert.match(execFileSync('pdfinfo', [file]).toString(), /\(A4\)/);
  }
});
