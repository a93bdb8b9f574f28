/**
 * Owns the ways in which a saved plan leaves the page: on paper, as a sheet, into calendars.
 *
 * @typedef {import('../../web/types').Officer} Officer
 */

import { el } from '/web/dom.js';
import { language, t } from '/web/i18n.js';
import { nameOf } from '/manager/planday.js';

/**
 * @param {string} week its Monday
 * @param {import('../../web/types').RotaRulesAnswer} told
 */
export function planFiles(week, told) {
  const link = (/** @type {string} */ format, /** @type {string} */ words, officer = '') => {
    const query = new URLSearchParams({ week, format, language: language(), as: 'staff' });
    if (officer) {
      query.set('officer', officer);
    }
    return el('a', { class: 'button quiet small', href: `/api/rota/file?${query}`, download: '' }, words);
  };
  return el('section', { class: 'card', 'aria-labelledby': 'plan-files-title' },
    el('h2', { id: 'plan-files-title' }, t('Take it along')),
    el('div', { class: 'plan-acts' },
      link('pdf', t('Paper (A4)')), link('xlsx', t('Sheet (XLSX)')), link('csv-sheet', t('CSV'))),
    el('details', {}, el('summary', {}, t('Calendar for one officer')),
      el('div', { class: 'plan-acts' }, ...told.rules.officers.filter((each) => each.active).map((each) => link('ics', nameOf(told, each.key), each.key)))),
    el('p', { class: 'soft' }, t('Officers with a login see their own rota on their phone at {address}.', { address: `${location.origin}/rota` })));
}
