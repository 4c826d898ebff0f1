// Keys: data-key="Alt+S" on a button, link or field presses, follows or focuses it. "?" shows what there is.

function pressed(event) {
  const parts = [];
  if (event.ctrlKey) parts.push('Ctrl');
  if (event.altKey) parts.push('Alt');
  if (event.shiftKey && event.key.length > 1) parts.push('Shift');
  parts.push(event.key.length === 1 ? event.key.toUpperCase() : event.key);
  return parts.join('+');
}

function typing(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function act(element) {
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)) {
    element.focus();
    if (element.select) element.select();
  } else {
    element.click();
  }
}

function words(element) {
  const label = element.labels && element.labels[0];
  const copy = (label || element).cloneNode(true);
  copy.querySelectorAll('kbd, .star').forEach((part) => part.remove());
  return copy.textContent.trim() || element.getAttribute('aria-label') || '';
}

function help() {
  const dialog = document.getElementById('shortcut-help');
  if (!dialog || !dialog.showModal || dialog.open) return;
  const list = dialog.querySelector('dl');
  list.replaceChildren();
  const add = (key, text) => {
    const term = document.createElement('dt');
    const meaning = document.createElement('dd');
    term.textContent = key;
    meaning.textContent = text;
    list.append(term, meaning);
  };
  document.querySelectorAll('[data-key]').forEach((element) => add(element.dataset.key, words(element)));
  add('?', list.dataset.own);
  dialog.showModal();
}

export function shortcuts() {
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || document.querySelector('dialog[open]')) return;
    const key = pressed(event);
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey;
    if (plain && typing(event.target) && !/^F\d+$/.test(key)) return;
    if (key === '?') {
      event.preventDefault();
      help();
      return;
    }
    const element = Array.from(document.querySelectorAll('[data-key]')).find((one) => one.dataset.key === key);
    if (!element || element.disabled) return;
    event.preventDefault();
    act(element);
  });
}
