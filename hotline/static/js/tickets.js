// The ticket page: one move's panel open at a time, Alt+S sends it, a revealed caller is hidden again, print.

const panels = Array.from(document.querySelectorAll('.move'));

// Alt+S belongs to the panel that is open; js/shortcuts.js finds it by its data-key.
function mark() {
  panels.forEach((panel) => {
    const button = Array.from(panel.querySelectorAll('button[type="submit"]')).pop();
    if (!button) return;
    if (!button.querySelector('kbd')) {
      const key = document.createElement('kbd');
      key.className = 'key';
      key.setAttribute('aria-hidden', 'true');
      key.textContent = 'Alt+S';
      button.append(key);
    }
    if (panel.open) button.dataset.key = 'Alt+S';
    else delete button.dataset.key;
  });
}

function enter(panel) {
  const first = panel.open && panel.querySelector('.panel-body input:not([type="hidden"]), .panel-body select, .panel-body textarea, .panel-body button');
  if (first) first.focus();
}

panels.forEach((panel) => {
  panel.addEventListener('toggle', () => {
    if (panel.open) panels.forEach((other) => { if (other !== panel) other.open = false; });
    mark();
  });
  panel.querySelector('summary').addEventListener('click', () => {
    // After the click has opened it: to its first field, so that a number key leads straight to typing.
    setTimeout(() => enter(panel), 0);
  });
});
mark();

// A list may lead straight to a move: /tickets/…#move-dispatch
const asked = panels.find((panel) => `#${panel.id}` === window.location.hash);
if (asked) {
  asked.open = true;
  enter(asked);
}

// An identity is on the screen for as long as the page says, and then gone from the document, not just from sight.
function hideLater(shown) {
  if (shown.dataset.counting) return;
  shown.dataset.counting = '1';
  let left = Number(shown.dataset.hideAfter);
  const seconds = shown.querySelector('[data-seconds]');
  const gone = () => { clearInterval(timer); shown.remove(); };
  const timer = setInterval(() => {
    left -= 1;
    if (seconds) seconds.textContent = String(left);
    if (left <= 0) gone();
  }, 1000);
  window.addEventListener('pagehide', gone);
}

function care() {
  document.querySelectorAll('[data-hide-after]').forEach(hideLater);
}
care();
document.addEventListener('htmx:after:swap', care);

document.querySelectorAll('[data-print]').forEach((button) => button.addEventListener('click', () => window.print()));
