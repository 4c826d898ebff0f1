// Lists worked through with the keyboard: J and K walk the rows, Enter opens one, X ticks it; ticks are counted.
// The list may refresh itself at any moment, so nothing is remembered here: what is on the page counts.

const links = () => Array.from(document.querySelectorAll('[data-row]'));

function step(by) {
  const all = links();
  if (!all.length) return;
  const row = document.activeElement && document.activeElement.closest('tr');
  const now = all.findIndex((link) => row && row.contains(link));
  const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + by));
  all[next].focus();
  all[next].scrollIntoView({ block: 'nearest' });
}

function tick() {
  const row = document.activeElement && document.activeElement.closest('tr');
  const box = row && row.querySelector('input[type="checkbox"]');
  if (!box) return;
  box.checked = !box.checked;
  count();
}

const boxes = (name) => Array.from(document.querySelectorAll(`input[type="checkbox"][name="${name}"]`));

function count() {
  document.querySelectorAll('[data-ticked]').forEach((button) => {
    const number = boxes(button.dataset.ticked).filter((box) => box.checked).length;
    const shown = button.querySelector('[data-count]');
    if (shown) shown.textContent = number ? `(${number})` : '';
    button.disabled = !number || number > Number(button.dataset.most);
  });
  document.querySelectorAll('[data-tick-all]').forEach((all) => {
    const mine = boxes(all.dataset.tickAll);
    const ticked = mine.filter((box) => box.checked).length;
    all.checked = mine.length > 0 && ticked === mine.length;
    all.indeterminate = ticked > 0 && ticked < mine.length;
  });
}

// What came in while nobody looked stands in the window's title.
const title = document.title;
function announce() {
  const arrivals = document.querySelector('[data-arrived]');
  const number = arrivals ? Number(arrivals.dataset.arrived) : 0;
  document.title = number ? `(${number}) ${title}` : title;
}

document.addEventListener('click', (event) => {
  const key = event.target.closest('[data-row-step], [data-row-tick]');
  if (!key) return;
  if ('rowStep' in key.dataset) step(Number(key.dataset.rowStep));
  else tick();
});
document.addEventListener('change', (event) => {
  const all = event.target.dataset && event.target.dataset.tickAll;
  if (all) boxes(all).forEach((box) => { box.checked = event.target.checked; });
  count();
});
document.addEventListener('htmx:after:swap', () => { count(); announce(); });
window.addEventListener('pageshow', count);
count();
announce();
