/**
 * Owns the questions about who logs in: name, user name, role and services.
 *
 * @typedef {{name: string, login: string, role: string, services: string[] | null}} About
 * @typedef {import('../../web/types').Service} Service
 */

import { el } from '/web/dom.js';
import { language, t } from '/web/i18n.js';
import { until } from '/web/staff/dialog.js';
import { oneLine } from '/web/text.js';
import { chips } from '/manager/setup/fields.js';

/**
 * Ask about a person; what was typed stays when the server has an objection.
 *
 * @param {{title: string, confirm: string, about: About, mayBe: string[], services: {code: string, names: Record<string, string>}[], fresh: boolean}} question
 * @param {(about: About) => Promise<void>} save throws an error with `detail` when something is wrong
 * @returns {Promise<boolean>} whether it was saved
 */
export async function askPerson({ title, confirm, about, mayBe, services, fresh }, save) {
  const { name, login, lines, missing } = nameAndLogin('person', about, fresh);
  const role = el('select', { id: 'person-role', class: 'input' },
    ...mayBe.map((each) => el('option', { value: each, selected: each === about.role }, roleName(each))));
  let chosen = about.services || [];
  const offered = services.map((each) => ({ value: each.code, text: each.code, title: each.names[language()] || each.code }));
  const done = await until({
    title,
    intro: fresh ? howInvited() : '',
    fields: [
      ...lines,
      labelled(t('May work as'), role),
      ...(services.length > 1
        ? [el('div', { class: 'stack-xs' }, el('b', {}, t('Serves only')),
          chips(t('Serves only'), offered, chosen, (now) => { chosen = now; }),
          el('small', { class: 'soft' }, t('None chosen: every service.')))]
        : []),
    ],
    confirm,
    missing,
  }, async () => {
    await save({ name: oneLine(name.value), login: login.value.trim(), role: role.value, services: chosen.length ? chosen : null });
    return true;
  });
  return Boolean(done);
}

/** @returns {string} what is said to who invites somebody */
export function howInvited() {
  return t('The person chooses the password by the invitation; nobody else ever knows it.');
}

/**
 * The lines for a name and what is logged in with, which follows from it; that one stays for who is here already.
 *
 * @param {string} id
 * @param {{name: string, login: string}} [about]
 * @param {boolean} [fresh]
 */
export function nameAndLogin(id, about = { name: '', login: '' }, fresh = true) {
  const name = el('input', { id: `${id}-name`, class: 'input', value: about.name, maxLength: 64, autocomplete: 'off', 'data-first': '' });
  const login = el('input', { id: `${id}-login`, class: 'input', value: about.login, maxLength: 64, autocomplete: 'off', autocapitalize: 'none', spellcheck: false });
  if (fresh) {
    follows(name, login, loginOf);
  }
  return {
    name,
    login,
    lines: [labelled(t('Name, as colleagues read it'), name), ...(fresh ? [labelled(t('User name'), login)] : [])],
    missing: () => (oneLine(name.value) && login.value.trim() ? null : t('Please fill in the name and the user name.')),
  };
}

/**
 * Let a field say what follows from another one, until somebody writes into it.
 *
 * @param {HTMLInputElement} from
 * @param {HTMLInputElement} to
 * @param {(words: string) => string} made
 */
export function follows(from, to, made) {
  let own = false;
  from.addEventListener('input', () => {
    to.value = own ? to.value : made(from.value);
  });
  to.addEventListener('input', () => {
    own = Boolean(to.value);
  });
}

/**
 * @param {string} words
 * @param {HTMLElement} input
 */
export function labelled(words, input) {
  return el('div', { class: 'field' }, el('label', { class: 'strong', for: input.id }, words), input);
}

/**
 * @param {string} name
 * @returns {string} what somebody of this name may log in with
 */
export function loginOf(name) {
  const plain = name.normalize('NFKD').replace(/[^\x20-\x7e]/g, '').toLowerCase();
  const words = plain.split(/[^a-z0-9]+/).filter((each) => each && !['ibu', 'bapak', 'pak', 'bu', 'mr', 'mrs', 'ms', 'dr'].includes(each));
  return (words[0] || '').slice(0, 40);
}

/** @param {string} role */
export function roleName(role) {
  const names = /** @type {Record<string, string>} */ ({
    host: t('host'), staff: t('staff'), supervisor: t('supervisor'), manager: t('manager'), admin: t('administrator'),
    agency: t('reader of an agency'), city: t('reader of the city'),
  });
  return names[role] || role;
}
