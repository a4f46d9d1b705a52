// The form in an interviewer's hands. citizen.js pages it and evaluates its conditions; this keeps the draft,
// encrypted and outside the history, and takes the finished interview into the queue in one step: from then on
// this device cannot read it. Where nothing can be stored the form goes to the server as it would without script.
import './citizen.js';
import {mayBeSlip, randomId} from './field_seal.js';
import {sendInterview} from './field_queue.js';
import {database, offer, parcel, read, rescueFile, said, say, isClosed, work, write} from './field_store.js';

const find = selector => document.querySelector(selector);
const word = name => find(`[data-word=${name}]`).textContent;
const home = () => location.replace('/field/');

const form = find('#answers');
const finish = find('#finish');
const trouble = finish?.querySelector('[data-trouble]');
// Behind '#', so that no server and no log hears of it.
const person = new URLSearchParams(location.hash.slice(1)).get('of');
let over = false;  // kept: nothing may be saved, shown or sent any more
let sheet;

function tell(text) {
  trouble.textContent = text;
  trouble.hidden = !text;
  if (text) trouble.focus();
}

const fields = () => [...new FormData(form)];

let saving = Promise.resolve();
function saveDraft(at) {
  if (over || !person) return;
  const state = {at, fields: fields()};
  // One after the other, so that an older state never lands on a newer one.
  saving = saving.then(() => over || write('drafts', person, state)).then(() => tell(''), () => tell(word('full')));
}

function fill(fields) {
  for (const [name, value] of fields) {
    for (const control of [...form.elements].filter(element => element.name == name)) {
      if (/radio|checkbox/.test(control.type)) control.checked ||= control.value == value;
      else if (control.type != 'submit' && !/^_(at|lang|version)$/.test(name)) control.value = value;
    }
  }
  form.dispatchEvent(new Event('input'));
}

const goTo = at => dispatchEvent(new PopStateEvent('popstate', {state: {at}}));

// What the last page shows: which questions have no answer. Not the answers: the tablet may be seen.
function showFinish() {
  const open = [...form.querySelectorAll('section fieldset[id]:not([disabled])')].filter(question => {
    const typed = [...question.querySelectorAll('input:not([type=radio]):not([type=checkbox]), textarea, select')];
    return (typed.length || question.querySelector('input')) && !question.querySelector(':checked') && !typed.some(control => control.value.trim());
  });
  const note = finish.querySelector('[data-unanswered]');
  note.textContent = open.length ? note.dataset.some.replace('{count}', open.length) : note.dataset.none;
  finish.querySelector('[data-unanswered-list]').hidden = !open.length;
  finish.querySelector('[data-unanswered-list] ul').replaceChildren(...open.map(question => {
    const line = document.createElement('li');
    line.textContent = (question.querySelector('legend > [id]') ?? question.querySelector('legend')).firstChild.textContent.trim();
    return line;
  }));
  form.hidden = true;
  finish.hidden = false;
  finish.querySelector('h1').focus();
  scrollTo(0, 0);
}

function backToForm(at) {
  finish.hidden = true;
  form.hidden = false;
  if (at !== undefined) goTo(at);
}

// Nothing of it stays on the screen, in the page or behind Back.
function leave() {
  over = true;
  form.reset();
  document.body.replaceChildren();
  home();
}

const finished = () => [...fields().filter(([name]) => !/^_(step|at|switch|shown|to_check|large|contrast)$/.test(name)), ['_at', 'check']];

async function save() {
  if (over) return;
  const language = finish.querySelector('[name=talk]:checked')?.value;
  const helper = finish.querySelector('[name=help]:checked')?.value;
  if (!language || !helper) return tell(word('missing'));
  const slip = form.elements._slip;
  if (slip && !await mayBeSlip(slip.value)) {
    backToForm(0);
    slip.focus();
    return tell(word('slip'));
  }
  over = true;
  try {
    await saving;
    const id = form.elements._id.value;
    const box = await parcel(sheet, finished());
    const outcome = await say(person, 'done', {language, helper, also: ({outbox}) => outbox.put({state: 'pending', ...box}, id)});
    if (outcome == 'settled') {
      over = false;
      return tell(word('settled'));
    }
    leave();
  } catch (fault) {
    over = false;
    tell(word(fault?.name == 'QuotaExceededError' ? 'full' : 'unsaved'));
    find('[data-full-help]').hidden = false;
  }
}

