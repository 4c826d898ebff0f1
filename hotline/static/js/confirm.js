// A question before a form is sent: data-confirm="…" on the form or on one of its buttons.
export function confirmForms() {
  const dialog = document.getElementById('confirm-dialog');
  if (!dialog || !dialog.showModal) return;
  document.addEventListener('submit', (event) => {
    const form = event.target;
    const button = event.submitter;
    const question = (button && button.dataset.confirm) || form.dataset.confirm;
    if (!question || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    dialog.querySelector('.confirm-text').textContent = question;
    dialog.returnValue = 'no';
    dialog.addEventListener('close', () => {
      if (dialog.returnValue !== 'yes') return;
      form.dataset.confirmed = '1';
      form.requestSubmit(button || undefined);
      delete form.dataset.confirmed;
    }, { once: true });
    dialog.showModal();
  }, true);
}
