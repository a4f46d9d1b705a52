// A year's scorecard by several people: opened, scored, appraised by somebody else, explained, closed, handed on.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {besides, examine, signIn, startBrowser, startOffice, visitor} from './support.mjs';

const password = 'ba con trau di qua cau go lim';
// A decision that an office entered itself: no survey in it.
const decision = {schema: 'khaosat/scorecard/1', id: 'scorecard_of_test', version: 1, title: {vi: 'Bộ tiêu chí thử của tỉnh'}, source: {issuer: 'kiểm thử'},
  fields: [{id: 'steering', title: {vi: 'Chỉ đạo, điều hành'}, maximum: 12, criteria: [
    {id: 'plan', title: {vi: 'Kế hoạch năm'}, maximum: 2, evidence: [{vi: 'Kế hoạch: số, ngày'}]},
    {id: 'reports', title: {vi: 'Báo cáo đúng hạn'}, maximum: 10, ratio: {numerator: {vi: 'số báo cáo đúng hạn'}, denominator: {vi: 'số báo cáo phải gửi'}, zero_at: 0, full_at: 1}}]}],
  bonus: {cap: 1, items: [{id: 'idea', title: {vi: 'Sáng kiến'}, maximum: 1}]}};
let office, browser;

before(async () => {
  office = await startOffice({added: {'scorecards/scorecard_of_test.json': decision}});
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await office?.stop();
});

const day = offset => new Date(Date.now() + 7 * 3600e3 + offset * 86400e3).toISOString().slice(0, 10);
const year = day(0).slice(0, 4);
const always = `${year - 1}-01-01,${Number(year) + 1}-12-31`;
const windows = {self_score: [-9, 1], first_appraisal: [-8, 2], explanation: [-7, 3], second_appraisal: [-6, 20]};

async function sound(page, name) {
  for (const width of [1280, 360]) {
    await page.setViewportSize({width, height: 800});
    await examine(page, `scorecards-${name}`, {targets: false});
  }
}

const signedIn = async name => signIn(await visitor(browser, {width: 1280, height: 800}), office.address, name, password);

const press = (page, act) => Promise.all([page.waitForNavigation(), page.locator(`#act-${act} button.main`).click()]);

