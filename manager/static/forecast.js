/**
 * Owns how many people will come on a day, per service and half hour, and how wrong such forecasts were.
 *
 * @typedef {import('../../web/types').Forecast} Told
 */

import { get } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { clockWords, number, t } from '/web/i18n.js';
import { View, part } from '/web/staff/view.js';
import { percent, told } from '/manager/figures.js';
import { shifted } from '/manager/period.js';
import { longDayWords } from '/manager/periodwords.js';

const SLOW_MS = 70000;
const MOST_DAYS = 59;

/** `<ramah-forecast>`; give it the `hall`. */
export class ForecastView extends View {
  /** @type {import('/web/hall.js').Hall} */
  hall = /** @type {any} */ (null);
  day = '';
  asked = 0;

  /** @override */
  build() {
    this.className = 'forecast reports';
    const today = this.hall.state ? this.hall.state.day : '';
    this.day = shifted(today, 1);
    const input = el('input', { type: 'date', min: today, max: shifted(today, MOST_DAYS), value: this.day });
    input.addEventListener('change', () => {
      if (input.value) {
        this.day = input.value;
        this.load();
      }
    });
    this.append(
      el('form', { class: 'card report-ask', 'aria-label': t('Choose the day'), onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
        el('label', { class: 'field' }, el('span', {}, t('Day')), input)),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { class: 'report-body', 'aria-live': 'polite' }));
    this.load();
  }

  async load() {
    this.asked += 1;
    const mine = this.asked;
    fill(part(this, '.report-body'), el('p', { class: 'soft' }, t('One moment, the log is being read.')));
    await this.trying(async () => {
      const found = /** @type {Told} */ (await get(`/api/forecast?day=${this.day}`, { as: 'staff', timeout: SLOW_MS }));
      if (mine === this.asked) {
        this.show(found);
      }
    });
  }

  /** @param {Told} found */
  show(found) {
    const { services, backtest } = found;
    const whole = services.reduce((sum, each) => sum + each.expected, 0);
    fill(part(this, '.report-body'),
      el('section', { class: 'card stack-s' },
        el('h2', {}, longDayWords(found.day)),
        el('p', { class: 'hits' }, headline(found, whole)),
        ...reasons(found).map((words) => el('p', {}, words)),
        found.until ? el('p', {}, t('Corrected by who came until {time}.', { time: clockWords(found.until) })) : null,
        backtest ? el('p', { class: 'soft' }, t(
          'On the last {days} days a service\'s half hour was off by {ours} people on average; "as many as a week ago" by {theirs}. {share} of the half hours were inside the band.',
          { days: number(backtest.days), ours: told(backtest.ours.half_hour, 'rate'), theirs: told(backtest.last_week.half_hour, 'rate'), share: percent(backtest.inside / 100) })) : null),
      services.length ? table(found) : null);
  }
}

/**
 * @param {Told} found
 * @param {number} whole people of the whole day
 */
function headline(found, whole) {
  if (found.closed) {
    return t('Closed on this day.');
  }
  return found.services.length
    ? t('About {n} people will come.', { n: number(Math.round(whole)) })
    : t('Nobody is expected, or too little is known yet.');
}

/**
 * @param {Told} found
 * @returns {string[]} what makes the day unlike others
 */
function reasons({ closed, after_closed: after, seasons }) {
  if (closed) {
    return [];
  }
  const told = seasons.map(({ name, percent: share, said }) => (said
    ? t('{season}: {share} of the usual, as the settings say and as people come.', { season: name, share: percent(share / 100) })
    : t('{season}: {share} of the usual, as the log says.', { season: name, share: percent(share / 100) })));
  return after ? [t('First day after closed ones: more people than usual.'), ...told] : told;
}

/** @param {Told} found */
function table({ services }) {
  const times = [...new Set(services.flatMap((each) => each.slots.filter((slot) => slot.expected >= 0.1).map((slot) => slot.at)))].sort();
  const heading = t('People expected');
  return el('div', { class: 'card wide' },
    el('div', { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': heading },
      el('table', { class: 'table' },
        el('caption', { class: 'hidden-visually' }, heading),
        el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, t('From')),
          el('th', { scope: 'col', class: 'number' }, t('All')),
          ...services.map((each) => el('th', { scope: 'col', class: 'number' }, el('abbr', { title: each.name }, each.service))))),
        el('tbody', {}, ...times.map((at) => {
          const slots = services.map((each) => each.slots.find((slot) => slot.at === at));
          return el('tr', {}, el('th', { scope: 'row' }, clockWords(at)),
            el('td', { class: 'number' }, el('b', {}, told(slots.reduce((sum, slot) => sum + (slot ? slot.expected : 0), 0), 'rate'))),
            ...slots.map((slot) => el('td', { class: 'number' }, ...(slot ? [told(slot.expected, 'rate'), ' ', el('span', { class: 'soft' }, `${slot.low}–${slot.high}`)] : ['–']))));
        })))),
    el('p', { class: 'soft' }, t('Beside each figure: the band that four of five such half hours fall into.')));
}

customElements.define('ramah-forecast', ForecastView);
