/**
 * Owns the figures of a period over all halls: together, hall by hall, and each service beside itself.
 *
 * @typedef {import('../../web/types').CityReport} Report
 * @typedef {import('../../web/types').HallFigures} HallFigures
 * @typedef {import('../../web/types').Kpi} Kpi
 */

import { get } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { language, number, t, tn } from '/web/i18n.js';
import { View, part } from '/web/staff/view.js';
import { tile, told } from '/manager/figures.js';
import { PeriodChoice } from '/manager/periodchoice.js';
import { spanWords } from '/manager/periodwords.js';

const SLOW_MS = 30000;
const FIRST = ['tickets', 'served', 'wait_mean_s', 'wait_p90_s', 'service_level', 'left_share'];
const COLUMNS = ['wait_mean_s', 'wait_p90_s', 'service_level', 'left_share', 'service_mean_s'];

/** `<ramah-city-report>`; give it `today`. */
export class CityReport extends View {
  today = '';
  period = new PeriodChoice();
  /** @type {Kpi[]} */
  kpis = [];
  asked = 0;

  /** @override */
  build() {
    this.className = 'reports';
    this.period.today = this.today;
    this.period.kind = 'month';
    this.follow(this.period, 'period', () => this.load());
    this.append(
      el('form', { class: 'card report-ask', 'aria-label': t('Choose the report'), onsubmit: (/** @type {Event} */ event) => event.preventDefault() }, this.period),
      el('h2', { 'data-part': 'title' }),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { class: 'report-body' }));
    this.load();
  }

  async load() {
    this.asked += 1;
    const mine = this.asked;
    const { span } = this.period;
    say(part(this, '[data-part="title"]'), spanWords(span));
    await this.trying(async () => {
      this.kpis = (await get('/api/kpis', { as: 'staff' })).kpis;
      const query = new URLSearchParams({ from: span.first, to: span.last, language: language() });
      const report = /** @type {Report} */ (await get(`/api/city/report?${query}`, { as: 'staff', timeout: SLOW_MS }));
      if (mine === this.asked) {
        this.show(report);
      }
    });
  }

  /** @param {Report} report */
  show(report) {
    const first = FIRST.map((key) => this.kpi(key));
    fill(part(this, '.report-body'),
      report.unrolled ? el('p', { class: 'banner' }, tn('{n} day is still being counted.', '{n} days are still being counted.', report.unrolled)) : null,
      el('div', { class: 'figures' }, ...first.map((kpi) => tile(kpi, report.figures[kpi.key], ''))),
      this.table(t('Hall by hall'), t('Halls do different work: compare them service by service, below.'), report.halls),
      ...report.services.filter((each) => each.n).map((each) => this.table(each.name, '', each.halls)));
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
