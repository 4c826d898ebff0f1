// The call-back screen: only the questions that belong to the answers given so far are shown and sent.
import { callKeys, toFirstWrong } from './desk-keys.js';

const form = document.querySelector('.call-form');

function show(part, shown) {
  part.hidden = !shown;
  part.querySelectorAll('input, select, textarea').forEach((input) => { input.disabled = !shown; });
}

function arrange() {
  const valueOf = (name) => (form.elements[name] ? form.elements[name].value : '');
  const answered = valueOf('result') === 'ANSWERED';
  const negative = answered && (['DISSATISFIED', 'VERY_DISSATISFIED'].includes(valueOf('satisfaction')) || valueOf('solved') === 'UNSOLVED');
  form.querySelectorAll('.answers').forEach((part) => show(part, answered));
  form.querySelectorAll('.negative').forEach((part) => show(part, negative));
}

if (form) {
  form.addEventListener('change', arrange);
  callKeys(form);
  arrange();
  const first = form.querySelector('input[name="result"]');
  if (first && !form.querySelector('.wrong')) first.focus();
  toFirstWrong(form);
  // The number is shown: on to the call.
  document.addEventListener('htmx:after:swap', (event) => { if (event.target.id === 'number' && first) first.focus(); });
}
