// The agent's desk: fetches who calls and what resembles the call while the agent types. What was typed goes out in
// request bodies only: a telephone number has no place in an address, a log or the browser's history.
import { callKeys, toFirstWrong } from './desk-keys.js';
import { csrfToken } from './guard.js';

const CALLER_WAIT = 350; // ms after the last key in the number
const SIMILAR_WAIT = 600; // ms after the last key in the words
const LEAST_DIGITS = 7;
const LEAST_WORDS = 6;

const desk = document.getElementById('desk');
const form = desk.querySelector('form[data-draft]');
const field = (name) => form.elements[name];
const valueOf = (name) => (field(name) ? field(name).value.trim() : '');

// A part of the page that follows some fields of the form: asked again when they change, never twice for the same.
class Follower {
  constructor(place, address, wait, asked) {
    this.place = document.getElementById(place);
    this.empty = this.place.innerHTML;
    this.address = address;
    this.wait = wait;
    this.asked = asked;
    this.last = '';
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), this.wait);
  }

  async ask() {
    clearTimeout(this.timer);
    const fields = this.asked();
    const key = fields ? fields.toString() : '';
    if (key === this.last) return;
    this.last = key;
    if (this.request) this.request.abort();
    if (!fields) {
      this.place.innerHTML = this.empty;
      this.place.removeAttribute('aria-busy');
      return;
    }
    this.request = new AbortController();
    this.place.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(this.address, {
        method: 'POST', body: fields, signal: this.request.signal,
        headers: { 'HX-Request': 'true', 'X-CSRFToken': csrfToken() },
      });
      this.place.innerHTML = await answer.text();
      if (!answer.ok) this.last = '';
    } catch (error) {
      if (error.name === 'AbortError') return;
      this.place.textContent = desk.dataset.failed;
      this.last = '';
    }
    this.place.removeAttribute('aria-busy');
  }
}

const caller = new Follower('caller', desk.dataset.caller, CALLER_WAIT, () => {
  const phone = valueOf('phone');
  return phone.replace(/\D/g, '').length >= LEAST_DIGITS ? new URLSearchParams({ phone }) : null;
});

const similar = new Follower('similar', desk.dataset.similar, SIMILAR_WAIT, () => {
  const words = `${valueOf('title')}${valueOf('content')}`;
  if (words.length < LEAST_WORDS && !valueOf('category_id')) return null;
  const names = ['phone', 'title', 'content', 'category_id', 'area_id', 'place'];
  return new URLSearchParams(names.map((name) => [name, valueOf(name)]));
});

const SIMILAR_FIELDS = new Set(['phone', 'title', 'content', 'category_id', 'area_id', 'place']);

function follow(event) {
  const name = event.target.name;
  if (name === 'phone') caller.changed();
  if (SIMILAR_FIELDS.has(name)) similar.changed();
}

// What one choice decides about other fields.
let anonymityChosen = false;

function arrange() {
  form.querySelectorAll('.only-enterprise').forEach((box) => { box.hidden = valueOf('caller_type') !== 'ENTERPRISE'; });
  const mode = valueOf('anonymity');
  desk.querySelectorAll('.anonymity-hint [data-for]').forEach((hint) => { hint.hidden = hint.dataset.for !== mode; });
}

function choose(event) {
  const { name } = event.target;
  if (name === 'anonymity') anonymityChosen = true;
  // Who reports a wrong, or accuses a unit, is withheld unless the agent has chosen otherwise.
  if ((name === 'kind' || name === 'respondent_unit_id') && !anonymityChosen) {
    field('anonymity').value = valueOf('kind') === 'REPORT' || valueOf('respondent_unit_id') ? 'WITHHELD' : 'OPEN';
  }
  if (name === 'reason') tellRoute();
  arrange();
}

const routes = new Map(Array.from(document.querySelectorAll('#routes div'), (row) => [
  row.querySelector('dt').textContent, row.querySelector('dd').textContent,
]));

function tellRoute() {
  const route = field('route');
  const standing = route.value.trim();
  if (standing && !Array.from(routes.values()).includes(standing)) return; // the agent's own words stay
  route.value = routes.get(valueOf('reason')) || '';
}

// Opening a way to end the call, or what is seldom asked, leads to its first field; one way is open at a time. All of
// it at once, not when the browser gets round to its toggle event: whoever types on types into that field.
form.querySelectorAll('summary').forEach((summary) => summary.addEventListener('click', (event) => {
  event.preventDefault();
  const details = summary.parentElement;
  details.open = !details.open;
  if (details.open) {
    form.querySelectorAll('details.outcome[open]').forEach((other) => { if (other !== details) other.open = false; });
    details.querySelector('textarea, select, input').focus();
  }
  unfold();
}));

// The buttons stay in sight at the foot of the window, unless there is something to fill in among them; Alt+S ends
// the call the way that is unfolded.
const outcomes = form.querySelector('.outcomes');
const buttons = Array.from(outcomes.querySelectorAll('button:not(.clear)'));
function unfold() {
  const unfolded = outcomes.querySelector('details[open]');
  const ends = unfolded ? unfolded.querySelector('button') : buttons[0];
  outcomes.classList.toggle('unfolded', Boolean(unfolded));
  buttons.forEach((button) => {
    if (button === ends) button.dataset.key = 'Alt+S';
    else delete button.dataset.key;
    button.querySelector('kbd').hidden = button !== ends;
  });
  if (unfolded) unfolded.scrollIntoView({ block: 'nearest' });
}
unfold();

form.addEventListener('input', follow);
form.addEventListener('change', (event) => {
  if (event.target === form) { // a draft was put back
    anonymityChosen = true;
    caller.ask();
    similar.ask();
    arrange();
    return;
  }
  follow(event);
  if (event.target.name === 'phone') caller.ask();
  choose(event);
});
callKeys(form);
desk.addEventListener('click', (event) => {
  const closes = event.target.closest('[data-closes]');
  if (!closes) return;
  document.getElementById(closes.dataset.closes).remove();
  field('phone').focus();
});

arrange();
caller.ask();
similar.ask();
toFirstWrong(form);
