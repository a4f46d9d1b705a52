// Questions and answers read aloud, one at a time and only when asked: by a recording of the office, else
// by a voice that works inside this device. A voice that would send the text elsewhere is never used.
const speech = globalThis.speechSynthesis;
const box = document.createElement('div');
box.innerHTML = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 9v6h4l5 5V4L7 9zM15 8.5v7a4 4 0 0 0 0-7"/></svg>'
  + '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6h12v12H6z"/></svg>';
const [speaker, square] = box.children;

let playing;  // {button, end}: what is heard now
let renew;    // looks again for what can be heard on the page shown
// Voices come when the browser has found them.
speech?.addEventListener?.('voiceschanged', () => renew?.());

export const isPlaying = () => !!playing;
export const silence = () => playing?.end();

function voiceFor(language) {
  const fitting = speech?.getVoices().filter(voice => voice.localService && voice.lang.split(/[-_]/)[0] == language.split('-')[0]);
  return fitting?.find(({lang}) => /vn$/i.test(lang)) ?? fitting?.[0];
}

const spoken = element => element && [...element.childNodes].filter(node => !node.classList?.contains('hint')).map(node => node.textContent).join('').trim();
const languageOf = element => (element.querySelector('[lang]') ?? element.closest('[lang]')).lang;

function start(button, {file, text, language}, words) {
  const name = button.getAttribute('aria-label');
  const audio = file && new Audio(file);
  let said;
  const show = (label, picture) => {
    button.setAttribute('aria-label', label);
    button.replaceChildren(picture.cloneNode(true));
  };
  const end = () => {
    if (playing?.button != button) return;
    playing = undefined;
    audio?.pause();
    speech?.cancel();
    show(name, speaker);
  };
  const speak = () => {
    said = new SpeechSynthesisUtterance(text);
    said.voice = voiceFor(language);
    said.lang = said.voice.lang;
    said.rate = .9;
    said.onend = said.onerror = end;
    speech.cancel();
    speech.speak(said);
  };
  // A recording that cannot be fetched: the device's own voice, or a word about it.
  const fail = () => {
    if (said || playing?.button != button) return;
    if (voiceFor(language)) return speak();
    end();
    const note = document.createElement('p');
    note.className = 'soft';
    note.setAttribute('role', 'status');
    button.closest('.hear').after(note);
    note.textContent = words[3];
  };
  playing = {button, end};
  show(words[2], square);
  if (!audio) return speak();
  audio.onended = end;
  audio.onerror = fail;
  audio.play().catch(fault => fault.name == 'AbortError' || fail());
}

// Puts a button beside each question and answer of the form that can be heard. Without a form it lets go of
// the one before.
export async function listen(form) {
  renew = undefined;
  if (!form) return;
  const words = form.dataset.listen.split('|');
  const base = form.dataset.sounds;
  const list = base && await fetch(base + 'list.json').then(answer => answer.ok ? answer.json() : {}).catch(() => ({}));
  const files = list?.of ?? {};
  const offer = (key, name, text, language, put) => {
    const file = files[key] && base + files[key];
    if (!file && !(text && voiceFor(language))) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'listen';
    button.setAttribute('aria-label', name);
    button.append(speaker.cloneNode(true));
    button.addEventListener('click', () => {
      const again = playing?.button == button;
      silence();
      if (!again) start(button, {file, text, language}, words);
    });
    put(button);
  };
  const beside = element => button => {
    const pair = document.createElement('div');
    pair.className = 'hear';
    element.replaceWith(pair);
    pair.append(element, button);
  };
  const attach = () => {
    for (const question of form.querySelectorAll('fieldset[id^=q-]')) {
      const id = question.id.slice(2);
      const legend = question.querySelector('legend');
      const hint = question.querySelector('#h-' + id);
      if (!legend.matches('.hear')) {
        offer(id, words[0], [spoken(legend), spoken(hint)].filter(Boolean).join('. '), languageOf(legend), button => {
          // The button stands beside the words, but the question is called by the words alone.
          const text = document.createElement('span');
          text.id = 'l-' + id;
          text.append(...legend.childNodes);
          legend.removeAttribute('id');
          legend.className = 'hear';
          legend.append(text, button);
          question.setAttribute('aria-labelledby', text.id);
        });
      }
      for (const row of question.querySelectorAll('.row, select')) {
        if (row.closest('.hear')) continue;
        const input = row.querySelector('input') ?? row;
        const label = row.querySelector('span') ?? question.querySelector(`label[for="${row.id}"]`);
        const code = row == input ? row.name.slice(id.length + 1) : input.value;
        const key = id + '.' + (/\.absence$/.test(input.name) ? '~' : '') + code;
        offer(key, words[1] + ' ' + label.textContent, label.textContent, languageOf(label), beside(row));
      }
    }
    form.querySelectorAll('[data-player]').forEach(player => player.remove());
  };
  if (!form.isConnected) return;
  renew = attach;
  attach();
  // Whoever goes on does not want to hear the page before.
  form.addEventListener('submit', silence);
  addEventListener('popstate', silence);
  addEventListener('pagehide', silence);
}
