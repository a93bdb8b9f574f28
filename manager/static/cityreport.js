/**
 * Owns the figures of a period over all halls: together, hall by hall, and each service beside itself.
 *
 * @typedef {import('../../web/types').CityReport} Report
 * @typedef {import('../../web/types').HallFigures} HallFigures
 * @typedef {import('../../web/types').Kpi} Kpi
 */

import { get } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { language, number, t, tn } from '/web/i18n.js';
import { part } from '/web/staff/view.js';
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
   * @returns {Promise<Report>}
   * @override
   */
  async read(query) {
    this.kpis = (await get('/api/kpis', { as: 'staff' })).kpis;
    query.set('language', language());
    return get(`/api/city/report?${query}`, { as: 'staff', timeout: SLOW_MS });
  }

  /**
   * @param {Report} found
   * @override
   */
  show(found) {
    const first = FIRST.map((key) => this.kpi(key));
    fill(part(this, '.report-body'),
      found.unrolled ? el('p', { class: 'banner' }, tn('{n} day is still being counted.', '{n} days are still being counted.', found.unrolled)) : null,
      el('div', { class: 'figures' }, ...first.map((kpi) => tile(kpi, found.figures[kpi.key], ''))),
      this.table(t('Hall by hall'), t('Halls do different work: compare them service by service, below.'), found.halls),
      ...found.services.filter((each) => each.n).map((each) => this.table(each.name, '', each.halls)));
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
