/**
 * Owns the second step at log-in, as a person sets it up and ends it: an app's code or a passkey
 * besides the password, and codes on paper for the day the phone is lost.
 *
 * @typedef {import('../../types').Factor} Factor
 * @typedef {import('../../types').FactorBegun} FactorBegun
 * @typedef {import('../../types').Passkey} Passkey
 * @typedef {import('../../types').RecoveryCodes} RecoveryCodes
 */

import { get, post } from '/web/api.js';
import { el } from '/web/dom.js';
import { day, t, tn } from '/web/i18n.js';
import { ask, until } from '/web/staff/dialog.js';
import { addPasskey, whyNot } from '/web/staff/passkeys.js';

/** @returns {Promise<Factor>} */
export function factorNow() {
  return get('/api/factor', { as: 'staff' });
}

/** @returns {Promise<boolean>} whether a passkey can be made on this page */
export async function passkeysHere() {
  return !whyNot((await factorNow()).passkeys_at);
}

/** @param {Factor} now */
function factorWords(now) {
  return now.on
    ? `${t('It is asked for at each log-in, besides the password.')} ${tn('{n} recovery code is left.', '{n} recovery codes are left.', now.left)}`
    : t('A passkey or a code of an app, besides the password: who learns your password still cannot get in.');
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
    title: t('Set an app up'),
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
  await keep(made);
  return true;
}

/** @param {RecoveryCodes} made none where some are left from before */
async function keep(made) {
  if (!made.codes.length) {
    return;
  }
  await ask({
    title: t('Keep these codes'),
    intro: t('Each lets you in once when the phone is not at hand. They are shown just now: write them down or print the page.'),
    fields: [el('ul', { class: 'plain factor-codes number' }, ...made.codes.map((each) => el('li', {}, each)))],
    confirm: t('I have kept them'),
    cancel: '',
  });
}

async function renewCodes() {
  const password = passwordLine();
  const made = /** @type {RecoveryCodes | null} */ (await until({
    title: t('New recovery codes?'),
    intro: t('The ones you have let nobody in any more. App and passkeys stay as they are.'),
    confirm: t('Make new ones'),
    fields: [password.node],
    missing: () => (password.input.value ? null : t('Please type your password.')),
  }, () => post('/api/factor/codes', { password: password.input.value }, { as: 'staff' })));
  if (made) {
    await keep(made);
  }
}

/** @returns {Promise<boolean>} whether there is one more */
export async function setUpPasskey() {
  const made = await addPasskey(passwordLine());
  if (made) {
    await keep(made);
  }
  return Boolean(made);
}

/** @param {Passkey} key */
async function endPasskey(key) {
  const password = passwordLine();
  await until({
    title: t('End the passkey {name}?', { name: key.name }),
    intro: t('It lets you in no more. Delete it on the device, too.'),
    confirm: t('End it'),
    careful: true,
    fields: [password.node],
    missing: () => (password.input.value ? null : t('Please type your password.')),
  }, () => post(`/api/passkeys/${key.id}/end`, { password: password.input.value }, { as: 'staff' }));
}

/**
 * What a person sees of the own second step.
 *
 * @param {Factor} now
 * @param {(work: () => Promise<unknown>) => (event: Event) => void} onward what a press leads to
 * @returns {HTMLElement}
 */
export function factorPart(now, onward) {
  const lacks = whyNot(now.passkeys_at);
  const last = now.needed && Number(now.app) + now.passkeys.length === 1;
  /** @param {string} words @param {() => Promise<unknown>} work @param {string} [label] */
  const button = (words, work, label) => el('button', { type: 'button', class: 'button quiet small', onclick: onward(work), 'aria-label': label }, words);
  return el('div', { class: 'stack-s' },
    el('h3', {}, t('Second step at log-in')),
    el('p', { class: 'soft small' }, factorWords(now)),
    el('ul', { class: 'plain' },
      now.app ? el('li', { class: 'login-line' }, el('div', {}, el('b', {}, t('App for codes'))), last ? null : button(t('End the app'), endFactor)) : null,
      ...now.passkeys.map((each) => el('li', { class: 'login-line', 'data-passkey': each.id },
        el('div', {}, el('b', {}, t('Passkey: {name}', { name: each.name })), el('small', { class: 'soft' }, told(each))),
        last ? null : button(t('End it'), () => endPasskey(each), t('End the passkey {name}', { name: each.name }))))),
    el('div', { class: 'invited-ways' },
      lacks ? null : button(t('Set a passkey up'), setUpPasskey),
      now.app && !now.locked ? null : button(t('Set an app up'), setUpFactor),
      now.on ? button(t('New recovery codes'), renewCodes) : null),
    now.locked ? el('p', { class: 'banner warn' }, t('This server came back on another machine: codes of your app do not count here. Set it up again.')) : null,
    lacks ? el('p', { class: 'soft small' }, lacks) : null);
}

/** @param {Passkey} each */
function told(each) {
  return [
    each.host === location.hostname ? '' : t('for {host}', { host: each.host }),
    t('made {day}', { day: day(each.made) }),
    each.used ? t('last used {day}', { day: day(each.used) }) : t('never used yet'),
  ].filter(Boolean).join(' · ');
}

/** @returns {Promise<void>} */
export async function endFactor() {
  const password = passwordLine();
  await until({
    title: t('End the app?'),
    intro: t('Its codes let you in no more. Without an app and a passkey, the password alone lets in.'),
    confirm: t('End it'),
    careful: true,
    fields: [password.node],
    missing: () => (password.input.value ? null : t('Please type your password.')),
  }, () => post('/api/factor/end', { password: password.input.value }, { as: 'staff' }));
}
