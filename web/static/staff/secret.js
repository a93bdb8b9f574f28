/** Owns a field for a password: hidden, shown at will, and never in the way of pasting. */

import { t } from '/web/i18n.js';
import { el, say } from '/web/dom.js';

/**
 * @param {HTMLInputElement} password
 * @returns {HTMLElement} the field with a button that shows what was typed
 */
export function withShow(password) {
  const show = el('button', { type: 'button', class: 'show', 'aria-pressed': 'false' }, t('Show'));
  show.addEventListener('click', () => {
    const hidden = password.type === 'password';
    password.type = hidden ? 'text' : 'password';
    show.setAttribute('aria-pressed', String(hidden));
    say(show, hidden ? t('Hide') : t('Show'));
    password.focus();
  });
  return el('div', { class: 'with-button' }, password, show);
}
