/** Owns asking what a device is called from now on, the same on the manager's and the city's page. */

import { t } from '/web/i18n.js';
import { el } from '/web/dom.js';
import { ask } from '/web/staff/dialog.js';
import { oneLine } from '/web/text.js';

/**
 * @param {{name: string}} device
 * @returns {Promise<string>} empty when the person thought better of it
 */
export async function askName(device) {
  const name = el('input', { class: 'input', type: 'text', maxLength: 40, value: device.name, autocomplete: 'off' });
  const sure = await ask({
    title: t('What is {name} called from now on?', { name: device.name }),
    fields: [el('label', { class: 'field' }, el('span', {}, t('Name')), name)],
    confirm: t('Save'),
    check: () => (oneLine(name.value) ? null : t('Please type a name.')),
  });
  return sure ? oneLine(name.value) : '';
}
