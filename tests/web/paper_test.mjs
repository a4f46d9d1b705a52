// Paper: forms printed and looked at as pages, a form keyed with the keyboard alone, two people and a third.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {copyFileSync, mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {examine, startBrowser, startOffice, visitor} from './support.mjs';

const password = 'ba con trau trang di qua cau';
const shots = process.env.KHAOSAT_SCREENSHOTS;
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

const sound = (page, name) => examine(page, `paper-${name}`, {targets: false});
const day = offset => new Date(Date.now() + offset * 86400e3).toISOString().slice(0, 10);

async function signIn(name) {
  const page = await visitor(browser, {width: 1000, height: 800});
  await page.goto(address + '/staff/sign-in');
  await page.fill('#name', name);
  await page.fill('#password', password);
  await page.keyboard.press('Enter');
  await page.waitForURL(address + '/staff');
  return page;
}

// What stands on each page of a document to print: overflow, and questions torn apart.
const measure = page => page.evaluate(() => [...document.querySelectorAll('.sheet')].map(sheet => {
  const mm = sheet.getBoundingClientRect().width / 210;
  return {height: sheet.getBoundingClientRect().height / mm, items: sheet.querySelectorAll('.item').length,
    colours: [...sheet.querySelectorAll('*')].map(element => getComputedStyle(element).color).filter(colour => colour != 'rgb(0, 0, 0)').length};
}));