// The device is full but there is a network: past the queue. What became of the person is said when there is room.
async function sendNow() {
  const id = form.elements._id.value;
  const reply = await sendInterview(id, await parcel(sheet, finished()));
  if (!reply?.receipt) return tell(reply?.sentence ?? word('unsaved'));
  await work('readwrite', ({drafts}) => { drafts.delete(person); }).catch(() => {});
  await say(person, 'done', {language: finish.querySelector('[name=talk]:checked')?.value, helper: finish.querySelector('[name=help]:checked')?.value}).catch(() => {});
  leave();
}

async function start() {
  if (!form || !finish) return;
  try {
    await database();
    sheet = await read('device', 'sheet');
  } catch {
    return;  // nothing can be kept here: everything goes to the server step by step
  }
  if (!sheet) return;
  const known = sheet.sheet.people.find(one => one.person == person);
  if (!known || isClosed((await said()).people[person])) return home();
  form.addEventListener('draft', ({detail}) => saveDraft(detail));
  // After citizen.js has had its say: what it lets through is the end of the form, or leaving it.
  form.addEventListener('submit', event => {
    delete form.dataset.gone;
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (event.submitter?.value == 'refuse') return home();
    if (event.submitter?.name == '_switch') {
      saveDraft(0);
      saving.then(() => { location.href = `/field/form?lang=${event.submitter.value}#of=${person}`; });
      return;
    }
    if (!form.elements._consent.checked || [...form.querySelectorAll('[data-needed]')].some(control => control.type != 'checkbox' && !control.value)) return askEntrance();
    showFinish();
  });
  finish.querySelector('[data-save]').addEventListener('click', save);
  finish.querySelector('[data-return]').addEventListener('click', () => backToForm());
  find('[data-send-now]').addEventListener('click', sendNow);
  find('[data-full-help] [data-rescue]').addEventListener('click', async () => {
    const file = JSON.parse(await rescueFile());
    file.answers.push({_id: form.elements._id.value, ...await parcel(sheet, finished())});
    offer(JSON.stringify(file));
  });
  // Not what the browser fills in by itself, and not what an earlier entry of the history remembers.
  history.replaceState(null, '');
  const draft = await read('drafts', person);
  // Begun with another version of the questionnaire: its own page has a place for every answer. Without a network
  // this one takes what it knows, as an id never changes its meaning.
  const made = draft?.fields.find(([name]) => name == '_version')?.[1];
  if (made && made != form.elements._version.value && !location.search.includes('v=' + made)) {
    const own = `/field/form?v=${made}&lang=${form.elements._lang.value}`;
    const there = await fetch(own, {cache: 'no-store'}).then(answer => answer.ok && !answer.redirected, () => false);
    if (there) return location.replace(`${own}#of=${person}`);
  }
  if (draft) {
    fill(draft.fields);
    goTo(draft.at);
  } else {
    form.reset();
    form.elements._id.value = randomId();
    if (form.elements._place) form.elements._place.value = known.psu;
    goTo(0);
  }
  addEventListener('pageshow', ({persisted}) => persisted && location.reload());
  document.documentElement.dataset.ready = 'yes';
}

// The browser's own words for what is missing before the first question.
function askEntrance() {
  goTo(0);
  for (const control of form.querySelectorAll('[data-needed]')) {
    if (control.type == 'checkbox' ? control.checked : control.value) continue;
    control.required = true;
    control.reportValidity();
    control.required = false;
    return;
  }
}

start();
