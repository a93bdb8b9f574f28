/**
 * Owns the figures of a period over all halls: together, hall by hall, each service beside itself, and how
 * satisfied visitors were, by agency.
 *
 * @typedef {import('../../web/types').CityReport} Report
 * @typedef {import('../../web/types').HallFigures} HallFigures
 * @typedef {import('../../web/types').Kpi} Kpi
 * @typedef {import('../../web/types').CitySatisfaction} Satisfaction
 * @typedef {import('../../web/types').AgencySatisfaction} AgencySatisfaction
 */

import { get } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { language, number, t, tn } from '/web/i18n.js';
import { part } from '/web/staff/view.js';
import { exact } from '/manager/exact.js';
import { tile, told } from '/manager/figures.js';
import { PeriodView } from '/manager/periodview.js';

const SLOW_MS = 30000;
const FIRST = ['tickets', 'served', 'wait_mean_s', 'wait_p90_s', 'service_level', 'left_share'];
const COLUMNS = ['wait_mean_s', 'wait_p90_s', 'service_level', 'left_share', 'service_mean_s'];

/** `<ramah-city-report>`; give it `today`. */
export class CityReport extends PeriodView {
  /** @type {Kpi[]} */
  kpis = [];

  /** @override */
  build() {
    this.className = 'reports';
    super.build();
  }

  /**
   * @param {URLSearchParams} query
   * @returns {Promise<[Report, Satisfaction]>}
   * @override
   */
  async read(query) {
    this.kpis = (await get('/api/kpis', { as: 'staff' })).kpis;
    query.set('language', language());
    return Promise.all([
      get(`/api/city/report?${query}`, { as: 'staff', timeout: SLOW_MS }),
      get(`/api/city/satisfaction?${query}`, { as: 'staff', timeout: SLOW_MS })]);
  }

  /**
   * @param {[Report, Satisfaction]} found
   * @override
   */
  show([found, satisfaction]) {
    const first = FIRST.map((key) => this.kpi(key));
    fill(part(this, '.report-body'),
      found.unrolled ? el('p', { class: 'banner' }, tn('{n} day is still being counted.', '{n} days are still being counted.', found.unrolled)) : null,
      el('div', { class: 'figures' }, ...first.map((kpi) => tile(kpi, found.figures[kpi.key], ''))),
      this.table(t('Hall by hall'), t('Halls do different work: compare them service by service, below.'), found.halls),
      this.satisfaction(satisfaction),
      ...found.services.filter((each) => each.n).map((each) => this.table(each.name, '', each.halls)));
  }

  /** @param {Satisfaction} found */
  satisfaction(found) {
    const title = t('Satisfaction by agency');
    const rows = found.whole && found.agencies.length > 1 ? [...found.agencies, found.whole] : found.agencies;
    /** @param {AgencySatisfaction} each */
    const name = (each) => (each === found.whole ? t('All together') : each.name || t('No agency in particular'));
    return el('div', { class: 'card slices' },
      el('h3', {}, title),
      el('p', { class: 'soft' }, rows.length ? t('The index of the survey (IKM), of 25 to 100. Fewer than 30 answers say little.') : t('No answers in this period, so there is no index.')),
      found.elsewhere ? el('p', { class: 'soft' }, tn('The answers of {n} hall with a server of its own are not in it.', 'The answers of {n} halls with servers of their own are not in it.', found.elsewhere)) : null,
      rows.length
        ? el('div', { class: 'turns-scroll', tabIndex: 0, role: 'region', 'aria-label': title },
          el('table', { class: 'table' },
            el('thead', {}, el('tr', {},
              ...[t('Agency'), t('Halls'), t('Answers'), t('Index'), t('Grade')].map((head, at) => el('th', { scope: 'col', class: at ? 'figure' : '' }, head)))),
            el('tbody', {}, ...rows.map((each) => el('tr', {},
              el('th', { scope: 'row' }, name(each)),
              el('td', { class: 'figure' }, number(each.halls)),
              el('td', { class: 'figure' }, number(each.n), each.few ? el('small', { class: 'soft' }, ` ${t('few')}`) : null),
              el('td', { class: 'figure' }, each.index ? exact(each.index.converted) : '–'),
              el('td', { class: 'figure' }, each.index ? `${each.index.letter} · ${each.index.words}` : '–'))))))
        : null);
  }

  /** @param {string} key */
  kpi(key) {
    return /** @type {Kpi} */ (this.kpis.find((each) => each.key === key));
  }

  /**
   * @param {string} title
   * @param {string} note
   * @param {HallFigures[]} rows
   */
  table(title, note, rows) {
    const kpis = COLUMNS.map((key) => this.kpi(key));
    return el('div', { class: 'card slices' },
      el('h3', {}, title), note ? el('p', { class: 'soft' }, note) : null,
      el('div', { class: 'turns-scroll', tabIndex: 0, role: 'region', 'aria-label': title },
        el('table', { class: 'table' },
          el('thead', {}, el('tr', {},
            ...[t('Hall'), t('Called'), ...kpis.map((kpi) => kpi.name)].map((name, at) => el('th', { scope: 'col', class: at ? 'figure' : '' }, name)))),
          el('tbody', {}, ...rows.map((row) => el('tr', {},
            el('th', { scope: 'row' }, row.name),
            el('td', { class: 'figure' }, number(row.n)),
            ...kpis.map((kpi) => el('td', { class: 'figure' }, told(row.figures[kpi.key], kpi.unit, { column: true })))))))));
  }
}

customElements.define('ramah-city-report', CityReport);
