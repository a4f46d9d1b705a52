// A tablet for everybody. Pages are fetched and put in place of one another, so that there is one history
// entry and nothing behind Back; nothing is stored anywhere. Pages work without it, by plain forms.

import {isPlaying, listen, silence} from './listen.js';

let busy = false;
let touched = Date.now();  // somebody was there
let heard = Date.now();    // the server knows
let retry;
const kAliveEvery = 20000;

const kind = () => document.body.dataset.kiosk;
const seconds = name => +document.body.dataset[name];
const dialog = () => document.querySelector('dialog');

// Beside the questions of the page that is shown now.
function hear() {
  listen(document.querySelector('[data-listen]'));
}

function put(page) {
  silence();
  const [script, now] = [page, document].map(one => one.querySelector('script[src]')?.src);
  // The program was renewed meanwhile: take its scripts and styles as well.
  if (script && script != now && page.body.dataset.kiosk == 'welcome') return location.replace('/kiosk');
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  document.body.replaceWith(document.adoptNode(page.body));
  touched = Date.now();
  hear();
  scrollTo(0, 0);
  if (kind() != 'welcome') document.querySelector('.errors, h1')?.focus();
}

async function go(address, body) {
  const answer = await fetch(address, {method: body ? 'POST' : 'GET', body, cache: 'no-store'});
  heard = Date.now();
  put(new DOMParser().parseFromString(await answer.text(), 'text/html'));
}

// First nothing is left on the screen, then the server is asked for the welcome, for as long as it takes.
function discard() {
  const {kiosk, back} = document.body.dataset;
  if (kiosk == 'gone') return;
  silence();
  const waiting = document.createElement('body');
  const main = waiting.appendChild(document.createElement('main'));
  main.appendChild(document.createElement('h1')).textContent = back;
  waiting.dataset.kiosk = 'gone';
  document.title = back;
  document.body.replaceWith(waiting);
  hear();
  home();
}

function home() {
  clearTimeout(retry);
  go('/kiosk').catch(() => { retry = setTimeout(home, 5000); });
}

async function submit(form, button) {
  if (busy) return;
  busy = true;
  try {
    if (form.method == 'get') return await go(form.getAttribute('action'));
    const fields = new FormData(form, button);
    fields.append('_script', 'yes');
    await go(form.getAttribute('action'), new URLSearchParams(fields));
  } catch {
    document.querySelector('.offline')?.remove();
    const note = document.createElement('p');
    note.className = 'errors offline';
    note.setAttribute('role', 'alert');
    note.textContent = document.body.dataset.offline;
    document.querySelector('main').prepend(note);
    scrollTo(0, 0);
  } finally {
    busy = false;
  }
}

async function alive() {
  const ticket = document.querySelector('[name=_ticket]');
  if (!ticket || Date.now() - heard < kAliveEvery) return;
  heard = Date.now();
  const answer = await fetch('/kiosk/alive', {method: 'POST', body: new URLSearchParams({_ticket: ticket.value})}).catch(() => null);
  if (answer?.status == 410 || answer?.status == 403) discard();
}

function touch() {
  // Nobody comes back to what should have been discarded while the tablet slept.
  if (tick()) return;
  touched = Date.now();
  if (dialog()?.open) dialog().close();
  alive();
}

// True when the turn is over.
function tick() {
  // Whoever listens is still there.
  if (isPlaying()) touched = Date.now();
  const idle = (Date.now() - touched) / 1000;
  if (kind() == 'welcome' || kind() == 'enrol' || kind() == 'gone') return false;
  if (kind() == 'receipt' || kind() == 'notice') {
    const left = Math.ceil(seconds('return') - idle);
    const note = document.querySelector('[data-left]');
    if (note) note.textContent = note.dataset.left.replace('{seconds}', Math.max(left, 0));
    if (left <= 0) discard();
    return left <= 0;
  }
  const left = Math.ceil(seconds('idle') + seconds('warning') - idle);
  if (left <= 0) {
    discard();
    return true;
  }
  if (idle >= seconds('idle')) {
    dialog().querySelector('.seconds').textContent = left;
    if (!dialog().open) dialog().showModal();
  }
  return false;
}

document.addEventListener('submit', event => {
  event.preventDefault();
  if (event.submitter?.dataset.fullscreen !== undefined) document.documentElement.requestFullscreen?.().catch(() => {});
  submit(event.target, event.submitter);
});
for (const type of ['pointerdown', 'keydown', 'input', 'wheel']) document.addEventListener(type, touch, {passive: true});
// No menu to share, translate or search for what is on the screen.
document.addEventListener('contextmenu', event => event.preventDefault());
document.addEventListener('cancel', event => event.target == dialog() && touch(), true);
// Whatever the browser keeps of a page that is left, it keeps empty.
addEventListener('pagehide', () => document.body.replaceChildren());
addEventListener('pageshow', ({persisted}) => persisted && location.reload());
hear();
setInterval(tick, 1000);
