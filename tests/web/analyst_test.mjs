// What analysts do with a closed survey, in the real program over the demo's data: the pages one after the other by
// their tabs, a back-check typed in, and microdata that leave only when two people agree.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {besides, examine, signIn, startBrowser, startDemo, visitor} from './support.mjs';

const password = 'ba con trau di qua cau go lim';
let browser, demo;

before(async () => {
  demo = await startDemo();
  browser = await startBrowser();
}, {timeout: 120000});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const signedIn = async (name, word, options = {width: 1280, height: 800}) => signIn(await visitor(browser, options), demo.address, name, word);

test('the pages of results follow from each other, say in tables what they draw, and print without their forms', async () => {
  const page = await signedIn('demo', demo.password);
  await page.goto(demo.closed + '/index?model=sipas');
  const tabs = await page.locator('nav a[href*="model=sipas"]').evaluateAll(links => links.map(link => link.getAttribute('href')));
  for (const last of ['years', 'ranks', 'answers', 'quality', 'coherence', 'model']) {
    const link = page.locator(`nav a[href*="/${last}?model=sipas"]`).first();
    assert.ok(tabs.some(href => href.includes(`/${last}?`)), `a tab to ${last}`);
    // By keyboard alone.
    await link.focus();
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    assert.match(page.url(), new RegExp(`/${last}\\?`));
    const drawn = await page.evaluate(() => [...document.querySelectorAll('main svg')].filter(picture => picture.getAttribute('role') != 'img'
      || !picture.getAttribute('aria-label') || !picture.closest('td, th, figure')).map(picture => picture.outerHTML.slice(0, 80)));
    assert.deepEqual(drawn, [], `${last}: pictures without words or table`);
    assert.doesNotMatch(await page.locator('main').innerText(), /nan|\[\[|undefined/i, last);
    await page.emulateMedia({media: 'print'});
    assert.equal(await page.locator('main form:visible').count(), 0, `${last}: a form on paper`);
    await page.emulateMedia({media: 'screen'});
  }
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test('on a phone every unit is a card with its ranks, and what scrolls keeps the head of its rows in sight', async () => {
  const page = await signedIn('demo', demo.password, {width: 360, height: 740});
  for (const last of ['index', 'index/ranks', 'index/unit', 'index/coherence', 'index/model']) {
    const unit = last == 'index/unit' ? await page.locator('table.cards th a').first().getAttribute('href') : '';
    await page.goto(unit ? demo.address + unit : `${demo.closed}/${last}?model=sipas`);
    const cut = await page.evaluate(() => [...document.querySelectorAll('.cards td, .cards th[scope=row]')].filter(cell => cell.checkVisibility())
      .filter(cell => cell.getBoundingClientRect().right > innerWidth || cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.outerHTML.slice(0, 80)));
    assert.deepEqual(cut, [], `${last}: figures outside the screen`);
    const nameless = await page.evaluate(() => [...document.querySelectorAll('.cards td:not(.bare):not(.sentence)')].filter(cell => !cell.querySelector('.cell-head')?.innerText)
      .map(cell => cell.outerHTML.slice(0, 80)));
    assert.deepEqual(nameless, [], `${last}: figures without the name of their column`);
    if (last == 'index') assert.match(await page.locator('.cards tr', {has: page.locator('td')}).first().innerText(), /Thứ hạng có thể có\s+\d/);
    await page.goto(`${demo.closed}/index?model=sipas`);
  }
  const matrix = page.locator('.table', {has: page.locator('table.matrix')});
  await matrix.evaluate(frame => { frame.scrollLeft = 10000; });
  const {head, frame, moved} = await matrix.evaluate(frame => ({frame: frame.getBoundingClientRect().left, moved: frame.scrollLeft,
    head: frame.querySelector('tbody th').getBoundingClientRect().left}));
  assert.ok(moved > 50, 'the table of parts scrolls');
  assert.ok(Math.abs(head - frame) < 2, `the head of a row scrolled away: ${head} against ${frame}`);
  // By keyboard backwards from the last unit: what has the focus does not hide below the heads.
  const links = matrix.locator('thead a');
  for (let at = await links.count() - 1; at >= 0; --at) {
    await links.nth(at).focus();
    const {left, edge} = await links.nth(at).evaluate(link => ({left: link.getBoundingClientRect().left, edge: link.closest('tr').querySelector('th').getBoundingClientRect().right}));
    assert.ok(left >= edge - 1, `the name of unit ${at} lies below the heads: ${left} before ${edge}`);
  }
  await page.context().close();
});

for (const width of [1280, 360]) {
  test(`the quality of forms at ${width} px: contradictions, effects, and a back-check typed in`, async () => {
    const page = await signedIn('demo', demo.password, {width, height: 800});
    await page.goto(demo.closed + '/quality?model=sipas');
    const text = await page.locator('main').innerText();
    for (const words of ['Câu trả lời mâu thuẫn', 'Khác biệt nằm ở đâu', 'Đến lại để kiểm tra']) assert.ok(text.includes(words), words);
    await examine(page, 'quality', {targets: false});
    await Promise.all([page.waitForNavigation(), page.locator('a[href$="/back-check"]').first().click()]);
    await examine(page, 'back-check', {targets: false});
    const sample = await page.locator('pre').innerText();
    const place = /\n([^,]+),interviewed/.exec(sample)[1];
    await page.fill('#table', 'psu,reported,found,people\nno_such_place,interviewed,interviewed,9\n');
    await Promise.all([page.waitForNavigation(), page.locator('main form button.main').click()]);
    assert.ok((await page.locator('.errors').innerText()).includes('no_such_place'));
    await examine(page, 'back-check-wrong', {targets: false});
    await page.fill('#table', `psu,reported,found,people\n${place},interviewed,interviewed,27\n${place},interviewed,not_met,3\n${place},refused,refused,8\n`);
    await Promise.all([page.waitForNavigation(), page.locator('main form button.main').click()]);
    assert.equal(await page.locator('#back-check-people').innerText(), '38');
    await page.goto(demo.closed + '/quality?model=sipas');
    const checked = await page.locator('#checked-title + .table').innerText();
    assert.match(checked, /35/);
    assert.match(checked, /90 % \(khoảng \d+–\d+ %\)/);
    await examine(page, 'quality-checked', {targets: false});
    await page.context().close();
  });
}

test('microdata leave when a second person agrees, not before and not by the one who asked', async () => {
  const asks = await signedIn('demo', demo.password);
  await asks.goto(demo.address + '/staff/accounts');
  const csrf = await asks.locator('[name=csrf]').first().inputValue();
  const made = await besides(asks, 'POST', demo.address + '/staff/accounts', {maxRedirects: 0,
    form: {csrf, name: 'hoa', display_name: 'Lò Thị Hoa', role: 'officer', password, password_again: password}});
  assert.equal(made.status(), 303);
  await asks.goto(demo.closed + '/microdata');
  await asks.fill('#purpose', 'Kiểm tra lại bảng chính của báo cáo năm');
  await asks.fill('#recipient', 'Chi cục Thống kê');
  await Promise.all([asks.waitForNavigation(), asks.locator('main form button.main').click()]);
  const link = asks.locator('a[href*="/microdata/"]').last();
  if (!/\/microdata\/[0-9a-f]{20}$/.test(asks.url())) await Promise.all([asks.waitForNavigation(), link.click()]);
  const act = asks.url();
  assert.match(act, /\/microdata\/[0-9a-f]{20}$/);
  // Who asked sees no way to agree, and is refused when asking all the same.
  assert.equal(await asks.locator('form[action$="/approve"]').count(), 0);
  const own = await besides(asks, 'POST', act + '/approve', {maxRedirects: 0, form: {csrf, confirm: 'yes'}});
  assert.ok(own.status() >= 400, `approving one's own request: ${own.status()}`);
  assert.equal(await asks.locator('a[href*="/files/"]').count(), 0);

  const agrees = await signedIn('hoa', password);
  await agrees.goto(act);
  await examine(agrees, 'microdata-act', {targets: false});
  await agrees.check('#confirm');
  await Promise.all([agrees.waitForNavigation(), agrees.locator('form[action$="/approve"] button').click()]);
  // Files are made after that; both may fetch them.
  let files = [];
  for (let i = 0; i < 100 && files.length == 0; ++i) {
    await asks.goto(act);
    files = await asks.locator('a[href*="/files/"]').evaluateAll(links => links.map(link => link.href));
    if (files.length == 0) await new Promise(done => setTimeout(done, 100));
  }
  const csv = files.find(file => file.endsWith('.csv'));
  assert.ok(csv, `a table among ${files}`);
  const table = await (await besides(asks, 'GET', csv)).text();
  const [header] = table.replace(/^\ufeff/, '').split('\n');
  assert.match(header, /stratum/);
  assert.match(header, /weight/);
  assert.ok(table.split('\n').length > 50);
  // Nobody outside the two roles gets them.
  const stranger = await visitor(browser);
  const refused = await besides(stranger, 'GET', csv, {maxRedirects: 0});
  assert.ok(refused.status() == 303 || refused.status() >= 400, `a stranger: ${refused.status()}`);
  await examine(asks, 'microdata-ready', {targets: false});
});
