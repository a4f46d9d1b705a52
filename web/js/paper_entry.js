// Keying in paper forms without a mouse: a field that is complete hands on to the next, Enter too, and
// Backspace in an empty field goes back. The page works without it: Tab moves, Enter sends.
const form = document.querySelector('[data-module="paper-entry"]');
const fields = form ? [...form.querySelectorAll('input:not([type="hidden"])')] : [];

// Whether nothing can follow: as many digits as the code has, or a sign that stands alone.
const isComplete = field => {
  const digits = Number(field.dataset.digits);
  if (!digits) return false;
  return field.value == '*' || /^\d+$/.test(field.value) && field.value.length >= digits || /^\/\d$/.test(field.value);
};

const step = (field, by) => {
  const next = fields[fields.indexOf(field) + by];
  if (next) {
    next.focus();
    next.select();
  } else if (by > 0) {
    form.requestSubmit(form.querySelector('button.main'));
  }
};

for (const field of fields) {
  field.addEventListener('input', event => {
    // What a scanner or the clipboard brings in is not a key.
    if (event.inputType == 'insertText' && isComplete(field)) step(field, 1);
  });
  field.addEventListener('keydown', event => {
    if (event.isComposing) return;
    if (event.key == 'Enter') {
      event.preventDefault();
      step(field, 1);
    } else if (event.key == 'Backspace' && field.value == '' && field != fields[0]) {
      event.preventDefault();
      step(field, -1);
    } else if (event.key == 'PageUp') {
      event.preventDefault();
      form.querySelector('button[value="back"]')?.click();
    } else if (event.key == 'ArrowUp' || event.key == 'ArrowDown') {
      event.preventDefault();
      const next = fields[fields.indexOf(field) + (event.key == 'ArrowUp' ? -1 : 1)];
      next?.focus();
      next?.select();
    }
  });
}

const wrong = fields.find(field => field.getAttribute('aria-invalid') == 'true');
(wrong ?? fields.find(field => !field.value) ?? fields[0])?.focus();
// Sent once, however often the last key is pressed.
form?.addEventListener('submit', event => {
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = 'yes';
});
addEventListener('pageshow', () => { if (form) delete form.dataset.sent; });
