// Type-ahead over a long list (macro `combobox`), after the ARIA combobox pattern with a list popup.
// The visible field holds words, the hidden one the value; text that was not chosen from the list sends nothing.

const WAIT = 120; // ms after the last key before the server is asked

class Combobox {
  constructor(box) {
    this.box = box;
    this.value = box.querySelector('input[type="hidden"]');
    this.input = box.querySelector('input[role="combobox"]');
    this.list = box.querySelector('[role="listbox"]');
    this.items = [];
    this.active = -1;
    this.chosen = this.input.value;
    this.input.addEventListener('input', () => this.typed());
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.input.addEventListener('focus', () => this.input.select());
    this.input.addEventListener('blur', () => this.leave());
    this.list.addEventListener('mousedown', (event) => {
      event.preventDefault();
      const option = event.target.closest('[role="option"]');
      if (option) this.choose(Number(option.dataset.place));
    });
  }

  typed() {
    this.set('');
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    if (this.request) this.request.abort();
    this.request = new AbortController();
    const address = new URL(this.box.dataset.source, location.href);
    address.searchParams.set('q', this.input.value.trim());
    const follows = this.box.dataset.follows;
    if (follows && this.input.form && this.input.form.elements[follows]) {
      address.searchParams.set(follows, this.input.form.elements[follows].value);
    }
    try {
      const answer = await fetch(address, { headers: { Accept: 'application/json' }, signal: this.request.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      this.show((await answer.json()).items);
    } catch (error) {
      if (error.name !== 'AbortError') this.close();
    }
  }

  show(items) {
    this.items = items;
    this.list.replaceChildren(...items.map((item, place) => this.option(item, place)));
    if (!items.length) {
      const none = document.createElement('li');
      none.className = 'none';
      none.textContent = this.box.dataset.none;
      this.list.append(none);
    }
    this.list.hidden = false;
    this.input.setAttribute('aria-expanded', 'true');
    this.move(items.length ? 0 : -1);
  }

  option(item, place) {
    const option = document.createElement('li');
    option.id = `${this.list.id}-${place}`;
    option.dataset.place = String(place);
    option.setAttribute('role', 'option');
    option.setAttribute('aria-selected', 'false');
    option.textContent = item.text;
    if (item.note) {
      const note = document.createElement('span');
      note.className = 'note';
      note.textContent = item.note;
      option.append(note);
    }
    return option;
  }

  move(place) {
    const options = this.list.querySelectorAll('[role="option"]');
    options.forEach((option, at) => option.setAttribute('aria-selected', String(at === place)));
    this.active = place;
    if (place >= 0 && options[place]) {
      this.input.setAttribute('aria-activedescendant', options[place].id);
      options[place].scrollIntoView({ block: 'nearest' });
    } else {
      this.input.removeAttribute('aria-activedescendant');
    }
  }

  key(event) {
    if (event.isComposing) return;
    const open = !this.list.hidden;
    const last = this.items.length - 1;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) { this.ask(); return; }
      const step = event.key === 'ArrowDown' ? 1 : -1;
      this.move(last < 0 ? -1 : (this.active + step + last + 1) % (last + 1));
    } else if (event.key === 'Enter' && open) {
      event.preventDefault();
      this.choose(this.active);
    } else if (event.key === 'Tab' && open && this.active >= 0) {
      this.choose(this.active);
    } else if (event.key === 'Escape' && open) {
      event.preventDefault();
      this.close();
    }
  }

  choose(place) {
    const item = this.items[place];
    if (!item) return;
    this.input.value = item.text;
    this.chosen = item.text;
    this.set(String(item.value));
    this.close();
  }

  set(value) {
    if (this.value.value === value) return;
    this.value.value = value;
    this.value.dispatchEvent(new Event('input', { bubbles: true }));
    this.value.dispatchEvent(new Event('change', { bubbles: true }));
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }

  leave() {
    this.close();
    // Words without a value would look like an answer and be none.
    if (!this.value.value && this.input.value) this.input.value = '';
  }
}

export function comboboxes(root) {
  root.querySelectorAll('[data-combobox]').forEach((box) => {
    if (!box.combobox) box.combobox = new Combobox(box);
  });
}
