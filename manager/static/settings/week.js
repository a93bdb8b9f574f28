/**
 * Owns the picture of a week: what would be open when with what is typed. Each line of services with the
 * same hours is a table, so that it is read without the picture, too.
 *
 * @typedef {import('../../../web/types').OpenWeek} OpenWeek
 * @typedef {import('../../../web/types').WeekLine} WeekLine
 * @typedef {import('../../../web/types').OpenDay} OpenDay
 * @typedef {import('../../../web/types').Period} Period
 */

import { ProblemError, post } from '/web/api.js';
import { dateFormat, number, pick, t } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { View, part } from '/web/staff/view.js';

const DAY_MS = 86400000;

/** `<ramah-settings-week>` */
export class Week extends View {
  first = '';
  /** Counts the questions: only the newest is about what is typed now. */
  asked = 0;

  /** @param {any} settings what is typed, changed from outside */
  constructor(settings) {
    super();
    this.settings = settings;
  }

  /** @override */
  build() {
    /** @param {number} days */
    const by = (days) => () => this.look(dated(this.first, days));
    this.className = 'stack';
    this.append(
      el('h3', { id: 'week-title' }, t('What is open when')),
      el('div', { class: 'row' },
        el('button', { type: 'button', class: 'button quiet small', onclick: by(-7) }, t('The week before')),
        el('button', { type: 'button', class: 'button quiet small', onclick: () => this.look('') }, t('This week')),
        el('button', { type: 'button', class: 'button quiet small', onclick: by(7) }, t('The week after')),
        el('label', { class: 'row' }, el('span', {}, t('Week of')), el('input', { type: 'date', class: 'input', 'data-part': 'day', onchange: (/** @type {Event} */ event) => {
          const { value } = /** @type {HTMLInputElement} */ (event.target);
          if (value) {
            this.look(monday(value));
          }
        } }))),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { class: 'weeks', 'data-part': 'weeks', 'aria-live': 'polite' }),
      el('p', { class: 'soft week-key' },
        el('span', {}, el('i', { class: 'early' }), t('numbers before the doors open')),
        el('span', {}, el('i', {}), t('open')),
        el('span', {}, el('i', { class: 'late' }), t('no more new numbers'))));
    this.look();
  }

  /** @param {string} [first] a Monday; the week that is shown without, today's if empty */
  async look(first = this.first) {
    this.asked += 1;
    const { asked: question } = this;
    await this.trying(async () => {
      try {
        const asked = { settings: JSON.stringify(this.settings), first };
        const week = /** @type {OpenWeek} */ (await post('/api/settings/week', asked, { as: 'staff' }));
        if (question === this.asked) {
          this.first = week.first;
          this.draw(week);
        }
      } catch (error) {
        if (!(error instanceof ProblemError && error.status === 422)) {
          throw error; // else what does not fit yet is said beside its field
        }
      }
    });
  }

  /** @param {OpenWeek} week */
  draw({ first, today, lines }) {
    const shown = lines.flatMap((line) => line.days).flatMap((each) => each.periods);
    const hours = shown.map((each) => [Math.floor(minutes(each.tickets_from || each.opens) / 60), Math.ceil(minutes(each.closes) / 60)]);
    const from = hours.length ? Math.min(...hours.map((each) => each[0])) : 8;
    const to = hours.length ? Math.max(...hours.map((each) => each[1])) : 16;
    /** @type {HTMLInputElement} */ (part(this, '[data-part="day"]')).value = first;
    fill(part(this, '[data-part="weeks"]'), ...lines.map((line) => el('table', { class: 'week' },
      el('caption', {}, lines.length === 1 ? t('All services') : line.services.map((code) => this.nameOf(code)).join(', ')),
      el('thead', { class: 'hidden-visually' }, el('tr', {}, el('th', { scope: 'col' }, t('Day')), el('th', { scope: 'col' }, t('Hours')))),
      el('tbody', {}, ...line.days.map((each) => row(each, from, to, each.day === today))))));
  }

  /** @param {string} code */
  nameOf(code) {
    const service = this.settings.services.find((/** @type {any} */ each) => each.code === code);
    return `${code} ${pick((service || {}).names, '')}`;
  }
}

/**
 * @param {OpenDay} each
 * @param {number} from hour at the left
 * @param {number} to hour at the right
 * @param {boolean} today
 */
function row(each, from, to, today) {
  const bar = el('div', { class: 'week-bar', 'aria-hidden': 'true' });
  /**
   * @param {string} kind
   * @param {string} begins
   * @param {string} ends
   */
  const stretch = (kind, begins, ends) => {
    const [start, end] = [minutes(begins), minutes(ends)];
    if (start < end) {
      const span = el('span', { class: kind });
      span.style.left = `${((start / 60 - from) / (to - from)) * 100}%`;
      span.style.width = `${((end - start) / 60 / (to - from)) * 100}%`;
      bar.append(span);
    }
  };
  for (const { opens, closes, tickets_from: early, last_ticket: last } of each.periods) {
    stretch('early', early || opens, opens);
    stretch('', opens, last || closes);
    stretch('late', last || closes, closes);
  }
  const words = each.periods.length ? each.periods.map(told).join(', ') : t('Closed');
  return el('tr', { class: each.special ? 'special' : '' },
    el('th', { scope: 'row', 'aria-current': today ? 'date' : undefined }, dayWords(each.day)),
    el('td', {}, bar,
      el('span', { class: 'number' }, words),
      each.special ? el('span', { class: 'chip' }, pick(each.names, t('special day'))) : null,
      each.hour_more ? el('span', { class: 'chip' }, each.hour_more < 0
        ? t('the clock goes {n} minutes forward', { n: number(-each.hour_more) })
        : t('the clock goes {n} minutes back', { n: number(each.hour_more) })) : null));
}

/** @param {Period} period */
function told({ opens, closes, tickets_from: early, last_ticket: last }) {
  const more = [early ? t('numbers from {time}', { time: clock(early) }) : '', last ? t('last number {time}', { time: clock(last) }) : ''].filter(Boolean).join(', ');
  return `${clock(opens)}–${clock(closes)}${more ? ` (${more})` : ''}`;
}

/** @param {string} text `07:30` as the settings have it */
function minutes(text) {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

/** @param {string} text as the reader writes it; the end of the day stays 24:00 */
export function clock(text) {
  const sign = dateFormat({ hour: '2-digit', minute: '2-digit', timeZone: 'UTC' }).format(0)[2];
  return text.replace(':', sign);
}

/**
 * @param {string} day
 * @param {boolean} [year] whether the year is told
 */
export function dayWords(day, year = false) {
  const options = /** @type {Intl.DateTimeFormatOptions} */ ({ weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });
  return dateFormat(year ? Object.assign(options, { year: 'numeric' }) : options).format(new Date(`${day}T00:00:00Z`));
}

/**
 * @param {string} day
 * @param {number} days
 */
function dated(day, days) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** @param {string} day */
function monday(day) {
  return dated(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
}

customElements.define('ramah-settings-week', Week);
