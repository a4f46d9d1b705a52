// An interviewer's home: whom to visit, what waits to be sent, what to do when it cannot be.
import {mayBeSlip} from './field_seal.js';
import {keepDraining} from './field_queue.js';
import {database, due, isClosed, offer, read, rescueFile, said, say, work} from './field_store.js';

const kVisitsBeforeReplacing = 3;
const device = document.querySelector('#device');
const find = selector => device.querySelector(selector);
const word = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value),
  document.querySelector(`[data-word=${name}]`).textContent);
const copy = id => document.querySelector(`#${id}`).content.cloneNode(true);
const show = (selector, shown) => find(selector).toggleAttribute('hidden', !shown);

let go;

function personCard(one, sheet, list, begun) {
  const card = copy('person');
  const part = selector => card.querySelector(selector);
  const closed = isClosed(list);
  part('[data-id]').textContent = one.person;
  const state = closed ? list.at(-1) : begun ? 'begun' : one.drawn ? 'to_do' : 'reserve';
  part('[data-state]').textContent = word(state);
  part('[data-state]').classList.toggle('good', state == 'done');
  part('[data-direction]').textContent = one.direction;
  part('[data-direction]').hidden = !one.direction || closed;
  const visits = list.filter(outcome => outcome == 'not_reached').length;
  part('[data-attempts]').textContent = visits && !closed ? `${word('not_reached')} × ${visits}` : '';
  part('[data-attempts]').hidden = !visits || closed;
  if (closed) part('[data-open]').remove();
  else {
    part('[data-begin]').href = `/field/form#of=${encodeURIComponent(one.person)}`;
    if (begun) part('[data-begin]').textContent = word('continue');
    for (const button of card.querySelectorAll('[data-outcome]')) {
      const {outcome} = button.dataset;
      button.disabled = outcome == 'replaced' && visits < kVisitsBeforeReplacing;
      button.addEventListener('click', () => record(one.person, outcome));
    }
  }
  return card;
}

async function record(person, outcome) {
  if (outcome != 'not_reached' && !confirm(word('confirm', {outcome: word(outcome), person}))) return;
  try {
    await say(person, outcome);
  } catch {
    find('[data-note]').textContent = word('full');
  }
  await draw();
  go(false);
}

async function drawPeople() {
  const sheet = await read('device', 'sheet');
  const {people} = await said();
  const begun = await work('readonly', ({drafts}) => drafts.getAllKeys());
  find('[data-campaign]').textContent = sheet?.title ?? '';
  show('[data-demo]', sheet?.demo);
  show('[data-part=people]', sheet);
  if (!sheet) return;
  const open = due(sheet.sheet, people);
  const place = find('[data-people]');
  // Whoever opened a card keeps it open.
  const unfolded = new Set([...place.querySelectorAll('details[open]')].map(one => one.closest('article').querySelector('[data-id]').textContent));
  place.replaceChildren();
  for (const psu of new Set(open.map(one => one.psu))) {
    place.appendChild(document.createElement('h3')).textContent = sheet.places[psu] ?? psu;
    const here = open.filter(one => one.psu == psu);
    // Those still to be visited first, each group in the order of the draw.
    for (const closed of [false, true]) {
      for (const one of here.filter(other => isClosed(people[other.person]) == closed)) {
        const card = personCard(one, sheet, people[one.person] ?? [], begun.includes(one.person));
        if (unfolded.has(one.person)) card.querySelector('details')?.setAttribute('open', '');
        place.append(card);
      }
    }
  }
}

function interviewLine(state, code, why, mend) {
  const line = copy('interview');
  line.querySelector('[data-state]').textContent = word(state);
  line.querySelector('[data-state]').classList.toggle('good', state == 'sent');
  line.querySelector('[data-code]').textContent = code;
  line.querySelector('[data-why]').textContent = why;
  const form = line.querySelector('[data-mend]');
  if (!mend) form.remove();
  else {
    form.hidden = false;
    form.addEventListener('submit', async event => {
      event.preventDefault();
      const slip = form.elements.slip.value;
      if (!await mayBeSlip(slip)) return form.elements.slip.setCustomValidity(word('slip')), form.elements.slip.reportValidity();
      await mend(slip);
    });
    form.elements.slip.addEventListener('input', () => form.elements.slip.setCustomValidity(''));
  }
  return line;
}

