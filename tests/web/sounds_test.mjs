// Questions and answers read aloud: recordings, the device's own voice, neither; by finger, by keyboard, without a script.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {beginWith, consent, enrol, until} from './field_device.mjs';
import {startLine} from './flaky_line.mjs';
import {begin, examine, press, sideways, startBrowser, startServer, visitor} from './support.mjs';

let site, browser;
before(async () => {
  site = await startServer(process.env.KHAOSAT_PAGES_SERVER);
  browser = await startBrowser({}, ['--autoplay-policy=no-user-gesture-required']);
});
after(async () => {
  await browser?.close();
  site?.stop();
});

const close = page => page.context().close();
const question = (page, id) => page.locator(`#q-${id}`);
const ofQuestion = (page, id) => page.locator(`#q-${id} > legend > .listen`);
const ofOption = (page, id, option) => page.locator(`.hear:has(input[name="${id}"][value="${option}"]) > .listen`);
const name = button => button.getAttribute('aria-label');

// What plays now, seen from outside the module.
const spy = page => page.addInitScript(() => {
  window.sounds = [];
  const Real = window.Audio;
  window.Audio = function (address) {
    const audio = new Real(address);
    window.sounds.push(audio);
    return audio;
  };
});
const playing = page => page.evaluate(() => window.sounds.filter(sound => !sound.paused && !sound.ended).map(sound => new URL(sound.src).pathname.split('/').pop()));
const plays = async (page, file) => {
  for (let i = 0; i < 100; ++i) {
    const now = await playing(page);
    if (file ? now.length == 1 && now[0] == file : !now.length) return;
    await new Promise(resolve => setTimeout(resolve, 30));
  }
  assert.fail(`plays ${await playing(page)}, not ${file}`);
};

// A device with these voices; speaking takes until it is told to stop.
const voices = (page, list) => page.addInitScript(given => {
  window.spoken = [];
  const speech = {
    getVoices: () => given, addEventListener() {}, current: null,
    speak(utterance) { window.spoken.push({text: utterance.text, voice: utterance.voice.name}); speech.current = utterance; },
    cancel() { const one = speech.current; speech.current = null; one?.onerror?.(); },
  };
  Object.defineProperty(window, 'speechSynthesis', {value: speech});
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
}, list);
const local = {name: 'An', lang: 'vi-VN', localService: true};

for (const width of [360, 1280]) {
  test(`recordings play one at a time and stop on the second press, ${width} px`, async () => {
    const page = await visitor(browser, {width});
    await spy(page);
    const asked = [];
    page.on('request', request => /\.mp3$/.test(request.url()) && asked.push(request.url()));
    await begin(page, site, {path: site.spoken});
    const first = ofQuestion(page, 'outcome_today');
    await first.waitFor();
    assert.equal(await name(first), 'Nghe câu hỏi');
    assert.equal(await name(ofOption(page, 'outcome_today', 'done')), 'Nghe lựa chọn Đã xong');
    assert.equal(await name(ofOption(page, 'outcome_today', '~declined')), 'Nghe lựa chọn Không muốn trả lời');
    // Nothing is fetched or heard before somebody asks.
    assert.deepEqual(asked, []);
    assert.deepEqual(await playing(page), []);
    // The answers' names do not contain the buttons' names.
    assert.equal(await page.getByRole('radio', {name: 'Đã xong', exact: true}).count(), 1);
    assert.equal(await page.getByRole('group', {name: 'Hôm nay việc của ông/bà đã xong chưa?', exact: true}).count(), 1);
    await examine(page, 'sounds');

    await first.click();
    await plays(page, 'outcome_today.mp3');
    assert.equal(await name(first), 'Dừng nghe');
    await examine(page, 'sounds-playing');
    await ofOption(page, 'outcome_today', 'done').click();
    await plays(page, 'outcome_today.done.mp3');
    assert.equal(await name(first), 'Nghe câu hỏi');
    // Listening is not answering.
    assert.equal(await page.locator('input:checked[name="outcome_today"]').count(), 0);
    await ofOption(page, 'outcome_today', 'done').click();
    await plays(page);
    // A whole one ends by itself and can be heard again.
    await first.click();
    await plays(page, 'outcome_today.mp3');
    await plays(page);
    assert.equal(await name(first), 'Nghe câu hỏi');
    // Going on is silence.
    await first.click();
    await plays(page, 'outcome_today.mp3');
    await press(page, 'next');
    await plays(page);
    await close(page);
  });
}

test('the keyboard reaches each button behind what it reads, and presses it', async () => {
  const page = await visitor(browser);
  await spy(page);
  await begin(page, site, {path: site.spoken});
  await ofQuestion(page, 'outcome_today').focus();
  await page.keyboard.press('Enter');
  await plays(page, 'outcome_today.mp3');
  await page.keyboard.press(' ');
  await plays(page);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.value), 'must_return');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Nghe lựa chọn Chưa, tôi phải quay lại');
  await page.keyboard.press('Enter');
  await plays(page, 'outcome_today.must_return.mp3');
  await close(page);
});

test('a recording that cannot be fetched says so, or the device reads instead', async () => {
  for (const list of [[], [local]]) {
    const page = await visitor(browser);
    await voices(page, list);
    await page.route('**/*.mp3', route => route.abort());
    await begin(page, site, {path: site.spoken});
    await ofQuestion(page, 'outcome_today').click();
    if (list.length) await page.waitForFunction(() => window.spoken.length == 1);
    else await page.locator('[role=status]', {hasText: 'không có mạng'}).waitFor();
    await close(page);
  }
});

