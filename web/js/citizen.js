// Comfort for citizens' pages; each of them works without it. Every behaviour is found by a
// data-module attribute and started once, at the end.

// The conditions of questionnaires, by the same rules and cases as server/survey/condition.cpp.
// `answers`: id → {options, count, number} or {absence}; `number` is a typed number or the score of
// the option, `count` leaves out options that exclude the others. Undefined is an absent operand.
export function amount(operand, answers) {
  if (typeof operand == 'number') return operand;
  const [[kind, of]] = Object.entries(operand);
  if (/count|value|score/.test(kind)) return answers[of]?.[kind == 'count' ? kind : 'number'];
  const parts = of.map(part => amount(part, answers));
  if (parts.includes(undefined)) return undefined;
  return parts.reduce((a, b) => kind == 'sum' ? a + b : kind == 'product' ? a * b : a - b);
}

export function holds(condition, answers) {
  const {all, any, not, compare} = condition;
  if (all) return all.every(part => holds(part, answers));
  if (any) return any.some(part => holds(part, answers));
  if (not) return !holds(not, answers);
  if (compare) {
    const [a, b] = [compare[0], compare[2]].map(operand => amount(operand, answers));
    if (a === undefined || b === undefined) return false;
    return {'<': a < b, '<=': a <= b, '=': a == b, '>=': a >= b, '>': a > b, '!=': a != b}[compare[1]];
  }
  const answer = answers[condition.question] ?? {absence: 'not_asked'};
  if (condition.in) return !!answer.options?.some(option => condition.in.includes(option));
  if (condition.absence) return condition.absence.includes(answer.absence);
  return !answer.absence == condition.answered;
}

// A comma is decimal; points and blanks group thousands, but one point is decimal where the question
// takes decimals. Dates count as 20250701.
function number({type, value, maxLength, dataset}) {
  let text = value.replace(/\s/g, '');
  if (maxLength == 4 && text.length != 4) return NaN;
  if (type == 'date') text = text.replaceAll('-', '');
  else if (!+dataset.decimals || !/^[^.,]*\.[^.,]*$/.test(text)) text = text.replaceAll('.', '').replace(',', '.');
  return +text;
}

// What a question's controls say now.
function read(question) {
  const id = question.id.slice(2);
  const chosen = [...question.querySelectorAll(':checked')];
  const away = chosen.find(input => input.value[0] == '~' || input.name == id + '.absence');
  if (away) return {absence: away.value.replace('~', '')};
  const typed = question.querySelector('.field:not([name$=".other"])');
  if (typed?.value.trim()) {
    if (typed.type != 'date' && !typed.inputMode) return {};
    // What the server will refuse counts as left empty.
    return isNaN(number(typed)) ? {absence: 'blank'} : {number: number(typed)};
  }
  const ranked = [...question.querySelectorAll('select')].some(select => select.value);
  if (ranked || question.querySelector('fieldset') && chosen.length) return {};
  if (!chosen.length) return {absence: 'blank'};
  const {score} = chosen[0].dataset;
  return {
    options: chosen.map(input => input.value), number: score && +score,
    count: chosen.filter(input => !('alone' in input.dataset)).length,
  };
}

const applies = (element, answers) =>
  !element.dataset.relevant || holds(JSON.parse(element.dataset.relevant), answers);

const key = 'khaosat' + globalThis.location?.pathname;
// Storage may be forbidden altogether; then nothing is kept.
function stored(area, value) {
  try {
    const box = window[area];
    if (value === undefined) return box.getItem(key);
    value ? box.setItem(key, value) : box.removeItem(key);
  } catch { }
}

// One form is sent once, however often the button is tapped.
function once(form) {
  form.addEventListener('submit', event => {
    if (event.defaultPrevented) return;
    if (form.dataset.gone) event.preventDefault();
    form.dataset.gone = 1;
  });
  addEventListener('pageshow', () => delete form.dataset.gone);
}

// The receipt has come: the draft has served, and the form behind Back shall be empty.
function sent() {
  stored('localStorage', '');
  stored('sessionStorage', 'sent');
}

