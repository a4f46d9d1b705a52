// Every page of citizens and the main ones of the office as a text browser shows them: what must be read is
// there and in a sensible order, and a whole form is filled in and sent by nothing but its own fields. With
// KHAOSAT_SCREENSHOTS=folder the dumps are kept, to be read by a person.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {startDemo, startServer} from './support.mjs';

let site, demo;
before(async () => {
  site = await startServer(process.env.KHAOSAT_PAGES_SERVER);
  demo = await startDemo();
}, {timeout: 120000});
after(async () => {
  site?.stop();
  await demo?.stop();
});

const shots = process.env.KHAOSAT_SCREENSHOTS;
const flat = text => text.replace(/\s+/g, ' ').trim();

// As it stands on a terminal of 80 columns.
function dump(html, name) {
  const shown = spawnSync('w3m', ['-T', 'text/html', '-I', 'UTF-8', '-O', 'UTF-8', '-cols', '80', '-dump'], {input: html, encoding: 'utf8'});
  assert.equal(shown.status, 0, shown.stderr);
  if (shots) {
    mkdirSync(shots, {recursive: true});
    writeFileSync(`${shots}/text-${name}.txt`, shown.stdout);
  }
  return flat(shown.stdout);
}

// Each text is there, behind the one before.
function inOrder(shown, texts, name) {
  let at = 0;
  for (const text of texts) {
    const found = shown.indexOf(flat(text), at);
    assert.ok(found >= 0, `${name}: "${text}" is missing${shown.includes(flat(text)) ? ' here, it stands too early' : ''}\n${shown}`);
    at = found + flat(text).length;
  }
}

const unescape = text => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&apos;|&#39;/g, '\'').replace(/&amp;/g, '&');
const attributes = tag => Object.fromEntries([...tag.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].slice(1).map(([, name, value]) => [name, unescape(value ?? '')]));

// The form of the page as a text browser would send it; `choose(name, values)` says what to tick or type.
function filled(html, choose) {
  const form = /<form id="answers"[\s\S]*?<\/form>/.exec(html)[0];
  const fields = new URLSearchParams();
  const choices = {};
  for (const [tag] of form.matchAll(/<input [^>]*>/g)) {
    const {type, name, value, ...rest} = attributes(tag);
    if (type == 'hidden') fields.append(name, value);
    else if (!name) continue;
    else if (type == 'radio' || type == 'checkbox') (choices[name] ??= []).push(value);
    else fields.append(name, choose(name, [], rest) ?? value ?? '');
  }
  for (const [, name, inside] of form.matchAll(/<select [^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g)) {
    const values = [...inside.matchAll(/<option(?: value="([^"]*)")?/g)].map(found => found[1]).filter(Boolean);
    fields.append(name, choose(name, values) ?? '');
  }
  for (const [, name] of form.matchAll(/<textarea [^>]*name="([^"]*)"/g)) fields.append(name, choose(name, []) ?? '');
  for (const [name, values] of Object.entries(choices)) {
    const chosen = choose(name, values);
    if (chosen !== undefined) fields.append(name, chosen);
  }
  return fields;
}

const questionnaire = name => JSON.parse(readFileSync(new URL(`../../survey_defs/questionnaires/${name}.json`, import.meta.url)));
const scale = name => JSON.parse(readFileSync(new URL(`../../survey_defs/scales/${name}.json`, import.meta.url)));
const absences = JSON.parse(readFileSync(new URL('../../web/locales/vi.json', import.meta.url)));

// What a person reads of a question, in order: it, its hint, its answers, the ways of not answering.
const words = ({text, hint, options, scale: named, absences: away = []}) => [text.vi, ...hint ? [hint.vi] : [],
  ...(options ?? (named ? scale(named).options : [])).map(option => option.text.vi), ...away.map(code => absences['form.absence.' + code])];

const asked = ({questions}, shown) => questions.filter(({text}) => shown.includes(flat(text.vi)));

for (const [name, path] of [['citizen_satisfaction', 'slips'], ['exit_one_minute', 'spoken']]) {
  test(`${name} is read, filled in and sent with a text browser`, async () => {
    const {title, introduction, consent, sections} = questionnaire(name);
    const address = site.url(site[path]);
    let html = await (await fetch(address)).text();
    const start = dump(html, `${name}-start`);
    inOrder(start, ['Đến nội dung chính', ...introduction.map(text => text.vi), ...consent.map(text => text.vi), 'Tôi đồng ý trả lời',
      absences['start.begin'], absences['start.refuse']], 'start');
    // It knows no <template>: the questions for the module stand below, and what is answered there travels on.
    inOrder(start, [absences['start.refuse'], sections[0].title.vi, sections[0].questions[0].text.vi], 'start');
    let page = 'start', seen = new Set();
    const slip = path == 'slips' ? site.slip() : '';
    for (let steps = 0; page != 'check' && steps < 40; ++steps) {
      const fields = filled(html, (field, values) => field == '_slip' ? slip : field == '_consent' ? 'yes' : field.startsWith('_') ? (field == '_place' ? values[0] : undefined)
        : values.find(value => !value.startsWith('~')));
      fields.set('_step', 'next');
      const answer = await fetch(address, {method: 'POST', body: fields});
      html = await answer.text();
      assert.ok(answer.status == 200, `${answer.status} ${dump(html, 'wrong')}`);
      page = /name="_at" value="([^"]*)"/.exec(html)[1];
      const shown = dump(html, `${name}-${page}`);
      if (page == 'check') break;
      const section = sections[page - 1];
      inOrder(shown, [section.title.vi, ...asked(section, shown).flatMap(words), absences['form.next'], absences['form.back']], `section ${page}`);
      asked(section, shown).forEach(({id}) => seen.add(id));
    }
    assert.ok(seen.size >= (name == 'exit_one_minute' ? 5 : 30), `${seen.size} questions were seen`);
    const check = dump(html, `${name}-check`);
    const answered = sections.flatMap(({questions}) => questions).filter(({id, type}) => seen.has(id) && type != 'information');
    inOrder(check, [absences['check.title'], absences['check.send'], ...answered.map(({text}) => text.vi)], 'check');
    const fields = filled(html, () => undefined);
    fields.set('_step', 'send');
    const receipt = dump(await (await fetch(address, {method: 'POST', body: fields})).text(), `${name}-receipt`);
    assert.match(receipt, /[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}/);
    assert.equal(await site.arrived(site[path]), 1);
    assert.ok(title.vi);
  });
}

