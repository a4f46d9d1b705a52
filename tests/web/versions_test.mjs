// A newer version of the questionnaire while people answer: who began finishes with what they see, the next person
// gets the new one. The campaign of `site.open` is renewed: "sex" is retired, "sex_of_respondent" is new.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {beginWith, consent, enrol, keep, sent, toFinish, until} from './field_device.mjs';
import {startLine} from './flaky_line.mjs';
import {begin, examine, onward, press, send, startBrowser, startOffice, startServer, toCheck, visitor} from './support.mjs';

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

const day = offset => new Date(Date.now() + offset * 86400e3).toISOString().slice(0, 10);

test('the officer reads what changes, is refused what changes a meaning, and publishes the rest', {timeout: 240000}, async () => {
  const form = () => JSON.parse(readFileSync(new URL('../../survey_defs/questionnaires/exit_one_minute.json', import.meta.url)));
  const [second, third] = [2, 3].map(version => ({...form(), version}));
  for (const one of [second, third]) {
    const {questions} = one.sections[0];
    questions.find(({id}) => id == 'waiting').text.vi = 'Ông/bà hài lòng đến mức nào về thời gian phải chờ hôm nay?';
    questions.push({id: 'came_how', type: 'single_choice', text: {vi: 'Ông/bà đến bằng gì?', en: 'How did you come?'},
      options: [{id: 'foot', text: {vi: 'Đi bộ', en: 'On foot'}}, {id: 'motorbike', text: {vi: 'Xe máy', en: 'Motorbike'}}]});
  }
  third.sections[0].questions.find(({id}) => id == 'outcome_today').options.pop();
  const office = await startOffice({added: {'questionnaires/exit_one_minute.v2.json': second, 'questionnaires/exit_one_minute.v3.json': third}});
  const {address, setup} = office;
  try {
    const page = await visitor(browser, {width: 1000, height: 800});
    const sound = name => examine(page, `versions-${name}`, {targets: false});
    await page.goto(setup);
    const password = 'ba con trau trang di qua cau';
    for (const [id, value] of Object.entries({name: 'lan', display_name: 'Nguyễn Thị Lan', password, password_again: password})) await page.fill('#' + id, value);
    await page.locator('button.main').click();
    await page.waitForURL(address + '/staff');
    await page.goto(address + '/staff/campaigns/new');
    await page.selectOption('#questionnaire', 'exit_one_minute/1').catch(() => page.check('input[value="exit_one_minute/1"]'));
    await page.fill('#title', 'Một phút góp ý');
    await page.fill('#office', 'UBND xã Nà Phặc');
    await page.fill('#opens_on', day(-3));
    await page.fill('#closes_on', day(30));
    await page.check('input[name=sample][value=none]');
    await page.check('input[name=admission][value=open]');
    await page.check('input[value="xa_na_phac_2025"]');
    await page.fill('#psus', 'unit,psu,title\nxa_na_phac_2025,v1,Bộ phận một cửa');
    await page.locator('button.main').click();
    await page.waitForURL(/campaigns\/[a-z0-9]{10}$/);
    const campaign = page.url();
    const id = campaign.split('/').pop();
    await page.goto(campaign + '/open');
    await page.check('#confirm');
    await page.locator('button.main').click();
    await page.waitForURL(campaign);
    const handOut = async () => {
      await page.goto(campaign + '/paper');
      await page.fill('#forms', '2');
      await page.locator('form:has(#forms) button').click();
      await page.waitForLoadState();
    };
    await handOut();

    await page.goto(campaign);
    await page.getByRole('link', {name: 'Công bố phiên bản mới'}).click();
    // The newest is shown first, and it lost an option.
    await page.locator('#refusals').waitFor();
    assert.match(await page.locator('#refusals').textContent(), /mất một lựa chọn.*only_asked/s);
    assert.match(await page.locator('#refusals').textContent(), /outcome_today/);
    await sound('refused');
    await page.getByRole('link', {name: '2', exact: true}).click();
    await page.locator('#reason').waitFor();
    assert.match(await page.locator('.changes').textContent(), /Câu hỏi mới.*Ông\/bà đến bằng gì/s);
    assert.match(await page.locator('.changes').textContent(), /Nay:.*phải chờ hôm nay/s);
    await sound('changes');
    await page.locator('button.main').click();
    await page.locator('.errors').waitFor();
    await sound('missing');
    await page.check('[name=same][value=waiting]');
    await page.fill('#reason', 'Nhiều người hiểu nhầm câu về thời gian chờ.');
    await page.check('#confirm');
    await page.locator('button.main').click();
    await page.waitForURL(campaign);
    assert.match(await page.locator('main').textContent(), /exit_one_minute\/2 từ ngày/);
    await sound('published');
    // Sheets handed out before are printed as they were, those handed out now as they are.
    await handOut();
    for (const [batch, version, asked] of [[1, 1, false], [2, 2, true]]) {
      await page.goto(`${campaign}/paper/batches/${batch}`);
      const text = await page.evaluate(() => document.body.innerText);
      assert.ok(text.includes(`exit_one_minute/${version}`), `batch ${batch}`);
      assert.equal(text.includes('Ông/bà đến bằng gì?'), asked, `batch ${batch}`);
    }
    const citizen = await visitor(browser);
    await citizen.goto(`${address}/s/${id}`);
    assert.equal(await version(citizen), '2');
    await citizen.goto(`${address}/s/${id}?v=1`);
    assert.equal(await version(citizen), '1');
    await page.goto(address + '/staff/journal');
    assert.match(await page.locator('main').textContent(), /Nhiều người hiểu nhầm/);
    await page.setViewportSize({width: 360, height: 740});
    await page.goto(campaign + '/version?to=3');
    await sound('narrow');
    await citizen.context().close();
    await page.context().close();
  } finally {
    await office.stop();
  }
});
