// Keeps a form on the server while it is typed (data-draft="name"), and offers it again after a crash.
// Nothing stays in the browser: the machine at the desk is shared.
import { csrfToken } from './guard.js';

const EVERY = 3000; // ms after the last change
const SKIPPED = new Set(['csrf_token', 'idempotency_key', 'version', 'draft_name']);

function fieldsOf(form) {
  const fields = new URLSearchParams();
  new FormData(form).forEach((value, name) => {
    if (!SKIPPED.has(name) && typeof value === 'string') fields.append(name, value);
  });
  form.querySelectorAll('[data-combobox]').forEach((box) => {
    const hidden = box.querySelector('input[type="hidden"]');
    fields.append(`${hidden.name}:shown`, box.querySelector('[role="combobox"]').value);
  });
  return fields;
}

function put(form, fields) {
  Array.from(form.elements).forEach((element) => {
    if (!element.name || SKIPPED.has(element.name) || !(element.name in fields)) return;
    const values = fields[element.name];
    if (element.type === 'checkbox' || element.type === 'radio') element.checked = values.includes(element.value);
    else if (element.type !== 'file') element.value = values[0];
  });
  form.querySelectorAll('[data-combobox]').forEach((box) => {
    const shown = fields[`${box.querySelector('input[type="hidden"]').name}:shown`];
    if (shown) box.querySelector('[role="combobox"]').value = shown[0];
  });
  form.dispatchEvent(new Event('change', { bubbles: true }));
}

class Draft {
  constructor(form) {
    this.form = form;
    this.address = `/drafts/${encodeURIComponent(form.dataset.draft)}`;
    this.state = document.createElement('p');
    this.state.className = 'draft-state';
    this.state.setAttribute('role', 'status');
    form.append(this.state);
    form.addEventListener('input', () => this.changed());
    form.addEventListener('change', () => this.changed());
    form.addEventListener('submit', () => this.stop());
    document.addEventListener('visibilitychange', () => { if (document.hidden && this.timer) this.save(); });
    this.offer();
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), EVERY);
  }

  // A save still under way when the form is sent would bring the draft back after it was forgotten.
  stop() {
    clearTimeout(this.timer);
    this.timer = null;
    if (this.request) this.request.abort();
  }

  async save() {
    this.stop();
    this.request = new AbortController();
    try {
      const answer = await fetch(this.address, {
        method: 'PUT', body: fieldsOf(this.form), signal: this.request.signal,
        headers: { Accept: 'application/json', 'X-CSRFToken': csrfToken() },
      });
      const told = await answer.json();
      const words = document.body.dataset;
      this.state.textContent = answer.ok ? `${words.draftSaved} ${told.saved_at}` : words.draftFailed;
    } catch (error) {
      if (error.name !== 'AbortError') this.state.textContent = document.body.dataset.draftFailed;
    }
  }

  async kept() {
    try {
      const answer = await fetch(this.address, { headers: { Accept: 'application/json' } });
      return answer.status === 200 ? await answer.json() : null;
    } catch (error) {
      return null;
    }
  }

  async offer() {
    // A form that came back with an error holds what was typed already.
    if (document.querySelector('[data-focus]')) return;
    const kept = await this.kept();
    if (!kept) return;
    const words = document.body.dataset;
    const message = document.createElement('div');
    message.className = 'message message-info';
    message.setAttribute('role', 'alert');
    message.append(`${words.draftFound} ${kept.saved_at} `);
    const button = (text, act) => {
      const made = document.createElement('button');
      made.type = 'button';
      made.className = 'btn btn-secondary btn-sm';
      made.textContent = text;
      made.addEventListener('click', () => { act(); message.remove(); });
      message.append(made, ' ');
    };
    button(words.draftRestore, () => put(this.form, kept.fields));
    button(words.draftDrop, () => fetch(this.address, { method: 'DELETE', headers: { 'X-CSRFToken': csrfToken() } }));
    this.form.before(message);
  }
}

export function drafts(root) {
  root.querySelectorAll('form[data-draft]').forEach((form) => {
    if (!form.keptAsDraft) form.keptAsDraft = new Draft(form);
  });
}
