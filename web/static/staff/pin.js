/** Owns choosing one's PIN, which opens a page that nobody touched for a while. */

import { del, post } from '/web/api.js';
import { el } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { ask, until } from '/web/staff/dialog.js';

/** @returns {Promise<void>} */
export async function choosePin() {
  const password = el('input', { id: 'pin-password', class: 'input', type: 'password', maxLength: 200, autocomplete: 'current-password' });
  const pin = el('input', { id: 'pin-new', class: 'input', type: 'password', maxLength: 12, inputMode: 'numeric', autocomplete: 'off' });
  const done = await until({
    title: t('Choose a PIN'),
    intro: t('Four to twelve digits. It opens a page of yours that is locked, on this and other computers where you are logged in, and nothing else.'),
    confirm: t('Keep it'),
    fields: [
      el('div', { class: 'field' }, el('label', { class: 'strong', for: 'pin-password' }, t('Your password')), password),
      el('div', { class: 'field' }, el('label', { class: 'strong', for: 'pin-new' }, t('New PIN')), pin),
    ],
    missing: () => (password.value && pin.value ? null : t('Please fill in both.')),
  }, async () => {
    await post('/api/session/pin', { password: password.value, pin: pin.value }, { as: 'staff' });
    return true;
  });
  if (done) {
    await ask({ title: t('Your PIN is kept'), confirm: t('Good'), cancel: '' });
  }
}

export function dropPin() {
  return del('/api/session/pin', undefined, { as: 'staff' });
}