test('without a recording the device reads by a voice of its own, in the language of the text', async () => {
  const page = await visitor(browser);
  await voices(page, [{name: 'far away', lang: 'vi-VN', localService: false}, {name: 'English', lang: 'en-US', localService: true}, local]);
  await begin(page, site);
  await ofQuestion(page, 'used_procedure').click();
  await ofOption(page, 'used_procedure', 'no').click();
  const spoken = await page.evaluate(() => window.spoken);
  assert.deepEqual(spoken.map(({voice}) => voice), ['An', 'An']);
  assert.ok(spoken[0].text.startsWith((await question(page, 'used_procedure').locator('legend').textContent()).slice(0, 20)));
  assert.equal(spoken[1].text, await page.locator('.row:has(input[name="used_procedure"][value="no"]) span').textContent());
  await examine(page, 'sounds-voice');
  await close(page);
});

test('a voice that would send the text away is not used; with neither there is no button', async () => {
  for (const list of [[], [{name: 'far away', lang: 'vi-VN', localService: false}], [{name: 'English', lang: 'en-US', localService: true}]]) {
    const page = await visitor(browser);
    await voices(page, list);
    await begin(page, site);
    await page.waitForTimeout(300);
    assert.equal(await page.locator('.listen').count(), 0);
    await close(page);
  }
});

test('where nothing can be heard nothing is fetched for it', async () => {
  const page = await visitor(browser);
  await voices(page, []);
  const asked = [];
  page.on('request', request => asked.push(new URL(request.url()).pathname));
  await begin(page, site);
  assert.ok(!asked.some(path => /listen|sound/.test(path)), asked.join(' '));
  await close(page);
});

test('every kind of question has its buttons', async () => {
  const page = await visitor(browser);
  await voices(page, [local]);
  await begin(page, site, {path: site.every_type});
  await page.locator('.listen:visible').first().waitFor();
  const without = await page.evaluate(() => [...document.querySelectorAll('fieldset[id^=q-]')].filter(one => !one.querySelector(':scope > legend > .listen')).map(one => one.id));
  assert.deepEqual(without, []);
  const rows = await page.evaluate(() => [...document.querySelectorAll('fieldset[id^=q-] .row, fieldset[id^=q-] select')].filter(one => !one.parentElement.matches('.hear')).map(one => one.outerHTML.slice(0, 80)));
  assert.deepEqual(rows, []);
  await examine(page, 'sounds-types');
  await close(page);
});

test('without JavaScript the browser\'s own players stand at the questions', async () => {
  const page = await visitor(browser, {script: 'off'});
  await page.goto(site.url(site.spoken));
  await page.selectOption('#place', 'v3');
  await page.check('#consent');
  await press(page, 'next');
  const players = page.locator('#q-outcome_today audio[controls][preload=none]');
  assert.ok(await players.count() >= 5);
  assert.match(await players.first().getAttribute('src'), /\/outcome_today\.mp3$/);
  assert.equal(await page.locator('audio[autoplay]').count(), 0);
  await page.getByText('Nghe từng lựa chọn').first().click();
  assert.ok(await players.nth(1).isVisible());
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await close(page);
});

test('with large text at 320 px buttons and words stand beside each other', async () => {
  const page = await visitor(browser, {width: 320});
  await begin(page, site, {path: site.spoken});
  await ofQuestion(page, 'outcome_today').waitFor();
  await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
  assert.equal(await sideways(page), '');
  await examine(page, 'sounds-large');
  const overlap = await page.evaluate(() => [...document.querySelectorAll('legend > .listen')].filter(button => button.checkVisibility()).some(button => {
    const range = document.createRange();
    range.selectNodeContents(button.previousSibling);
    const own = button.getBoundingClientRect();
    return [...range.getClientRects()].some(box => box.right > own.left && box.left < own.right && box.bottom > own.top && box.top < own.bottom);
  }));
  assert.ok(!overlap, 'a question runs below its button');
  await close(page);
});

test('a kiosk reads aloud, keeps a listener\'s turn, and is silent for the next person', async () => {
  const page = await visitor(browser, {width: 800, height: 1280});
  await spy(page);
  const [code] = await site.kiosk(site.spoken);
  await page.goto(site.url('/kiosk'));
  await page.fill('#code', code);
  await page.locator('main button.main').click();
  await press(page, 'begin-vi');
  await page.check('#consent');
  await press(page, 'next');
  const first = ofQuestion(page, 'outcome_today');
  await first.waitFor();
  assert.equal(await page.locator('audio').count(), 0, 'buttons stand in the place of the players');
  await examine(page, 'sounds-kiosk');
  await first.click();
  await plays(page, 'outcome_today.mp3');
  await press(page, 'stop');
  await page.locator('.welcome').waitFor();
  await plays(page);
  await close(page);
});

test('an interviewer\'s device keeps the recordings of its sheet, says so, and plays them without a network', async () => {
  const line = await startLine(site.address);
  const page = await visitor(browser);
  try {
    await spy(page);
    await enrol(page, site, line, {path: site.spoken});
    await page.locator('[data-sounds]', {hasText: 'đã có trong máy'}).waitFor();
    line.cut();
    await page.context().setOffline(true);
    await page.reload();
    await page.locator('[data-sounds]', {hasText: 'đã có trong máy'}).waitFor();
    await beginWith(page, await page.locator('.person [data-id]').first().textContent());
    await consent(page);
    await ofQuestion(page, 'outcome_today').click();
    await plays(page, 'outcome_today.mp3');
    assert.ok(await until(() => page.evaluate(() => window.sounds.at(-1).currentTime > 0)));
  } finally {
    await close(page);
    line.stop();
  }
});
