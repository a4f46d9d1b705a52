// Says in time that the session will end, lets people go on with one press, and keeps it while they type. When
// it has ended all the same, what was typed stays on the page and can be sent after signing in beside it.
const box = document.querySelector('.session');
const [sentence, button, link] = ['p', 'button', 'a'].map(name => box.querySelector(name));
const {idle, left, warning, end: endWords, over: overWords} = box.dataset;
const kWarnBefore = 3 * 60e3;

let heard = Date.now();               // when the server last heard of us
let end = Date.now() + left * 1000;   // of the day's work, whatever happens
let isOver = false;
const others = globalThis.BroadcastChannel && new BroadcastChannel('khaosat-office');

function show(words, {go = false, sign = false} = {}) {
  if (box.hidden || sentence.textContent != words) sentence.textContent = words;
  button.hidden = !go;
  link.hidden = !sign;
  box.hidden = false;
}

function wasHeard() {
  heard = Date.now();
  tick();
}

async function stay() {
  heard = Date.now();
  const answer = await fetch('/staff/session', {cache: 'no-store', redirect: 'manual'}).catch(() => null);
  if (answer?.ok) {
    const {csrf, left} = await answer.json();
    // Somebody may have signed in anew beside this page: its forms are that session's now.
    document.querySelectorAll('[name=csrf]').forEach(field => { field.value = csrf; });
    end = Date.now() + left * 1000;
    isOver = false;
    others?.postMessage('heard');
    wasHeard();
  } else if (answer) {
    isOver = true;
    tick();
  }
}

function tick() {
  const now = Date.now();
  const until = Math.min(heard + idle * 1000, end);
  if (isOver || now >= until) show(overWords, {sign: true});
  else if (until - now > kWarnBefore) box.hidden = true;
  else if (until == end) show(endWords);
  else show(warning, {go: true});
}

// The server writes down once a minute that somebody is there.
document.addEventListener('input', () => Date.now() - heard > 60e3 && !isOver && stay());
button.addEventListener('click', stay);
// Back from signing in on another tab.
addEventListener('focus', () => (isOver || Date.now() >= heard + idle * 1000) && stay());
others?.addEventListener('message', wasHeard);
others?.postMessage('heard');
setInterval(tick, 5000);
