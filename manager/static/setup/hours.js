/** Owns the set-up's page of hours: when numbers are given, on which days of the week. */

import { t } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { icon } from '/web/staff/icons.js';
import { chips, dayNames, field } from '/manager/setup/fields.js';

/**
 * @typedef {import('./draft.js').Draft} Draft
 * @typedef {import('./draft.js').Period} Period
 */

/** @param {Draft} draft */
export function hoursPage(draft) {
  const { office } = draft;
  const place = el('div', { class: 'stack' });
  const always = el('input', { type: 'checkbox', checked: !office.hours, onchange: () => {
    if (always.checked) {
      delete office.hours;
    } else {
      office.hours = { periods: [{ days: [1, 2, 3, 4, 5], opens: '08:00', closes: '15:00' }] };
    }
    draft.changed();
    show();
  } });
  const show = () => fill(place, office.hours ? periods(office.hours.periods, 'hours.periods', () => draft.changed()) : null);
  show();
  return el('div', { class: 'stack' },
    el('h1', {}, t('Opening hours')),
    el('p', { class: 'soft' }, t('When numbers are given. A break is the time between two lines of the same day.')),
    place,
    el('label', { class: 'consent' }, always, el('span', {}, t('Always open: numbers at any hour'))));
}

/**
 * A week as lines of days and times.
 *
 * @param {Period[]} lines changed in place
 * @param {string} path of the list in the settings
 * @param {() => void} changed
 */
export function periods(lines, path, changed) {
  const list = el('ul', { class: 'rows' });
  const show = () => fill(list, ...lines.map((each, index) => line(each, `${path}[${index}]`, changed, () => {
    lines.splice(index, 1);
    changed();
    show();
  })));
  show();
  return el('div', { class: 'stack', 'data-path': path },
    list,
    el('small', { class: 'error', 'aria-live': 'polite' }),
    el('button', { type: 'button', class: 'button quiet', onclick: () => {
      lines.push({ days: [6], opens: '08:00', closes: '12:00' });
      changed();
      show();
    } }, icon('add-service'), t('Add a time')));
}

/**
 * @param {Period} period
 * @param {string} path
 * @param {() => void} changed
 * @param {() => void} drop
 */
function line(period, path, changed, drop) {
  const days = dayNames().map((text, index) => ({ value: String(index + 1), text }));
  return el('li', { class: 'row-card period' },
    el('div', { class: 'field period-days', 'data-path': `${path}.days` }, chips(t('Days'), days, period.days.map(String), (chosen) => {
      period.days = chosen.map(Number);
      changed();
    })),
    el('div', { class: 'times' },
      clock(t('Numbers from'), period, 'tickets_from', path, changed),
      clock(t('Opens'), period, 'opens', path, changed),
      clock(t('Last number'), period, 'last_ticket', path, changed),
      clock(t('Closes'), period, 'closes', path, changed)),
    el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('Remove this time'), title: t('Remove this time'), onclick: drop }, icon('remove')));
}

/**
 * @param {string} label
 * @param {any} period
 * @param {'opens' | 'closes' | 'tickets_from' | 'last_ticket'} name
 * @param {string} path
 * @param {() => void} changed
 */
function clock(label, period, name, path, changed) {
  const input = el('input', { type: 'time', class: 'input clock-input', value: period[name] === '24:00' ? '00:00' : period[name] || '' });
  input.addEventListener('input', () => {
    if (!input.value && (name === 'tickets_from' || name === 'last_ticket')) {
      delete period[name];
    } else {
      // the end of the day is written as the end, not as the beginning of the next
      period[name] = input.value === '00:00' && name !== 'opens' && name !== 'tickets_from' ? '24:00' : input.value;
    }
    changed();
  });
  return field(label, input, { path: `${path}.${name}` });
}
