/**
 * Owns what was advised and what came of it: what a counter spared that opened, and what one would
 * have spared that did not. Of counters and of the advice itself, never of people.
 *
 * @typedef {import('../../web/types').AdviceLog} AdviceLog
 * @typedef {import('../../web/types').AdviceItem} AdviceItem
 * @typedef {import('../../web/types').Hindsight} Hindsight
 */

import { get } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { number, t, time } from '/web/i18n.js';
import { part } from '/web/staff/view.js';
import { percent } from '/manager/figures.js';
import { PeriodView } from '/manager/periodview.js';
import { dayWords } from '/manager/periodwords.js';

/** `<ramah-advice-log>`; give it the `hall`. */
export class AdviceView extends PeriodView {
  /** @type {import('/web/hall.js').Hall} */
  hall = /** @type {any} */ (null);

  /** @override */
  build() {
    this.className = 'estimates advice-log reports';
    this.today = this.hall.state ? this.hall.state.day : '';
    this.period.kinds = ['day', 'week', 'month', 'custom'];
    super.build();
  }

  /**
   * @param {URLSearchParams} query
   * @returns {Promise<AdviceLog>}
   * @override
   */
  read(query) {
    return get(`/api/advice/log?${query}`, { as: 'staff' });
  }

  /**
   * @param {AdviceLog} found
   * @override
   */
  show(found) {
    const known = found.advices.filter((each) => each.seen);
    fill(part(this, '.report-body'),
      el('section', { class: 'card' },
        el('p', { class: 'hits' }, known.length
          ? t('Counters that opened spared visitors {spared} minutes of waiting beyond the promise; those that stayed closed would have spared {missed}.', { spared: number(found.spared), missed: number(found.missed) })
          : t('Nothing to look back on yet: what came of an advice is known four hours later.')),
        known.length ? el('p', {}, t('Foretold were {told} minutes in all, in hindsight {seen}.', { told: number(found.told), seen: number(found.spared + found.missed) })) : null,
        el('p', { class: 'soft' }, t('In hindsight: the same hall, with the visitors who really came and as long as they really took, once with the counter and once without.'))),
      found.advices.length ? table(found.advices) : null);
  }
}

/** @param {AdviceItem[]} advices */
function table(advices) {
  const heading = t('Advice');
  const columns = [t('Foretold'), t('In hindsight'), t('Called as promised')];
  return el('div', { class: 'card wide' },
    el('div', { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': heading },
      el('table', { class: 'table' },
        el('caption', { class: 'hidden-visually' }, heading),
        el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, heading), el('th', { scope: 'col' }, t('Answer')),
          ...columns.map((each) => el('th', { scope: 'col', class: 'number' }, each)))),
        el('tbody', {}, ...advices.map((each) => el('tr', { 'data-advice': each.id },
          el('th', { scope: 'row' }, t('{day}, {time}: counter {number} until {until}', { day: dayWords(each.day), time: time(each.at), number: each.number, until: time(each.until) }), ' ', el('span', { class: 'soft' }, each.service_name)),
          el('td', {}, el('span', { class: 'chip' }, answerWords(each))),
          el('td', { class: 'number' }, minutes(each.without.over - each.with_it.over)),
          el('td', { class: 'number' }, each.seen ? minutes(each.seen.without.over - each.seen.with_it.over) : '–'),
          el('td', { class: 'number' }, each.seen ? within(each.seen) : '–')))))),
    el('p', { class: 'soft' }, t('Minutes of waiting beyond the promise, of all visitors together, that the counter spares.')));
}

/** @param {AdviceItem} each */
function answerWords({ answer, seen }) {
  switch (answer) {
    case 'taken':
      return t('Taken');
    case 'declined':
      return t('Not taken');
    case 'opened':
      return t('Opened');
    case 'lapsed':
      return seen && seen.opened ? t('Opened later') : t('No answer');
    default:
      return t('Open');
  }
}

/** @param {number} value */
function minutes(value) {
  return t('{n} min', { n: number(value) });
}

/** @param {Hindsight} seen */
function within(seen) {
  return seen.people ? percent(1 - seen.really.late / seen.people) : '–';
}

customElements.define('ramah-advice-log', AdviceView);
