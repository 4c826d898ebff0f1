// Loaded by every page. Each module looks for its own data attributes and does nothing where there are none.
import { confirmForms } from './confirm.js';
import { comboboxes } from './combobox.js';
import { counters } from './count.js';
import { drafts } from './draft.js';
import { guardForms, refreshTokens } from './guard.js';
import { polling } from './poll.js';
import { shortcuts } from './shortcuts.js';
import { conditions } from './when.js';

// A part of the page brought by htmx gets the same care as the page itself.
function care(root) {
  comboboxes(root);
  counters(root);
  drafts(root);
  conditions(root);
}

confirmForms();
guardForms();
refreshTokens();
polling();
shortcuts();
care(document);
document.addEventListener('htmx:after:swap', () => care(document));

// After a refusal the message gets the focus, so that it is read out and the first wrong field is one Tab away.
const message = document.querySelector('[data-focus]');
if (message) message.focus();
