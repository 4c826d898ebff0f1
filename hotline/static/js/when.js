// Fields asked for only after a certain answer: <fieldset data-when="resolution=PARTLY|UNRESOLVED">.
// Hidden they are disabled too, so that nothing is sent that was not asked for. Without this script all stand there.

function answers(form, name) {
  return Array.from(form.elements)
    .filter((element) => element.name === name && (!/^(radio|checkbox)$/.test(element.type) || element.checked))
    .map((element) => element.value);
}

function settle(form) {
  form.querySelectorAll('fieldset[data-when]').forEach((part) => {
    const [name, wanted] = part.dataset.when.split('=');
    const asked = answers(form, name).some((value) => wanted.split('|').includes(value));
    part.hidden = !asked;
    part.disabled = !asked;
  });
}

export function conditions(root) {
  root.querySelectorAll('fieldset[data-when]').forEach((part) => {
    const form = part.form;
    if (!form || form.conditional) return;
    form.conditional = true;
    form.addEventListener('change', () => settle(form));
    settle(form);
  });
}