test('a year goes from opening over self score, appraisal and explanation to its digest', async () => {
  const lan = await visitor(browser, {width: 1280, height: 800});
  await lan.goto(office.setup);
  for (const [field, text] of Object.entries({name: 'lan', display_name: 'Nguyễn Thị Lan', password, password_again: password})) await lan.fill('#' + field, text);
  await lan.keyboard.press('Enter');
  await lan.waitForURL(office.address + '/staff');
  const csrf = page => page.locator('[name=csrf]').first().inputValue();
  for (const name of ['binh', 'chinh']) {
    const made = await besides(lan, 'POST', office.address + '/staff/accounts', {maxRedirects: 0, form: {csrf: await csrf(lan), name, display_name: 'Người dùng ' + name, role: 'officer', password, password_again: password}});
    assert.equal(made.status(), 303);
  }

  await lan.goto(office.address + '/staff/scorecards');
  await sound(lan, 'empty');
  await lan.locator('a.main').click();
  await sound(lan, 'new');
  await lan.selectOption('#set', 'scorecard_of_test');
  await lan.selectOption('#unit', '01936@2025-07-01');
  await lan.fill('#year', year);
  await lan.locator('button.main').click();
  await lan.locator('#bodies').waitFor();
  await sound(lan, 'plan');
  for (const [stage, [from, until]] of Object.entries(windows)) {
    await lan.fill(`#${stage}_from`, day(from));
    await lan.fill(`#${stage}_until`, day(until));
  }
  await lan.fill('#bodies', 'code,name,appraises\nvp,Văn phòng,không\nhd,Hội đồng thẩm định,có');
  await lan.fill('#persons', `code,name,body,account,from,to\nbinh,Trần Văn Bình,vp,binh,${always}\nchinh,Lê Thị Chinh,hd,chinh,${always}`);
  const heads = `steering,vp,binh,head,${always},3/QĐ-UBND`;
  await lan.fill('#assignments', `item,body,person,duty,from,to,document\n${heads}\nsteering,hd,chinh,head,${always},`);
  await lan.locator('button.main').click();
  await lan.locator('.errors').waitFor();
  assert.match(await lan.locator('.errors').textContent(), /Dòng 3, cột person \(mã người\): .*người đứng đầu khác/);
  await sound(lan, 'plan-wrong');
  await lan.fill('#assignments', `item,body,person,duty,from,to,document\n${heads}`);
  await lan.locator('button.main').click();
  await lan.locator('#tree-title').waitFor();
  const href = new URL(lan.url()).pathname;
  await sound(lan, 'opened');

  const binh = await signedIn('binh');
  await binh.goto(office.address + '/staff/scorecards');
  assert.equal(await binh.locator('#waiting-title').textContent(), 'Việc đang chờ ông/bà (2)');
  await sound(binh, 'waiting');
  await binh.locator('a', {hasText: 'Kế hoạch năm'}).click();
  await sound(binh, 'item-open');
  await binh.fill('#score_self_points', '3');
  await binh.fill('#score_self_evidence', 'Kế hoạch 12/KH-UBND');
  await press(binh, 'score_self');
  assert.match(await binh.locator('.errors').textContent(), /mức tối đa là 2/);
  assert.equal(await binh.inputValue('#score_self_evidence'), 'Kế hoạch 12/KH-UBND');
  await sound(binh, 'item-wrong');
  await binh.fill('#score_self_points', '2');
  await binh.setInputFiles('#score_self_file', {name: 'ke-hoach.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\nkế hoạch')});
  await press(binh, 'score_self');
  assert.equal(await binh.locator('[id^=act-appraise]').count(), 0);

  const chinh = await signedIn('chinh');
  await chinh.goto(office.address + href + '/items/plan');
  await sound(chinh, 'item-self-scored');
  await chinh.fill('#appraise_first_points', '0,5');
  await press(chinh, 'appraise_first');
  assert.match(await chinh.locator('.errors').textContent(), /lý do/);
  assert.equal(await chinh.inputValue('#appraise_first_points'), '0,5');
  await chinh.fill('#appraise_first_note', 'Ban hành chậm hai tháng');
  await press(chinh, 'appraise_first');
  await sound(chinh, 'item-appraised');
  await chinh.fill('#demand_explanation_note', 'Vì sao ban hành chậm?');
  await press(chinh, 'demand_explanation');

  await binh.reload();
  assert.match(await binh.locator('main').textContent(), /Vì sao ban hành chậm/);
  await sound(binh, 'item-demanded');
  await binh.fill('#explain_note', 'Chờ hướng dẫn của tỉnh, văn bản 7/SNV');
  await binh.fill('#explain_evidence', 'Công văn 7/SNV');
  await press(binh, 'explain');
  await chinh.goto(office.address + href + '/items/plan');
  await sound(chinh, 'item-explained');
  await chinh.fill('#appraise_second_points', '1,5');
  await chinh.fill('#appraise_second_note', 'Chấp nhận một phần');
  await press(chinh, 'appraise_second');
  const history = chinh.locator('table').last().locator('tbody tr');
  assert.equal(await history.count(), 5);
  await sound(chinh, 'item-done');

  await binh.goto(office.address + href + '/items/reports');
  await binh.fill('#score_self_numerator', '9');
  await binh.fill('#score_self_denominator', '12');
  await press(binh, 'score_self');
  await chinh.goto(office.address + href + '/items/reports');
  await chinh.fill('#appraise_first_numerator', '9');
  await chinh.fill('#appraise_first_denominator', '12');
  await press(chinh, 'appraise_first');
  assert.match(await chinh.locator('dl.facts').first().textContent(), /7,5/);
  assert.equal((await besides(chinh, 'GET', office.address + href + '/points/xlsx')).status(), 200);
  assert.equal((await besides(chinh, 'GET', office.address + href + '/file/xlsx')).status(), 403);

  await lan.goto(office.address + href + '/close');
  await sound(lan, 'close-early');
  await lan.goto(office.address + href + '/plan');
  for (const [stage, offset] of [['self_score', -3], ['first_appraisal', -2], ['explanation', -1]]) await lan.fill(`#${stage}_until`, day(offset));
  await lan.fill('#reason', 'Cấp trên yêu cầu xong sớm');
  await lan.locator('button.main').click();
  await lan.locator('#tree-title').waitFor();
  await lan.goto(office.address + '/staff/scorecards');
  await lan.locator('#waiting-title + .table a').click();
  await lan.fill('#decision', '7/QĐ-UBND');
  await lan.check('#sure');
  await lan.locator('button.main').click();
  const digest = await lan.locator('#digest').textContent();
  assert.match(digest, /^[0-9a-f]{64}$/);
  await sound(lan, 'closed');
  await lan.locator('a.main').click();
  await sound(lan, 'facts');
  await lan.check('#add');
  await lan.locator('button.main').click();
  await lan.locator('[role=status]').waitFor();

  // The whole file names people: one asks, somebody else agrees.
  await chinh.goto(office.address + href);
  await chinh.fill('#leave_reason', 'Gửi Sở Nội vụ');
  await chinh.locator('#leave_reason ~ .actions button').click();
  await chinh.locator('#file ~ .notice').waitFor();
  await sound(chinh, 'file-waits');
  await lan.goto(office.address + '/staff/privacy');
  await lan.locator('form[action^="/staff/privacy/acts/"] button').click();
  await lan.waitForLoadState();
  await lan.goto(office.address + href + '#file');
  await sound(lan, 'file-ready');
  const workbook = await (await besides(lan, 'GET', office.address + href + '/file/xlsx')).body();
  await lan.goto(office.address + '/staff/scorecards/import');
  await lan.setInputFiles('#workbook', {name: 'year.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: workbook});
  await lan.locator('button.main').click();
  await lan.locator('dl.facts').waitFor();
  assert.ok((await lan.locator('dl.facts').textContent()).includes(digest), 'the file says the same');
  await sound(lan, 'preview');
  await lan.locator('button.main').click();
  assert.match(await lan.locator('.errors').textContent(), /đã có/);
  const tables = ['year', 'bodies', 'persons', 'assignments', 'deadlines', 'history'];
  const files = await Promise.all(tables.map(async name => ({name: name + '.csv', mimeType: 'text/csv', buffer: await (await besides(lan, 'GET', `${office.address}${href}/file/csv/${name}`)).body()})));
  files[5].buffer = Buffer.from(files[5].buffer.toString().replace(',2,', ',2.5,'));
  await lan.setInputFiles('#workbook', files);
  await lan.locator('button.main').click();
  await lan.locator('#faults-title').waitFor();
  assert.match(await lan.locator('#faults-title + .table tbody').textContent(), /history \(lịch sử\)2points \(điểm\)/);
  await sound(lan, 'import-wrong');
});
