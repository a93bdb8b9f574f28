/** Owns what a person sees and changes of the own log-in, from the bar of every staff page. */

import { el } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { ask } from '/web/staff/dialog.js';
import { factorNow, factorPart } from '/web/staff/factor.js';
import { lockHere, lockNow } from '/web/staff/lock.js';
import { Logins } from '/web/staff/logins.js';
import { changePassword } from '/web/staff/password.js';
import { choosePin, dropPin } from '/web/staff/pin.js';

/**
 * Show it until it is closed; what is changed opens a dialog of its own and leads back.
 *
 * @param {import('../../types').Person} person
 */
export async function showAccount(person) {
  /** @type {(() => Promise<unknown>) | null} */
  let next = null;
  do {
    next = null;
    const factor = await factorNow().catch(() => null); // no link: the rest of it is shown all the same
    const lock = person.idle_minutes ? await lockNow() : null;
    /** @param {() => Promise<unknown>} work */
    const onward = (work) => (/** @type {Event} */ event) => {
      next = work;
      const dialog = /** @type {Element} */ (event.target).closest('dialog');
      if (dialog instanceof HTMLDialogElement) {
        dialog.close('');
      }
    };
    await ask({
      title: person.name,
      intro: person.login ? t('You log in as {login}.', { login: person.login }) : '',
      fields: [
        el('div', { class: 'stack-s' },
          el('button', { type: 'button', class: 'button quiet', onclick: onward(() => changePassword(person.password_length)) }, t('Change the password'))),
        ...(factor ? [factorPart(factor, onward)] : []),
        ...(lock ? [pinPart(person, lock, onward)] : []),
        el('h3', {}, t('Where you are logged in')),
        el('p', { class: 'soft small' }, t('Something there that you do not know? Log it out and change the password.')),
        new Logins(),
      ],
      confirm: t('Close'),
      cancel: '',
    });
    if (next) {
      await /** @type {() => Promise<unknown>} */ (next)();
    }
  } while (next);
}

/**
 * @param {import('../../types').Person} person
 * @param {import('../../types').Lock} lock
 * @param {(work: () => Promise<unknown>) => (event: Event) => void} onward
 */
function pinPart(person, lock, onward) {
  return el('div', { class: 'stack-s' },
    el('h3', {}, t('Lock of the page')),
    el('p', { class: 'soft small' }, t('A page that nobody touches for {n} minutes is locked.', { n: person.idle_minutes }), ' ',
      lock.pin ? t('Your PIN opens it.') : t('Your password opens it; a PIN is quicker.')),
    el('div', { class: 'invited-ways' },
      el('button', { type: 'button', class: 'button quiet small', onclick: onward(choosePin) }, lock.pin ? t('Change the PIN') : t('Choose a PIN')),
      lock.pin ? el('button', { type: 'button', class: 'button quiet small', onclick: onward(dropPin) }, t('Give the PIN up')) : null,
      el('button', { type: 'button', class: 'button quiet small', onclick: () => lockHere().then(() => location.reload()) }, t('Lock now'))));
}