test('paper: printed, keyed by keyboard, keyed again, settled', {timeout: 240000}, async () => {
  const office = await visitor(browser, {width: 1000, height: 800});
  await office.goto(setup);
  for (const [id, value] of Object.entries({name: 'lan', display_name: 'Nguyễn Thị Lan', password, password_again: password})) await office.fill('#' + id, value);
  await office.locator('button.main').click();
  await office.waitForURL(address + '/staff');
  for (const [name, role] of [['hoa', 'clerk'], ['cuc', 'clerk']]) {
    await office.goto(address + '/staff/accounts');
    await office.fill('#name', name);
    await office.fill('#display_name', name);
    await office.check(`input[name=role][value=${role}]`);
    await office.fill('#password', password);
    await office.fill('#password_again', password);
    await office.locator('form[action="/staff/accounts"] button').click();
    await office.waitForLoadState();
  }
  await office.goto(address + '/staff/campaigns/new');
  await office.fill('#title', 'Khảo sát phiếu giấy');
  await office.fill('#office', 'UBND xã Nà Phặc');
  await office.fill('#opens_on', day(-3));
  await office.fill('#closes_on', day(30));
  await office.check('input[value="xa_na_phac_2025"]');
  await office.check('input[name=sample][value=none]');
  await office.check('input[name=admission][value=open]');
  await office.fill('#psus', 'unit,psu,title,population,slips,psu_population,neighbour\nxa_na_phac_2025,v1,Thôn Suối Bạc,120,0,0,');
  await office.locator('button.main').click();
  await office.waitForURL(/campaigns\/[a-z0-9]{10,}$/);
  const campaign = new URL(office.url()).pathname;
  await office.goto(address + campaign + '/open');
  await office.check('#confirm');
  await office.locator('button.main').click();
  await office.waitForURL(address + campaign);

  await office.goto(address + campaign + '/paper');
  await office.fill('#forms', '2');
  await office.locator('form[action$="/batches"] button').click();
  await office.locator('td').first().waitFor();
  await sound(office, 'office');
  await office.goto(address + campaign + '/paper/batches/1/list');
  await sound(office, 'list');
  const serials = (await office.locator('.serials li').allTextContents()).map(text => text.replace('□', '').trim());
  assert.equal(serials.length, 2);

  // Printed: each sheet is one page, and its code reads back.
  await office.goto(address + campaign + '/paper/batches/1');
  await office.emulateMedia({media: 'print'});
  const sheets = await measure(office);
  assert.ok(sheets.every(sheet => sheet.height <= 297.5), `a page overflows: ${JSON.stringify(sheets)}`);
  assert.equal(sheets.reduce((sum, sheet) => sum + sheet.colours, 0), 0);
  const pdf = join(folder, 'form.pdf');
  await office.pdf({path: pdf, preferCSSPageSize: true});
  execFileSync('pdftoppm', ['-r', '60', '-png', pdf, join(folder, 'page')]);
  const pictures = readdirSync(folder).filter(name => name.startsWith('page')).sort();
  assert.equal(pictures.length, sheets.length);
  execFileSync('pdftoppm', ['-r', '150', '-f', '1', '-l', '1', '-png', pdf, join(folder, 'first')]);
  const first = join(folder, readdirSync(folder).find(name => name.startsWith('first')));
  const read = execFileSync('zbarimg', ['-q', '--raw', first]).toString().trim();
  const id = campaign.split('/').pop();
  assert.equal(read, `khaosat-paper;1;${id};citizen_satisfaction/1;xa_na_phac_2025;v1;${serials[0]}`);
  if (shots) {
    mkdirSync(shots, {recursive: true});
    copyFileSync(pdf, join(shots, 'paper-form.pdf'));
  }
  await office.emulateMedia({media: null});

  // Keyed without touching the mouse.
  const marks = [];
  const keyForm = async (page, serial, misread = '') => {
    let keys = 0, fields = 0;
    const began = Date.now();
    await page.goto(address + campaign + '/paper/entry');
    const type = async text => { for (const key of text) { await page.keyboard.press(key); ++keys; } };
    await type(serial.replace('-', ''));
    await page.keyboard.press('Enter'); ++keys;
    await page.locator('.key-row').first().waitFor();
    await sound(page, 'keys');
    for (;;) {
      const at = await page.locator('h1 .soft').textContent();
      if (/ 4\//.test(at)) await sound(page, 'keys-page');
      const shown = await page.locator('.key-row input').evaluateAll(list => list.map(input => ({name: input.name, digits: Number(input.dataset.digits), words: input.classList.contains('words')})));
      for (const {name, digits, words} of shown) {
        const focused = await page.evaluate(() => document.activeElement.name);
        assert.equal(focused, name, `${at}: the cursor stands elsewhere`);
        const own = name == '_consent' || name == misread ? '1' : name == 'item_05' ? '*' : digits == 1 ? '2' : digits == 2 ? '02' : '';
        marks.push(name);
        await type(own);
        if (!own || !digits) { await page.keyboard.press('Enter'); ++keys; }
        ++fields;
      }
      await page.waitForFunction(before => document.querySelector('h1 .soft')?.textContent != before, at);
      if (await page.locator('#serial').count()) break;
    }
    return {keys, fields, seconds: (Date.now() - began) / 1000};
  };
  const hoa = await signIn('hoa');
  const figures = await keyForm(hoa, serials[0]);
  await sound(hoa, 'stored');
  assert.match(await hoa.locator('[role=status]').textContent(), new RegExp(serials[0]));
  console.log(`keys for one form: ${figures.keys}, fields ${figures.fields}, ${figures.seconds.toFixed(1)} s of a machine`);
  assert.ok(figures.keys <= figures.fields * 1.2 + 20, JSON.stringify(figures));
  // The order of the fields is the paper's.
  await office.goto(address + campaign + '/paper/batches/1');
  const printed = await office.locator('.sheet').evaluateAll(list => list.flatMap(sheet => [...sheet.querySelectorAll('.item')].map(item => item.dataset.question)));
  const keyed = marks.map(name => name.replace(/\.other$/, '')).filter((name, i, all) => !name.startsWith('_') && name != all[i - 1]);
  assert.deepEqual(keyed, printed.slice(0, printed.length / 2).filter(name => keyed.includes(name)));

  const cuc = await signIn('cuc');
  await keyForm(cuc, serials[0], 'item_06');
  await office.goto(address + campaign + '/paper');
  await office.locator('a[href*="/cases/"]').click();
  await sound(office, 'case');
  assert.equal(await office.locator('fieldset').count(), 1);
  await office.locator('input[value=first]').focus();
  await office.keyboard.press('Space');
  await office.keyboard.press('Enter');
  await office.waitForURL(address + campaign + '/paper');
  assert.equal(await office.locator('tfoot td').nth(1).textContent(), '1');
  await office.goto(address + campaign + '/close');
  await office.locator('#paper-warning').waitFor();
  await sound(office, 'closing');
  await office.goto(address + campaign + '/paper');
  await office.fill('#serials', serials[1]);
  await office.selectOption('#fate', 'missing');
  await office.locator('form[action$="/account"] button').click();
  await office.locator('.badge.good').waitFor();
  await sound(office, 'accounted');
});

test('every shipped form fits its pages, in every language, and prints to as many', {timeout: 240000}, async () => {
  const page = await signIn('lan');
  await page.goto(address + '/staff/paper');
  await sound(page, 'overview');
  const links = await page.locator('a[href*="lang="]').evaluateAll(list => list.map(link => link.getAttribute('href')));
  assert.ok(links.length >= 5);
  for (const link of links) {
    await page.goto(address + link);
    await page.emulateMedia({media: 'print'});
    const sheets = await measure(page);
    const over = sheets.flatMap(({height}, i) => height > 297.5 ? [`page ${i + 1}: ${height.toFixed(0)} mm`] : []);
    assert.deepEqual(over, [], link);
    if (shots) await page.pdf({path: join(shots, `paper${link.replace(/[^a-z0-9]+/g, '-')}.pdf`), preferCSSPageSize: true});
    await page.emulateMedia({media: null});
  }
});
