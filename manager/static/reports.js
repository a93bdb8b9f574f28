/**
 * Owns the reports: a period and a filter chosen, its figures beside another period's, pictures
 * with the table behind each, on screen and on paper.
 *
 * @typedef {import('../../web/types').Report} Report
 * @typedef {import('../../web/types').ReportSlice} ReportSlice
 * @typedef {import('../../web/types').Kpi} Kpi
 */

import { dateFormat, language, number, pick, t, tn } from '/web/i18n.js';
import { el, fill, say } from '/web/dom.js';
import { get, LinkError, ProblemError } from '/web/api.js';
import { icon } from '/web/staff/icons.js';
import { View, part } from '/web/staff/view.js';
import { change, told, tile } from '/manager/figures.js';
import { PeriodChoice } from '/manager/periodchoice.js';
import { dayWords, spanWords } from '/manager/periodwords.js';
import { receptionCard } from '/manager/receptionwords.js';

const FIRST = ['tickets', 'people', 'served', 'left_share', 'wait_p50_s', 'wait_p90_s', 'wait_p95_s', 'service_level'];
const COLUMNS = ['turns', 'served', 'left_share', 'wait_p50_s', 'wait_p90_s', 'within_target', 'service_mean_s', 'occupancy'];
const SLOW_MS = 30000;

/** `<ramah-reports>`; give it the `hall`. */
export class Reports extends View {
  /** @type {import('/web/hall.js').Hall} */
  hall = /** @type {any} */ (null);
  /** Kept when the language changes. */
  period = new PeriodChoice();
  compare = true;
  filter = { service: '', agency: '', counter: '' };
  /** @type {Kpi[]} */
  kpis = [];
  asked = 0;

  /** @override */
  build() {
    this.className = 'reports';
    this.period.today = this.today;
    this.follow(this.period, 'period', () => this.load());
    this.append(
      el('form', { class: 'card report-ask', 'aria-label': t('Choose the report'), onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
        this.period,
        el('div', { class: 'filters' },
          this.select('agency', t('Agency'), this.agencies()),
          this.select('service', t('Service'), this.services()),
          this.select('counter', t('Counter'), this.counters()),
          el('button', { type: 'button', class: 'button quiet small compare', 'aria-pressed': String(this.compare), onclick: (/** @type {Event} */ event) => this.switchCompare(/** @type {HTMLElement} */ (event.currentTarget)) },
            t('Compare with the period before')),
        ),
      ),
      el('div', { class: 'spread report-head' },
        el('div', {},
          el('p', { class: 'print-only' }, this.hall.state ? this.hall.state.branch.name : ''),
          el('h2', { 'data-part': 'title', tabIndex: -1 })),
        el('div', { class: 'report-tools' },
          el('a', { class: 'button quiet small', 'data-part': 'pdf', target: '_blank' }, icon('note'), t('One page to print (PDF)')),
          el('button', { type: 'button', class: 'button quiet small', onclick: () => window.print() }, t('Print this page'))),
      ),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { class: 'report-body', 'aria-live': 'off' }),
    );
    this.load();
  }

  get today() {
    return this.hall.state ? this.hall.state.day : new Date().toISOString().slice(0, 10);
  }

  /** @param {HTMLElement} button */
  switchCompare(button) {
    this.compare = !this.compare;
    button.setAttribute('aria-pressed', String(this.compare));
    this.load();
  }

  /** @returns {[string, string][]} */
  agencies() {
    const state = this.hall.state;
    const codes = new Set((state ? state.services : []).map((service) => service.agency || ''));
    return Array.from(codes).filter(Boolean).map((code) => [code, agencyName(state, code)]);
  }

  /** @returns {[string, string][]} */
  services() {
    return (this.hall.state ? this.hall.state.services : []).map((service) => [service.code, `${service.code} · ${pick(service.names, service.name)}`]);
  }

  /** @returns {[string, string][]} */
  counters() {
    return (this.hall.state ? this.hall.state.counters : []).map((counter) => [String(counter.number), String(counter.number)]);
  }

  /**
   * @param {'service' | 'agency' | 'counter'} key
   * @param {string} name
   * @param {[string, string][]} choices
   */
  select(key, name, choices) {
    const select = el('select', { 'data-filter': key, onchange: () => { this.filter[key] = select.value; this.load(); } },
      el('option', { value: '' }, t('All')), ...choices.map(([value, words]) => el('option', { value }, words)));
    select.value = this.filter[key];
    return el('label', { class: 'field' }, el('span', {}, name), select);
  }

  /**
   * What was taken out of the settings can still be chosen for the days when it was there.
   *
   * @param {Report} report
   */
  offer(report) {
    for (const [key, slices] of /** @type {[string, ReportSlice[]][]} */ ([['service', report.services], ['agency', report.agencies], ['counter', report.counters]])) {
      const select = /** @type {HTMLSelectElement} */ (part(this, `[data-filter="${key}"]`));
      const known = new Set(Array.from(select.options).map((option) => option.value));
      for (const slice of slices.filter((each) => !known.has(each.key))) {
        select.append(el('option', { value: slice.key }, key === 'service' ? `${slice.key} · ${slice.name}` : key === 'agency' ? slice.name : slice.key));
      }
    }
  }

