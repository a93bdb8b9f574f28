/** Owns the set-up's last page: who looks after the office. */

import { t } from '/web/i18n.js';
import { el } from '/web/dom.js';
import { withShow } from '/web/staff/secret.js';
import { loginOf } from '/manager/personform.js';
import { field, text } from '/manager/setup/fields.js';

/** @typedef {import('./draft.js').Draft} Draft */

/**
 * @param {Draft} draft
 * @param {(password: string) => void} typed the password is never kept, only handed on
 */
export function personPage(draft, typed) {
  let own = Boolean(draft.login);
  const login = text(draft.login, (value) => {
    own = Boolean(value);
    draft.login = value.trim();
    draft.changed();
  }, { maxLength: 64, autocomplete: 'username', autocapitalize: 'none', spellcheck: false });
  const name = text(draft.name, (value) => {
    draft.name = value;
    if (!own) {
      draft.login = loginOf(value);
      login.value = draft.login;
    }
    draft.changed();
  }, { maxLength: 64, autocomplete: 'name', 'data-first': '' });
  const password = text('', typed, { type: 'password', id: 'setup-password', maxLength: 200, autocomplete: 'new-password' });
  const place = field(t('Password'), password, { path: 'password', hint: t('At least {n} letters or signs. Three or four words that do not belong together are easy to keep and hard to guess.', { n: 8 }) });
  const here = password.nextSibling;
  place.insertBefore(withShow(password), here);
  return el('div', { class: 'stack' },
    el('h1', {}, t('You')),
    el('p', { class: 'soft' }, t('You look after this office: its settings and its people. Colleagues are added afterwards.')),
    field(t('Your name'), name, { path: 'admin' }),
    field(t('User name'), login, { path: 'login', hint: t('Small letters, to log in with.') }),
    place);
}
