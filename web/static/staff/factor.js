/**
 * Owns the second step at log-in, as a person sets it up and ends it: an app's code besides the
 * password, and codes on paper for the day the phone is lost.
 *
 * @typedef {import('../../types').Factor} Factor
 * @typedef {import('../../types').FactorBegun} FactorBegun
 * @typedef {import('../../types').RecoveryCodes} RecoveryCodes
 */

import { get, post } from '/web/api.js';
import { el } from '/web/dom.js';
import { t, tn } from '/web/i18n.js';
import { ask, until } from '/web/staff/dialog.js';

/** @returns {Promise<Factor>} */
export function factorNow() {
  return get('/api/factor', { as: 'staff' });
}

/** @param {Factor} now */
export function factorWords(now) {
  return now.on
    ? `${t('A code of your app is asked for at each log-in.')} ${tn('{n} recovery code is left.', '{n} recovery codes are left.', now.left)}`
    : t('A code of an app on your phone, besides the password: who learns your password still cannot get in.');
}

/**
 * @param {string} label
 * @param {Record<string, any>} more
 */
function line(label, more) {
  const input = el('input', Object.assign({ class: 'input' }, more));
  return { input, node: el('div', { class: 'field' }, el('label', { class: 'strong', for: input.id }, label), input) };
}

function passwordLine() {
  return line(t('Your password'), { id: 'factor-password', type: 'password', maxLength: 200, autocomplete: 'current-password' });
}

/** @returns {{input: HTMLInputElement, node: HTMLElement}} */
export function codeLine() {
  return line(t('Code of the app'), { id: 'factor-code', maxLength: 40, autocomplete: 'one-time-code', inputMode: 'numeric', spellcheck: false });
}

/** @returns {Promise<boolean>} whether it counts now */
export async function setUpFactor() {
  const password = passwordLine();
  const begun = /** @type {FactorBegun | null} */ (await until({
    title: t('Set the second step up'),
    intro: t('You need an app for one-time codes on your phone, such as Aegis, FreeOTP or Google Authenticator.'),
    confirm: t('Go on'),
    fields: [password.node],
    missing: () => (password.input.value ? null : t('Please type your password.')),
  }, () => post('/api/factor/begin', { password: password.input.value }, { as: 'staff' })));
  if (!begun) {
    return false;
  }
  const code = codeLine();
  const made = /** @type {RecoveryCodes | null} */ (await until({
    title: t('Scan this with the app'),
    intro: t('Then type the six digits that it shows.'),
    confirm: t('Switch it on'),
    fields: [
      el('div', { class: 'factor-app' },
        el('img', { src: begun.picture, alt: t('Code for the app'), class: 'qr' }),
        el('div', {}, el('p', { class: 'soft small' }, t('No camera? Type this key into the app:')), el('p', { class: 'factor-key number' }, (begun.secret.match(/.{1,4}/g) || []).join(' ')))),
      code.node,
    ],
    missing: () => (code.input.value.trim() ? null : t('Please type the code.')),
  }, () => post('/api/factor/confirm', { code: code.input.value.trim() }, { as: 'staff' })));
  if (!made) {
    return false;
  }
  await ask({
    title: t('Keep these codes'),
    intro: t('Each lets you in once when the phone is not at hand. They are shown just now: write them down or print the page.'),
    fields: [el('ul', { class: 'plain factor-codes number' }, ...made.codes.map((each) => el('li', {}, each)))],
    confirm: t('I have kept them'),
    cancel: '',
  });
  return true;
}

/** @returns {Promise<void>} */
export async function endFactor() {
  const password = passwordLine();
  await until({
    title: t('End the second step?'),
    intro: t('From then on the password alone lets in.'),
    confirm: t('End it'),
    careful: true,
    fields: [password.node],
    missing: () => (password.input.value ? null : t('Please type your password.')),
  }, () => post('/api/factor/end', { password: password.input.value }, { as: 'staff' }));
}