async function drawQueue() {
  const [ids, rows, sent] = await work('readonly', ({outbox, sent}) => [outbox.getAllKeys(), outbox.getAll(), sent.getAll()]);
  find('[data-waiting]').textContent = rows.length ? word('waiting', {count: rows.length}) : word('none_waiting');
  find('[data-waiting]').classList.toggle('some', rows.length > 0);
  show('[data-part=queue]', rows.length + sent.length);
  show('[data-again]', rows.length);
  show('[data-part=rescue]', rows.length);
  // A line somebody is typing in stays as it is.
  if (device.querySelector('[data-mend] input:focus')) return;
  find('[data-queue]').replaceChildren(
    ...rows.map((row, at) => interviewLine(row.state, '', row.why ?? '', row.error == 'slip_refused' && (async slip => {
      await work('readwrite', ({outbox}) => { outbox.put({...row, state: 'pending', slip}, ids[at]); });
      await go(false);
    }))),
    ...sent.map(({receipt, blanked}) => interviewLine('sent', receipt, blanked ? word('blanked', {count: blanked}) : '')));
}

async function draw() {
  await drawPeople();
  await drawQueue();
}

// The worker fetches the pages anew, once for every time this page is opened: a questionnaire may have been
// published meanwhile, and the first time it was not there yet when they were loaded.
let pagesKept = false;
async function keepPages() {
  const sheet = await read('device', 'sheet');
  const worker = (await navigator.serviceWorker?.getRegistration('/field/'))?.active;
  if (pagesKept || !sheet || !worker) return;
  pagesKept = true;
  worker.postMessage({keep: ['/field/', ...sheet.languages.map(code => '/field/form' + (code == 'en' ? '?lang=en' : ''))]});
}

// Recordings of the questions, if they are small enough to be fetched over a poor line and kept.
const kMostSounds = 8 << 20;
let soundsAsked = false;
async function keepSounds() {
  const sheet = await read('device', 'sheet');
  if (!sheet) return;
  const sounds = sheet.sounds ?? [];
  const bytes = sounds.reduce((sum, one) => sum + one.bytes, 0);
  const tell = (name, values) => {
    find('[data-sounds]').textContent = word(name, values);
    show('[data-sounds]', bytes);
  };
  if (bytes > kMostSounds) return tell('sounds_large', {size: (bytes / 1e6).toFixed(1)});
  const kept = async () => {
    const cache = bytes && await globalThis.caches?.open('sounds');
    for (const {at} of cache ? sounds : []) {
      const list = await cache.match(at + 'list.json', {ignoreVary: true});
      const {files} = await list?.json() ?? {};
      const found = files && await Promise.all(files.map(name => cache.match(at + name)));
      if (!found?.every(Boolean)) return false;
    }
    return !!cache;
  };
  tell(await kept().catch(() => false) ? 'sounds_kept' : 'sounds_later');
  const worker = (await navigator.serviceWorker?.getRegistration('/field/'))?.active;
  if (soundsAsked || !worker || !navigator.onLine) return;
  soundsAsked = true;
  const channel = new MessageChannel();
  channel.port1.onmessage = async () => tell(await kept().catch(() => false) ? 'sounds_kept' : 'sounds_later');
  worker.postMessage({sounds: sounds.map(({at}) => at)}, [channel.port2]);
}

async function told({online, error, sentence}) {
  find('[data-note]').textContent = error == 'interviewer_not_enrolled' || error == 'campaign_closed' ? sentence
    : error ? `${word('outcomes')} ${sentence}` : online ? '' : word('offline');
  await draw();
  if (online) await keepPages();
  await keepSounds();
}

async function startWorker() {
  if (!navigator.serviceWorker) return;
  const registration = await navigator.serviceWorker.register('/field/sw.js', {scope: '/field/', updateViaCache: 'none'});
  const offerRenewal = () => show('[data-renewal]', registration.waiting);
  registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', offerRenewal));
  offerRenewal();
  find('[data-renew]').addEventListener('click', () => {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), {once: true});
    registration.waiting?.postMessage('renew');
  });
  await navigator.serviceWorker.ready;
  await keepPages();
  await keepSounds();
}

async function start() {
  device.hidden = false;
  show('[data-insecure]', !isSecureContext);
  try {
    await database();
  } catch {
    return show('[data-store]', true);
  }
  go = keepDraining(told);
  await draw();
  find('[data-again]').addEventListener('click', () => go(true));
  find('[data-rescue]').addEventListener('click', async () => offer(await rescueFile()));
  show('[data-persist]', !await navigator.storage?.persist?.().catch(() => false));
  await startWorker().catch(() => {});
}

if (device) start();
