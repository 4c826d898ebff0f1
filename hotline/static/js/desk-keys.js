// What the forms of calls have in common: they can be filled in without a mouse.

// Where Enter goes from an element: the next field of its form, or the next group of choices.
function next(form, element) {
  const shown = (one) => !one.disabled && one.offsetParent !== null;
  const reached = (one) => one.type !== 'radio' || one.checked || !form.elements[one.name].value;
  const stops = Array.from(form.querySelectorAll('input:not([type="hidden"]), select, textarea, summary, button'));
  const after = stops.slice(stops.indexOf(element) + 1).filter((one) => shown(one) && reached(one));
  return after.find((one) => element.type !== 'radio' || one.name !== element.name);
}

// In a group of choices its number chooses (0 the tenth); elsewhere Enter goes on, and only buttons and Alt+S send the form.
export function callKeys(form) {
  form.addEventListener('keydown', (event) => {
    if (event.isComposing || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    const element = event.target;
    if (event.key === 'Enter' && element.matches('input, select')) {
      event.preventDefault();
      const following = next(form, element);
      if (following) following.focus();
      return;
    }
    const group = /^[0-9]$/.test(event.key) && element.type === 'radio' && element.closest('.numbered');
    const wanted = group && group.querySelectorAll('input[type="radio"]')[(Number(event.key) || 10) - 1];
    if (!wanted) return;
    event.preventDefault();
    wanted.focus();
    wanted.click();
  });
}

// After a refusal the first wrong field has the focus.
export function toFirstWrong(form) {
  const wrong = form.querySelector('.wrong input:not([type="hidden"]), .wrong select, .wrong textarea');
  if (wrong) wrong.focus();
}
