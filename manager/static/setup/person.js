/** Owns the set-up's last page: who looks after the office. */

import { t } from '/web/i18n.js';
import { el, say } from '/web/dom.js';
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
  const show = el('button', { type: 'button', class: 'show', 'aria-pressed': 'false' }, t('Show'));
  show.addEventListener('click', () => {
    const hidden = password.type === 'password';
    password.type = hidden ? 'text' : 'password';
    show.setAttribute('aria-pressed', String(hidden));
    say(show, hidden ? t('Hide') : t('Show'));
    password.focus();
  });
  const place = field(t('Password'), password, { path: 'password', hint: t('At least 8 letters or signs. Three or four words that do not belong together are easy to keep and hard to guess.') });
  const both = el('div', { class: 'with-button' });
  password.replaceWith(both);
  both.append(password, show);
  return el('div', { class: 'stack' },
    el('h1', {}, t('You')),
    el('p', { class: 'soft' }, t('You look after this office: its settings and its people. Colleagues are added afterwards.')),
    field(t('Your name'), name, { path: 'admin' }),
    field(t('User name'), login, { path: 'login', hint: t('Small letters, to log in with.') }),
    place);
}

/**
 * @param {string} name
 * @returns {string} what somebody of this name may log in with
 */
function loginOf(name) {
  const plain = name.normalize('NFKD').replace(/[^\x20-\x7e]/g, '').toLowerCase();
  const words = plain.split(/[^a-z0-9]+/).filter((each) => each && !['ibu', 'bapak', 'pak', 'bu', 'mr', 'mrs', 'ms', 'dr'].includes(each));
  return (words[0] || '').slice(0, 40);
}
