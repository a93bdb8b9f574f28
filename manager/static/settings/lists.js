/**
 * Owns the fields of settings that are lists of a kind of their own: reasons, parts of the ticket,
 * turns in a round.
 *
 * @typedef {import('../../../web/types').FormField} FormField
 */

import { ownName, pick, t } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { icon } from '/web/staff/icons.js';
import { field, text } from '/manager/setup/fields.js';

/**
 * Texts per language, any number of them.
 *
 * @param {Record<string, string>[]} list changed in place
 * @param {string[]} languages
 * @param {() => void} changed
 */
export function reasons(list, languages, changed) {
  const rows = el('ul', { class: 'rows' });
  const show = () => fill(rows, ...list.map((words, index) => el('li', { class: 'row-card' },
    ...languages.map((lang) => field(ownName(lang), text(words[lang] || '', (value) => {
      words[lang] = value;
      changed();
    }, { lang }))),
    el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('Remove {what}', { what: pick(words, '') }), onclick: () => {
      list.splice(index, 1);
      changed();
      show();
    } }, icon('remove')))));
  show();
  return el('div', { class: 'stack' }, rows,
    el('button', { type: 'button', class: 'button quiet small', onclick: () => {
      list.push(Object.fromEntries(languages.map((each) => [each, ''])));
      show();
      /** @type {HTMLInputElement} */ (rows.querySelector('li:last-child input')).focus();
    } }, icon('add-service'), t('Add one')));
}

/**
 * Some of a few, in an order.
 *
 * @param {FormField} form
 * @param {any} holder
 * @param {() => void} changed
 */
export function parts(form, holder, changed) {
  const rows = el('ol', { class: 'rows parts' });
  /** @param {string} value */
  const nameOf = (value) => (form.choices.find((each) => each.value === value) || { label: value }).label;
  const add = el('select', { class: 'input', 'aria-label': t('Add a part') });
  /** @param {number} focus the row that keeps the focus, -1 for none */
  const show = (focus) => {
    const now = /** @type {string[]} */ (holder[form.name]);
    /**
     * @param {number} from
     * @param {number} to
     */
    const move = (from, to) => {
      now.splice(to, 0, now.splice(from, 1)[0]);
      changed();
      show(to);
    };
    fill(rows, ...now.map((value, index) => el('li', { class: 'part-row' },
      el('span', {}, nameOf(value)),
      el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('{part}: further up', { part: nameOf(value) }), disabled: index === 0, onclick: () => move(index, index - 1) }, icon('up')),
      el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('{part}: further down', { part: nameOf(value) }), disabled: index === now.length - 1, onclick: () => move(index, index + 1) }, icon('down')),
      el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('Remove {what}', { what: nameOf(value) }), onclick: () => {
        now.splice(index, 1);
        changed();
        show(-1);
      } }, icon('remove')))));
    fill(add, el('option', { value: '' }, t('Add a part')), ...form.choices.filter((each) => each.value === 'rule' || !now.includes(each.value)).map((each) => el('option', { value: each.value }, each.label)));
    const row = rows.children[focus];
    if (row) {
      const next = row.querySelector('button:not([disabled])');
      /** @type {HTMLElement} */ (next).focus();
    }
  };
  add.addEventListener('change', () => {
    if (add.value) {
      holder[form.name].push(add.value);
      changed();
      show(-1);
    }
  });
  show(-1);
  return el('div', { class: 'stack' }, rows, add);
}

/**
 * A small number for each service that a counter offers.
 *
 * @param {FormField} form
 * @param {any} holder the counter
 * @param {any} settings
 * @param {() => void} changed
 */
export function weights(form, holder, settings, changed) {
  const offered = /** @type {string[]} */ (holder.services);
  return el('div', { class: 'times' }, ...offered.map((code) => {
    const service = settings.services.find((/** @type {any} */ each) => each.code === code);
    const input = el('input', { type: 'number', class: 'input number clock-input', min: '1', max: '20', placeholder: '1', value: holder[form.name][code] === undefined ? '' : String(holder[form.name][code]) });
    input.addEventListener('input', () => {
      if (input.value) {
        holder[form.name][code] = Number(input.value);
      } else {
        delete holder[form.name][code];
      }
      changed();
    });
    return field(service ? pick(service.names, code) : code, input);
  }));
}
