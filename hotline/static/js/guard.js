// A form is sent once, however often its button is pressed; and with a token that is still good.

export function csrfToken() {
  const meta = document.querySelector('meta[name="csrf-token"]');
  return meta ? meta.content : '';
}

export function guardForms() {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== 'post') return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = '1';
    form.setAttribute('aria-busy', 'true');
    // Disabled only after the browser has read the form: a disabled button's own value would not be sent.
    setTimeout(() => form.querySelectorAll('button[type="submit"]').forEach((b) => { b.disabled = true; }), 0);
  });
  // Coming back with the browser's button: the form may be sent again.
  window.addEventListener('pageshow', () => {
    document.querySelectorAll('form[data-sent]').forEach((form) => {
      delete form.dataset.sent;
      form.removeAttribute('aria-busy');
      form.querySelectorAll('button[type="submit"]').forEach((b) => { b.disabled = false; });
    });
  });
  document.addEventListener('htmx:finally:request', (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement) delete form.dataset.sent;
  });
  document.addEventListener('htmx:config:request', (event) => {
    const ctx = event.detail && event.detail.ctx;
    if (ctx && ctx.request && ctx.request.headers) ctx.request.headers['X-CSRFToken'] = csrfToken();
  });
}

// Somebody may have signed in again in another window: take the new session's token before the form is sent.
export function refreshTokens() {
  const take = async () => {
    try {
      const answer = await fetch('/form-token', { headers: { Accept: 'application/json', 'X-Poll': '1' } });
      if (!answer.ok) return;
      const { token } = await answer.json();
      document.querySelectorAll('input[name="csrf_token"]').forEach((input) => { input.value = token; });
      document.querySelector('meta[name="csrf-token"]').content = token;
    } catch (error) { /* offline: the next time the page is shown will do */ }
  };
  document.addEventListener('visibilitychange', () => { if (!document.hidden) take(); });
  window.addEventListener('pageshow', (event) => { if (event.persisted) take(); });
}