test('refusals, faults and the front page say in plain text what they are', async () => {
  const page = async (path, options) => dump(await (await fetch(site.url(path), options)).text(), path.replaceAll(/\W+/g, '-') + (options ? 'faults' : ''));
  inOrder(await page('/'), ['Khảo sát', 'Khảo sát'], 'front');
  inOrder(await page('/s/nowhere'), ['Không tìm thấy'], 'not found');
  inOrder(await page(site.over), ['đã kết thúc'], 'over');
  const faults = await page(site.slips, {method: 'POST', body: new URLSearchParams({_step: 'next', _at: 'start'})});
  inOrder(faults, [absences['form.error_title'], absences['start.slip_missing'], absences['error.consent_missing'], absences['start.slip']], 'faults');
  const types = new URLSearchParams({_step: 'next', _at: 'start', _consent: 'yes', _place: 'v3'});
  inOrder(await page(site.every_type, {method: 'POST', body: types}), [absences['form.next']], 'types');
});

test('a kiosk and an interviewer\'s device can be read as well', async () => {
  inOrder(dump(await (await fetch(site.url('/kiosk'))).text(), 'kiosk'), [absences['kiosk.enrol.title']], 'kiosk');
  inOrder(dump(await (await fetch(site.url('/field/'))).text(), 'field'), [absences['field.home.title'], absences['field.enrol.code']], 'field');
});

test('the main pages of the office are read with a text browser', async () => {
  const say = key => absences[key];
  const get = (path, cookie) => fetch(demo.address + path, {headers: {cookie}, redirect: 'manual'});
  inOrder(dump(await (await get('/staff/sign-in', '')).text(), 'staff-sign-in'), [say('staff.sign_in.title'), say('staff.field.name') ?? 'Tên'], 'sign in');
  const entered = await fetch(demo.address + '/staff/sign-in', {method: 'POST', redirect: 'manual', headers: {origin: demo.address},
    body: new URLSearchParams({name: 'demo', password: demo.password, next: '/staff'})});
  const cookie = entered.headers.getSetCookie().map(one => one.split(';')[0]).join('; ');
  const closed = new URL(demo.closed).pathname.replace(/\/index.*/, '');
  const pages = {
    '/staff': ['staff.nav.campaigns', 'staff.nav.awards', 'site.sign_out', 'staff.overview.title', 'staff.campaigns.title', 'site.all_pages'],
    [closed]: ['staff.campaign.next', 'staff.results.go', 'staff.participation.title', 'staff.participation.arrived', 'staff.participation.total'],
    [closed + '/index']: ['staff.analyst.tab.index', 'staff.analyst.tab.years'],
    '/staff/facts': ['staff.nav.facts', 'staff.facts.unit', 'staff.facts.year', 'staff.facts.show'],
    '/staff/awards': ['staff.nav.awards'],
    '/staff/scorecards': ['staff.scorecard.title'],
    '/staff/campaigns/new': ['staff.campaign.new'],
    '/staff/pages': ['staff.pages.title', 'staff.pages.search', 'staff.campaigns.title', 'staff.nav.awards'],
  };
  for (const [path, keys] of Object.entries(pages)) {
    const answer = await get(path, cookie);
    assert.equal(answer.status, 200, path);
    inOrder(dump(await answer.text(), 'office' + path.replaceAll(/[^a-z]+/g, '-')), [say('site.skip'), ...keys.map(say)], path);
  }
});
