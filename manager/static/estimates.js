/**
 * Owns how right the waits were that visitors were told: of those who waited, how many found themselves
 * in the range, by service, class, hour and day.
 *
 * @typedef {import('../../web/types').Estimates} Estimates
 * @typedef {import('../../web/types').EstimatePart} Part
 * @typedef {import('../../web/types').Verdict} Verdict
 */

import { get } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { t, tn } from '/web/i18n.js';
import { icon } from '/web/staff/icons.js';
import { part } from '/web/staff/view.js';
import { percent, told } from '/manager/figures.js';
import { PeriodView } from '/manager/periodview.js';
import { dayWords } from '/manager/periodwords.js';

const SLOW_MS = 30000;
/** Per cent inside that are sound; the server says so too. */
const SOUND = [70, 90];
/** Who waited: fewer say little, and are not judged. */
const FEW = 30;

/** The model that stands in for the simulated one (`server/domain/estimate.py`). */
const FORMULA = 'work-ahead-1';

/** `<ramah-estimates>`; give it the `hall`. */
export class EstimatesView extends PeriodView {
  /** @type {import('/web/hall.js').Hall} */
  hall = /** @type {any} */ (null);

  /** @override */
  build() {
    this.className = 'estimates reports';
    this.today = this.hall.state ? this.hall.state.day : '';
    this.period.kinds = ['day', 'week', 'month', 'custom'];
    super.build();
  }

  /**
   * @param {URLSearchParams} query
   * @returns {Promise<Estimates>}
   * @override
   */
  read(query) {
    return get(`/api/estimates?${query}`, { as: 'staff', timeout: SLOW_MS });
  }

  /**
   * @param {Estimates} found
   * @override
   */
  show(found) {
    const { whole } = found;
    fill(part(this, '.report-body'),
      found.drift === null ? null : el('p', { class: 'banner warn' }, icon('info'),
        t('On two days the ranges were right for {share} of those who waited. They are told wider until that is better.', { share: percent(found.drift / 100) })),
      el('section', { class: 'card stack-s' },
        el('p', { class: 'hits' }, whole.inside === null
          ? t('Nobody had to wait on these days.')
          : tn('Of {n} person who waited, {share} found themselves in the range they were told.', 'Of {n} people who waited, {share} found themselves in the range they were told.', whole.waited, { share: percent(whole.inside / 100) })),
        whole.inside !== null && found.models.every((each) => each.key === FORMULA || !each.verdict.waited)
          ? el('p', {}, t('All of them were told by the simple formula that stands in where nothing better is worked out, as in the past that the demo makes up. A running hall tells better ones.')) : null,
        found.hits === null ? null : el('p', {}, `${t('Right for {n} of the last 100 who waited', { n: String(found.hits) })}.`),
        el('p', { class: 'soft' }, t('80 of 100 are meant: a range for everybody would be too wide to help. Who is called within a minute did not wait and is not counted.'))),
      whole.inside === null ? null : el('div', { class: 'tables' },
        table(t('Service'), found.services, (each) => `${each.key} · ${each.name}`),
        table(t('Class'), found.classes, (each) => (each.key === 'priority' ? t('Priority') : t('Regular'))),
        table(t('Hour'), found.hours, (each) => `${each.key}.00–${each.key}.59`),
        table(t('Day'), found.days, (each) => dayWords(each.key)),
        found.models.length > 1 ? table(t('Model'), found.models, (each) => each.name) : null));
  }
}

/**
 * @param {string} heading
 * @param {Part[]} parts
 * @param {(each: Part) => string} named
 */
function table(heading, parts, named) {
  const columns = [t('Waited'), t('Right'), t('Longer than told'), t('Width'), t('Bias')];
  return el('div', { class: 'card wide' },
    el('div', { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': heading },
      el('table', { class: 'table' },
        el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, heading), ...columns.map((each) => el('th', { scope: 'col', class: 'number' }, each)))),
        el('tbody', {}, ...parts.map((each) => row(named(each), each.verdict))))));
}

/**
 * @param {string} name
 * @param {Verdict} verdict
 */
function row(name, verdict) {
  const { inside, waited } = verdict;
  const judged = inside === null || waited < FEW ? '' : inside < SOUND[0] || inside > SOUND[1] ? 'out' : 'in';
  return el('tr', {},
    el('th', { scope: 'row' }, name),
    el('td', { class: 'number' }, told(waited, 'count')),
    el('td', { class: 'number' }, el('span', { class: 'share', 'data-judged': judged }, share(inside))),
    el('td', { class: 'number' }, share(verdict.above)),
    el('td', { class: 'number' }, minutes(verdict.width)),
    el('td', { class: 'number' }, minutes(verdict.bias, true)));
}

/** @param {number | null} value per cent */
function share(value) {
  return value === null ? '–' : percent(value / 100);
}

/**
 * @param {number | null} value
 * @param {boolean} [signed]
 */
function minutes(value, signed = false) {
  if (value === null) {
    return '–';
  }
  const whole = t('{n} min', { n: told(Math.abs(value), 'rate') });
  return signed && value !== 0 ? `${value < 0 ? '−' : '+'}${whole}` : whole;
}

customElements.define('ramah-estimates', EstimatesView);
