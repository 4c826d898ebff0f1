// Parts of a page that refresh themselves (macro `live`): quiet while nobody looks, no sign of life of a person,
// and without a body where nothing changed.
export function polling() {
  const shown = new WeakMap();
  const isPoll = (element) => element && (element.hasAttribute('data-live') || element.id === 'badge');

  document.addEventListener('htmx:before:request', (event) => {
    if (isPoll(event.target) && document.hidden) event.preventDefault();
  });
  document.addEventListener('htmx:config:request', (event) => {
    const ctx = event.detail && event.detail.ctx;
    if (!ctx || !isPoll(event.target)) return;
    ctx.request.headers['X-Poll'] = '1';
    if (shown.has(event.target)) ctx.request.headers['X-Shown'] = shown.get(event.target);
  });
  document.addEventListener('htmx:before:response', (event) => {
    const ctx = event.detail && event.detail.ctx;
    if (!ctx || !isPoll(event.target)) return;
    const tag = ctx.response.raw.headers.get('X-Shown');
    if (tag) shown.set(event.target, tag);
  });
}
