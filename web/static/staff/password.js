/** Owns changing the own password, from the bar of every staff page. */

import { post } from '/web/api.js';
import { el } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { ask } from '/web/staff/dialog.js';

/**
 * @param {string} label
 * @param {string} complete what password managers call it
 * @returns {{node: HTMLElement, input: HTMLInputElement}}
 */
function secret(label, complete) {
  const id = `secret-${complete}-${label.length}`;
  const input = el('input', { id, type: 'password', class: 'input', maxLength: 200, autocomplete: complete });
  return { node: el('div', { class: 'stack-xs' }, el('label', { class: 'strong', for: id }, label), input), input };
}

/**
 * Ask until it is changed or left; what was typed stays when the server has an objection.
 *
 * @param {number} least characters of a new one
 * @returns {Promise<void>}
 */
export async function changePassword(least) {
  const old = secret(t('Password until now'), 'current-password');
  const fresh = secret(t('New password'), 'new-password');
  const again = secret(t('The new one once more'), 'new-password');
  let intro = t('At least {n} characters. You stay logged in here; elsewhere you log in again.', { n: least });
  for (;;) {
    const sure = await ask({
      title: t('Change the password'),
      intro,
      fields: [old.node, fresh.node, again.node],
      confirm: t('Change it'),
      check: () => {
        if (!old.input.value || !fresh.input.value) {
          return t('Please fill in both passwords.');
        }
        return fresh.input.value === again.input.value ? null : t('The two new passwords differ.');
      },
    });
    if (!sure) {
      return;
    }
    try {
      await post('/api/session/password', { old: old.input.value, new: fresh.input.value });
      await ask({ title: t('The password is changed'), confirm: t('Good'), cancel: '' });
      return;
    } catch (problem) {
      intro = /** @type {{detail?: string}} */ (problem).detail || String(problem);
    }
  }
}
