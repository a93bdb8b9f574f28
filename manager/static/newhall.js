/**
 * Owns founding a hall: another one's settings under a name of its own, and who administers it first.
 *
 * @typedef {import('../../web/types').HallNow} HallNow
 * @typedef {import('../../web/types').Invited} Invited
 */

import { post } from '/web/api.js';
import { el } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { until } from '/web/staff/dialog.js';
import { oneLine } from '/web/text.js';
import { handOver } from '/manager/invited.js';
import { follows, labelled, loginOf } from '/manager/personform.js';

const PLAIN = { autocomplete: 'off', autocapitalize: 'none', spellcheck: false };

/**
 * Ask for a hall, make it, and show the invitation; what was typed stays when something is wrong.
 *
 * @param {HallNow[]} halls
 * @returns {Promise<boolean>} whether there is one more now
 */
export async function askHall(halls) {
  const name = el('input', { id: 'hall-name', class: 'input', maxLength: 64, autocomplete: 'off', 'data-first': '' });
  const code = el('input', { id: 'hall-code', class: 'input', maxLength: 16, ...PLAIN });
  const like = el('select', { id: 'hall-like', class: 'input' },
    ...halls.map((hall) => el('option', { value: hall.code }, hall.name)));
  const agency = el('input', { id: 'hall-agency', class: 'input', maxLength: 64, autocomplete: 'off' });
  let own = false;
  const sameAgency = () => {
    const template = halls.find((hall) => hall.code === like.value);
    agency.value = own ? agency.value : (template && template.agency) || '';
  };
  agency.addEventListener('input', () => { own = true; });
  like.addEventListener('change', sameAgency);
  sameAgency();
  const person = el('input', { id: 'hall-person', class: 'input', maxLength: 64, autocomplete: 'off' });
  const login = el('input', { id: 'hall-login', class: 'input', maxLength: 64, ...PLAIN });
  follows(name, code, codeOf);
  follows(person, login, loginOf);
  const fields = [name, code, person, login];
  const made = /** @type {Invited | null} */ (await until({
    title: t('A new hall'),
    intro: t('It begins with the settings of another hall: services, counters, hours and words. All of it can be changed there.'),
    fields: [
      labelled(t('Name, as visitors read it'), name),
      labelled(t('Short name, for good'), code),
      labelled(t('With the settings of'), like),
      labelled(t('Agency whose hall it is, or none'), agency),
      labelled(t('Who administers it'), person),
      labelled(t('User name'), login),
    ],
    confirm: t('Make the hall'),
    missing: () => (fields.every((each) => oneLine(each.value)) ? null : t('Please fill in every line.')),
  }, () => post('/api/city/halls', {
    name: oneLine(name.value), code: code.value.trim(), like: like.value, agency: oneLine(agency.value),
    person: oneLine(person.value), login: login.value.trim(),
  }, { as: 'staff' })));
  if (made) {
    await handOver(made);
  }
  return Boolean(made);
}

/** @param {string} name */
function codeOf(name) {
  const plain = name.normalize('NFKD').replace(/[^\x20-\x7e]/g, '').toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 16).replace(/-$/, '');
}