  query() {
    const { span, comparison } = this.period;
    const query = new URLSearchParams({ from: span.first, to: span.last });
    for (const key of /** @type {('service' | 'agency' | 'counter')[]} */ (['service', 'agency', 'counter'])) {
      if (this.filter[key]) {
        query.set(key, this.filter[key]);
      }
    }
    if (this.compare) {
      query.set('compare_from', comparison.first);
      query.set('compare_to', comparison.last);
    }
    return query;
  }

  async load() {
    this.asked += 1;
    const mine = this.asked;
    const body = part(this, '.report-body');
    const query = this.query();
    say(part(this, '[data-part="title"]'), spanWords(this.period.span));
    /** @type {HTMLAnchorElement} */ (part(this, '[data-part="pdf"]')).href = `/api/reports/paper?${query}&language=${language()}`;
    body.setAttribute('aria-busy', 'true');
    try {
      if (!this.kpis.length || this.kpisIn !== language()) {
        this.kpis = (await get('/api/kpis', { as: 'staff' })).kpis;
        this.kpisIn = language();
      }
      query.set('charts', '1');
      const report = /** @type {Report} */ (await get(`/api/reports?${query}`, { as: 'staff', timeout: SLOW_MS }));
      if (mine === this.asked) {
        this.offer(report);
        this.show(report);
        fill(part(this, '[data-part="problem"]'));
      }
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LinkError)) {
        throw error;
      }
      if (mine === this.asked) {
        fill(part(this, '[data-part="problem"]'), el('p', { class: 'banner warn' }, error.detail, ' ',
          error instanceof LinkError ? el('button', { type: 'button', class: 'button quiet small', onclick: () => this.load() }, t('Try again')) : null));
        fill(body); // the figures of other days must not stand under these
      }
    }
    if (mine === this.asked) {
      body.removeAttribute('aria-busy');
    }
  }

  kpisIn = '';

  /** @param {Report} report */
  show(report) {
    const body = part(this, '.report-body');
    if (!report.days) {
      fill(body, el('section', { class: 'card trouble' }, icon('calendar'), el('p', {}, t('No numbers were taken in this period.'))));
      return;
    }
    // a period without numbers, such as the year before the first, is nothing to compare with
    const compared = report.compared && report.compared.turns ? report.compared : null;
    const beside = (/** @type {Kpi} */ kpi) => (compared ? change(kpi, report.figures[kpi.key], compared[kpi.key]) : '');
    const [first, rest] = [this.kpis.filter((kpi) => FIRST.includes(kpi.key)), this.kpis.filter((kpi) => !FIRST.includes(kpi.key))];
    fill(body,
      report.unrolled ? el('p', { class: 'banner' }, tn('{n} day is still being counted; please look again soon.', '{n} days are still being counted; please look again soon.', report.unrolled)) : null,
      el('p', { class: 'soft' }, [
        tn('{n} day with service', '{n} days with service', report.days),
        compared ? t('compared with {days}', { days: spanWords(this.period.comparison) }) : '',
        report.compared && !compared ? t('no numbers in {period} to compare with', { period: spanWords(this.period.comparison) }) : '',
      ].filter(Boolean).join(' · ')),
      el('section', { 'aria-label': t('Figures') },
        el('div', { class: 'figures' }, ...first.map((kpi) => tile(kpi, report.figures[kpi.key], beside(kpi)))),
        el('details', { class: 'more-figures' }, el('summary', {}, t('All figures')),
          el('div', { class: 'figures' }, ...rest.map((kpi) => tile(kpi, report.figures[kpi.key], beside(kpi)))))),
      report.reception ? receptionCard(report.reception, report.figures.wait_p50_s) : null,
      el('div', { class: 'charts' }, ...this.charts(report)),
      this.slices(t('By service'), t('Service'), report.services),
      report.agencies.length > 1 ? this.slices(t('By agency'), t('Agency'), report.agencies, { named: true }) : null,
      this.slices(t('By counter'), t('Counter'), report.counters, { note: t('In the order of their numbers. Services take different times, so counters cannot be ranked.') }),
    );
  }

  /**
   * One day alone has no course and no weekdays: its waits are told by the hour.
   *
   * @param {Report} report
   */
  charts(report) {
    const { charts } = report;
    const spread = [
      this.chart(t('How long people waited'), charts.waits, this.waitsTable(report)),
      this.chart(t('When people come'), charts.profile, this.hoursTable(report)),
    ];
    if (report.first === report.last) {
      return [this.chart(t('Waiting time over the day'), charts.trend, this.hoursTable(report)), ...spread];
    }
    return [
      this.chart(t('Waiting time over the period'), charts.trend, this.trendTable(report)),
      this.chart(t('When it is slow'), charts.heat, this.heatTable(report, (cell) => told(cell.wait_p90_s, 'seconds'))),
      ...spread,
      this.chart(t('Turns over the period'), charts.volume, this.trendTable(report)),
      this.chart(t('When it is busy'), charts.arrivals, this.heatTable(report, (cell) => told(cell.turns_per_day, 'rate'))),
    ];
  }

  /**
   * @param {string} title
   * @param {string | undefined} svg
   * @param {HTMLElement} table
   */
  chart(title, svg, table) {
    return el('div', { class: 'card chart-card' },
      el('h3', {}, title), svg ? el('div', { class: 'chart-scroll', tabIndex: 0, role: 'group', 'aria-label': title }, drawn(svg)) : null,
      el('details', {}, el('summary', {}, t('The figures behind it')), el('div', { class: 'turns-scroll', tabIndex: 0, role: 'region', 'aria-label': title }, table)));
  }

  /** @param {Report} report */
  trendTable(report) {
    return table([t('Days'), t('Turns'), t('Half waited at most'), t('9 of 10 waited at most'), t('A week before')],
      report.trend.map((point) => [
        point.first === point.last ? dayWords(point.first) : `${dayWords(point.first)} – ${dayWords(point.last)}`,
        number(point.turns), told(point.wait_p50_s, 'seconds'), told(point.wait_p90_s, 'seconds'), told(point.before_wait_p90_s, 'seconds'),
      ]));
  }

  /** @param {Report} report */
  waitsTable(report) {
    return table([t('Minutes'), t('Turns'), t('Share')], report.waits.map((bin) => [
      bin.to_minutes === null ? `> ${bin.from_minutes}` : `${bin.from_minutes}–${bin.to_minutes}`, number(bin.turns), told(bin.share, 'share', { column: true }),
    ]));
  }

  /** @param {Report} report */
  hoursTable(report) {
    return table([t('Hour'), t('Turns a day'), t('Half waited at most'), t('9 of 10 waited at most')], report.hours.map((slice) => [
      hourName(Number(slice.key)), told(slice.figures.turns_per_day, 'rate'), told(slice.figures.wait_p50_s, 'seconds'), told(slice.figures.wait_p90_s, 'seconds'),
    ]));
  }

  /**
   * @param {Report} report
   * @param {(cell: import('../../web/types').ReportHeat) => string} words
   */
  heatTable(report, words) {
    const hours = Array.from(new Set(report.heat.map((cell) => cell.hour))).sort((a, b) => a - b);
    const days = Array.from(new Set(report.heat.map((cell) => cell.weekday))).sort();
    return table([t('Weekday'), ...hours.map((hour) => String(hour).padStart(2, '0'))], days.map((day) => [
      weekdayName(day),
      ...hours.map((hour) => {
        const cell = report.heat.find((each) => each.hour === hour && each.weekday === day);
        return cell ? words(cell) : '–';
      }),
    ]));
  }

  /**
   * @param {string} title
   * @param {string} head
   * @param {ReportSlice[]} rows
   * @param {{note?: string, named?: boolean}} [more] `named` when the key says nothing to people
   */
  slices(title, head, rows, { note = '', named = false } = {}) {
    const kpis = COLUMNS.map((key) => this.kpis.find((kpi) => kpi.key === key)).filter((kpi) => kpi && rows.some((row) => row.figures[kpi.key] !== null));
    return el('div', { class: 'card slices' },
      el('h3', {}, title), note ? el('p', { class: 'soft' }, note) : null,
      el('div', { class: 'turns-scroll', tabIndex: 0, role: 'region', 'aria-label': title },
        table([head, ...kpis.map((kpi) => /** @type {Kpi} */ (kpi).name)], rows.map((row) => [
          named ? row.name || row.key : [row.key, row.name].filter(Boolean).join(' · '),
          ...kpis.map((kpi) => told(row.figures[/** @type {Kpi} */ (kpi).key], /** @type {Kpi} */ (kpi).unit, { column: true })),
        ]))));
  }
}

/**
 * @param {import('../../web/types').Queue | null} state
 * @param {string} code
 */
function agencyName(state, code) {
  const found = ((state && state.agencies) || []).find((agency) => agency.code === code);
  return found ? pick(found.names, code) : code;
}

/** @param {number} number 1 is Monday */
function weekdayName(number) {
  return dateFormat({ weekday: 'long', timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, number, 12)));
}

/** @param {number} hour of the office's day */
function hourName(hour) {
  return dateFormat({ hour: '2-digit', minute: '2-digit', timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, 1, hour)));
}

/** @param {string} svg from our own server, all words in it escaped there */
function drawn(svg) {
  const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
  return /** @type {any} */ (document.importNode(parsed, true));
}

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
function table(head, rows) {
  return el('table', { class: 'table' },
    el('thead', {}, el('tr', {}, ...head.map((name, at) => el('th', { scope: 'col', class: at ? 'figure' : '' }, name)))),
    el('tbody', {}, ...rows.map((row) => el('tr', {}, ...row.map((cell, at) => (at ? el('td', { class: 'figure' }, cell) : el('th', { scope: 'row' }, cell)))))));
}

customElements.define('ramah-reports', Reports);
