// How many characters a text has of how many it may have (data-count on a textarea with maxlength).
export function counters(root) {
  root.querySelectorAll('textarea[data-count]').forEach((area) => {
    if (area.counter) return;
    area.counter = document.createElement('div');
    area.counter.className = 'hint right';
    area.counter.setAttribute('aria-hidden', 'true');
    area.after(area.counter);
    const show = () => { area.counter.textContent = `${area.value.length} / ${area.maxLength}`; };
    area.addEventListener('input', show);
    if (area.form) area.form.addEventListener('change', show);
    show();
  });
}