// All sections on one page, shown one at a time. What is typed lives in the history entry of this
// tab, so that Back and reload lose nothing; on the device only if the person asks for it.
function pager(form) {
  const find = selector => form.querySelector(selector);
  const template = find('template');
  template.replaceWith(template.content);
  // Else the browser would fill the form again behind a receipt.
  form.autocomplete = 'off';
  // Answers that came back from the server stand in the sections as well.
  form.querySelectorAll('[type=hidden]:not([name^=_])').forEach(input => input.remove());
  // Choices that many questions share are sent once.
  for (const question of form.querySelectorAll('[data-rows]')) {
    for (const row of find('#q-' + question.dataset.rows).querySelectorAll('.row')) {
      const copy = row.cloneNode(true);
      copy.firstChild.name = question.id.slice(2);
      question.append(copy);
    }
  }
  // Words that are true only with this module.
  for (const element of form.querySelectorAll('[data-words]')) element.textContent = element.dataset.words;
  const start = find('[data-screen]');
  const sections = [...form.querySelectorAll('section')];
  const [progress, bar, buttons, offer, erase] = ['[data-progress]', 'progress', '[data-buttons]',
    '[data-draft-offer]', '[data-draft-erase]'].map(find);
  const keep = offer.querySelector('input');
  const field = name => find(`[name="${name}"]`);
  const title = form.querySelector('h1').textContent;
  const first = field('_at').value;
  let at = 0;  // 0: the start; n: section n
  let timer;
  let asked = [];

  function route() {
    const answers = {};
    asked = [];
    sections.forEach((section, index) => {
      const open = applies(section, answers);
      for (const question of section.querySelectorAll('fieldset[id]')) {
        const on = open && applies(question, answers);
        question.hidden = question.disabled = !on;
        answers[question.id.slice(2)] = on ? read(question) : {absence: 'not_asked'};
        if (on && asked.at(-1) != index + 1) asked.push(index + 1);
      }
    });
    return answers;
  }

  function show(target, focus = true) {
    at = target;
    route();
    start.hidden = at;
    if (at) document.querySelector('.errors')?.remove();
    // That link would begin anew; among the questions a button keeps the answers.
    document.querySelector('nav.languages')?.toggleAttribute('hidden', at > 0);
    sections.forEach((section, index) => section.hidden = index + 1 != at);
    progress.hidden = bar.hidden = buttons.hidden = !at;
    progress.textContent = progress.dataset.pattern.replace('{at}', asked.indexOf(at) + 1).replace('{total}', asked.length);
    bar.max = asked.length + 1;
    bar.value = asked.indexOf(at) + 1;
    const heading = find(at ? '#s-' + at : 'h1');
    if (at) document.title = heading.textContent + ' – ' + title;
    else if (focus) document.title = title;
    if (focus) {
      heading.focus();
      scrollTo(0, 0);
    }
  }

  function save() {
    clearTimeout(timer);
    // An interviewer's page keeps its own draft, and nothing in the history: see field_form.js.
    if ('own' in form.dataset) return form.dispatchEvent(new CustomEvent('draft', {detail: at}));
    const state = {at, fields: [...new FormData(form)]};
    history.replaceState(state, '');
    if (keep.checked) stored('localStorage', JSON.stringify(state));
  }

  function go(target) {
    save();
    history.pushState({at: target}, '');
    show(target);
    save();
  }

  function fill(fields) {
    for (const [name, value] of fields) {
      for (const control of [...form.elements].filter(element => element.name == name)) {
        if (/radio|checkbox/.test(control.type)) control.checked ||= control.value == value;
        else if (control.type != 'submit' && !/^_(at|lang|version)$/.test(name)) control.value = value;
      }
    }
  }

  // The faults this page can know; the server looks at everything again.
  function complain() {
    const answers = route();
    let worst;
    for (const question of sections[at - 1].querySelectorAll('fieldset[id]:not([disabled])')) {
      const {constraint, broken, must} = question.dataset;
      const {absence} = answers[question.id.slice(2)];
      const sentence = absence == 'blank' && must !== undefined ? form.dataset.mustText
        : constraint && !absence && !holds(JSON.parse(constraint), answers) ? broken : '';
      question.querySelector('.wrong')?.remove();
      question.classList.toggle('bad', !!sentence);
      if (!sentence) continue;
      const note = document.createElement('p');
      note.className = 'wrong';
      note.setAttribute('role', 'alert');
      note.textContent = sentence;
      if (sentence == broken) note.lang = question.dataset.lang ?? '';
      question.querySelector('legend').after(note);
      worst ??= question;
    }
    worst?.querySelector('input, select, textarea').focus();
    return worst;
  }

  form.addEventListener('submit', event => {
    const step = event.submitter?.name == '_switch' ? 'switch' : event.submitter?.value ?? 'next';
    const next = asked.find(section => section > at);
    const ready = [...form.querySelectorAll('[data-needed]')].every(control =>
      control.type == 'checkbox' ? control.checked : control.value);
    if (step == 'back') {
      event.preventDefault();
      history.back();
    } else if (step == 'next' && at && complain()) {
      event.preventDefault();
    } else if (step == 'next' && next && (at || ready)) {
      event.preventDefault();
      go(next);
    } else {
      save();
      field('_at').value = at || first;
    }
  });
  once(form);

  form.addEventListener('input', ({target}) => {
    // One answer that excludes the others unticks them, and a typed answer its "don't know".
    const question = target.closest('fieldset[id]');
    const away = input => input.matches('[data-alone], .away input');
    if (question && target.type != 'radio') {
      for (const other of question.querySelectorAll('input, textarea')) {
        if (other == target || !(away(other) || away(target))) continue;
        if (other.type == 'checkbox') other.checked = target.type == 'checkbox' && !target.checked && other.checked;
        else if (target.checked) other.value = '';
      }
    }
    if (target == keep && !keep.checked) stored('localStorage', '');
    erase.hidden = !keep.checked;
    route();
    clearTimeout(timer);
    timer = setTimeout(save, 400);
  });

  // The entry gone back to may hold older answers than the page.
  addEventListener('popstate', ({state}) => {
    show(state?.at ?? 0);
    save();
  });
  addEventListener('pageshow', ({persisted}) => persisted && stored('sessionStorage') && location.reload());
  erase.addEventListener('click', () => {
    stored('localStorage', '');
    history.replaceState(null, '');
    form.reset();
    location.reload();
  });

  const finished = stored('sessionStorage');
  stored('sessionStorage', '');
  if (finished) {
    form.reset();
    history.replaceState(null, '');
  }
  const draft = !finished && !history.state && JSON.parse(stored('localStorage') || 'null');
  const state = history.state ?? draft;
  // Begun with another version of the questionnaire: its own page has a place for every answer.
  const made = state?.fields?.find(([name]) => name == '_version')?.[1];
  if (made && made != field('_version').value && !location.search.includes('v=' + made)) {
    history.replaceState(history.state, '', `?v=${made}&lang=${field('_lang').value}${location.hash}`);
    return location.reload();
  }
  if (state?.fields) fill(state.fields);
  keep.checked = !!stored('localStorage');
  offer.hidden = 'own' in form.dataset;
  erase.hidden = !keep.checked;

  // A slip's QR code carries its code behind '#', which no server or log ever sees.
  const slip = field('_slip');
  const code = location.hash.slice(1);
  if (slip && code && !/[^\w-]/.test(code)) {
    slip.value = code;
    history.replaceState(history.state, '', location.pathname + location.search);
    document.querySelectorAll('a[hreflang]').forEach(link => link.hash = code);
  }
  const id = field('_id');
  id.value ||= [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');

  show(draft ? 0 : state?.at ?? 0, false);
  if (draft) {
    find('[data-draft-found]').hidden = false;
    // One entry for each section already seen, so that Back goes through them.
    if (draft.at) find('[value=next]').addEventListener('click', event => {
      event.preventDefault();
      for (const section of asked) if (section < draft.at) { at = section; history.pushState({at}, ''); }
      go(draft.at);
    }, {once: true});
  }
}

if (typeof document != 'undefined') {
  const modules = {once, pager, sent};
  for (const element of document.querySelectorAll('[data-module]')) modules[element.dataset.module](element);
  // Fetched only where there is something to hear: recordings, or a voice of the device.
  const form = document.querySelector('[data-listen]');
  const voices = window.speechSynthesis;
  const hear = () => form.dataset.sounds || voices?.getVoices()[0] ? import('./listen.js').then(({listen}) => listen(form))
    : voices && (voices.onvoiceschanged = hear);
  if (form) hear();
}
