// What officials with other eyes, hands and habits need: time to go on, a second way to each page, a page in
// another language that says where it is Vietnamese.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {besides, examine, signIn, startBrowser, startDemo, visitor} from './support.mjs';

let browser, demo;
before(async () => {
  demo = await startDemo();
  browser = await startBrowser();
}, {timeout: 120000});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const signedIn = async options => signIn(await visitor(browser, {width: 1280, height: 800, ...options}), demo.address, 'demo', demo.password);
const close = page => page.context().close();
const warning = page => page.locator('.session');

test('a session says before it ends, goes on with one press and while somebody types', async () => {
  const page = await signedIn();
  await page.clock.install();
  await page.goto(demo.address + '/staff/campaigns/new');
  let asked = 0;
  page.on('request', request => asked += /\/staff\/session$/.test(request.url()));
  await page.clock.runFor('10:00');
  assert.ok(await warning(page).isHidden());
  await page.clock.runFor('01:30');
  await warning(page).waitFor();
  assert.match(await page.locator('.session p[role=alert]').textContent(), /ít phút/);
  await examine(page, 'session-warning', {targets: false});
  // At least twenty seconds to press one button; more than two minutes here.
  await page.clock.runFor('02:00');
  await page.getByRole('button', {name: 'Làm việc tiếp'}).click();
  await warning(page).waitFor({state: 'hidden'});
  assert.equal(asked, 1);
  // Typing is work: the server hears of it, once a minute.
  await page.locator('#title').pressSequentially('Đợt');
  await page.clock.runFor('05:00');
  await page.locator('#title').pressSequentially(' thử ');
  await page.waitForTimeout(300);
  assert.equal(asked, 2);
  await page.clock.runFor('11:00');
  assert.ok(await warning(page).isHidden());
  await close(page);
});

test('when it has ended what was typed is sent after signing in beside the page', async () => {
  const page = await signedIn();
  await page.goto(demo.address + '/staff/campaigns/new');
  await page.fill('#title', 'Gõ rất lâu');
  // Somebody signs out on another tab: for this page the session is over.
  const other = await page.context().newPage();
  await other.goto(demo.address + '/staff');
  await other.getByRole('button', {name: 'Đăng xuất'}).click();
  await other.waitForURL('**/sign-in');
  await page.evaluate(() => document.querySelector('.session button').click());
  await page.getByText('nội dung đã gõ vẫn còn').waitFor();
  await examine(page, 'session-over', {targets: false});
  const [beside] = await Promise.all([page.context().waitForEvent('page'), page.getByRole('link', {name: 'Đăng nhập ở một thẻ mới'}).click()]);
  await beside.fill('[name=name]', 'demo');
  await beside.fill('[name=password]', demo.password);
  await beside.locator('main form button').click();
  await beside.waitForURL('**/staff');
  await Promise.all([beside.close(), other.close()]);
  const before = await page.inputValue('main form [name=csrf]');
  await page.bringToFront();
  await page.evaluate(() => dispatchEvent(new Event('focus')));
  await page.waitForFunction(old => document.querySelector('main form [name=csrf]').value != old, before);
  await warning(page).waitFor({state: 'hidden'});
  assert.equal(await page.inputValue('#title'), 'Gõ rất lâu');
  await page.locator('main button.main').click();
  // The form itself was taken: it complains of what is missing in it, not of a session.
  await page.locator('.errors').waitFor();
  assert.equal(await page.inputValue('#title'), 'Gõ rất lâu');
  await close(page);
});

test('without a script, too, what was typed survives the end of the session', async () => {
  const page = await signedIn({script: 'off'});
  await page.goto(demo.address + '/staff/campaigns/new');
  await page.fill('#title', 'Không có script');
  await page.context().clearCookies({name: '__Host-sid'});
  await page.locator('main button.main').click();
  await page.getByText('Nội dung đã gõ vẫn còn').waitFor();
  const beside = await page.context().newPage();
  await signIn(beside, demo.address, 'demo', demo.password);
  // Once with the token of nobody, once with that of the new session.
  for (let i = 0; i < 2 && !await page.locator('#title').count(); ++i) await page.locator('main form button').click();
  assert.equal(await page.inputValue('#title'), 'Không có script');
  await close(page);
});

test('every page is also reached by a list of all and by a search that ignores tones', async () => {
  const page = await signedIn();
  await page.getByRole('link', {name: 'Tất cả các trang'}).click();
  await page.waitForURL('**/staff/pages');
  await examine(page, 'pages', {targets: false});
  const links = () => page.locator('.pages a').evaluateAll(all => all.map(link => link.getAttribute('href')));
  const all = await links();
  assert.ok(all.length > 40, `${all.length} pages`);
  const closed = new URL(demo.closed).pathname.replace(/\/index.*/, '');
  for (const wanted of ['/staff', '/staff/facts/subjects', '/staff/jury', closed, closed + '/index/ranks', closed + '/microdata']) assert.ok(all.includes(wanted), wanted);
  const search = async words => {
    await page.fill('#q', words);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    assert.equal(await page.inputValue('#q'), words);
    return links();
  };
  for (const words of ['phỏng vấn', 'phong van', 'PHONG VAN', 'vấn phỏng']) {
    const found = await search(words);
    assert.ok(found.length && found.length < all.length && found.some(href => href.endsWith('/field')), `${words}: ${found}`);
  }
  assert.deepEqual(await search('nhật ký'), ['/staff/journal']);
  assert.ok((await search('nui cam')).some(href => href.startsWith('/staff/facts?unit=')));
  await search('không có trang này đâu');
  await page.getByText('Không có trang nào khớp').waitFor();
  await examine(page, 'pages-none', {targets: false});
  // None of them leads nowhere.
  for (const href of all.filter(one => !/\/(facts\?|paper\/[a-z])/.test(one))) {
    assert.equal((await besides(page, 'GET', demo.address + href)).status(), 200, href);
  }
  await close(page);
});

test('in English whatever is Vietnamese says so', async () => {
  const page = await signedIn({script: 'off'});
  const closed = new URL(demo.closed).pathname;
  for (const path of ['/staff', closed, '/staff/facts', '/staff/awards', '/staff/pages', '/staff/scorecards', '/staff/campaigns/new']) {
    await page.goto(demo.address + path + (path.includes('?') ? '&' : '?') + 'lang=en');
    const unmarked = await page.evaluate(() => {
      const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const {parentElement: parent, data} = texts.currentNode;
        if (parent.closest('textarea, script') || !/[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]/.test(data)) continue;
        if (parent.closest('[lang]').lang != 'vi') found.push(data.trim());
      }
      return found;
    });
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
    assert.deepEqual(unmarked, [], path);
  }
  assert.ok(await page.locator('[lang=vi]').count() > 0);
  await close(page);
});
