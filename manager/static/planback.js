/**
 * Owns what became of plans: weeks that are over beside what was planned, day by day and half hour by
 * half hour, in words first. Of counters and of the plan itself, never of people.
 *
 * @typedef {import('../../web/types').WeekBack} WeekBack
 * @typedef {import('../../web/types').DayBack} DayBack
 */

import { get } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { dateFormat, language, number, t, tn } from '/web/i18n.js';
import { View, part } from '/web/staff/view.js';
import { told as written } from '/manager/figures.js';
import { shifted } from '/manager/period.js';
import { spanWords } from '/manager/periodwords.js';
import { clock, targetWords, waits, weekdayWords } from '/manager/planday.js';

const SLOW_MS = 300000;
const WEEKS = 4;
const WEEK_DAYS = 7;

/** `<ramah-plan-back>`; give it `last`, the Monday of the last week to tell of. */
export class PlanBack extends View {
  last = '';
  /** Open at once: the week that is shown is over. */
  opened = false;
  asked = false;

  /** @override */
  build() {
    this.className = 'plan-back';
    const box = el('details', { class: 'card', open: this.opened },
      el('summary', {}, t('What became of the last plans')),
      el('p', { class: 'soft' }, t('The plan that held when the office opened, beside the day as it was. In hindsight: the counter hours that would have kept the target for the visitors who really came.')),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('p', { 'data-part': 'state', role: 'status' }),
      el('div', { 'data-part': 'weeks' }));
    const look = () => {
      if (box.open && !this.asked) {
        this.asked = true;
        this.load();
      }
    };
    box.addEventListener('toggle', look);
    this.append(box);
    look();
  }

  async load() {
    const state = part(this, '[data-part="state"]');
    const place = part(this, '[data-part="weeks"]');
    fill(state, t('One moment, the log is being read.'));
    await this.trying(async () => {
      for (let n = 0; n < WEEKS; n += 1) {
        const found = /** @type {WeekBack} */ (await get(`/api/rota/hindsight?week=${shifted(this.last, -n * WEEK_DAYS)}`, { as: 'staff', timeout: SLOW_MS }));
        if (this.ending.signal.aborted) {
          return;
        }
        if (found.days.length) {
          place.append(week(found));
        }
      }
    });
    fill(state, place.childElementCount ? '' : t('Nothing to look back on yet: it begins with the first planned day that is over.'));
  }
}

/** @param {WeekBack} found */
function week(found) {
  const link = (/** @type {string} */ format, /** @type {string} */ by, /** @type {string} */ words) => el('a', {
    class: 'button quiet small', download: '',
    href: `/api/rota/hindsight/file?${new URLSearchParams({ week: found.week, format, by, language: language(), as: 'staff' })}`,
  }, words);
  const title = spanWords({ first: found.week, last: shifted(found.week, WEEK_DAYS - 1) });
  return el('section', { class: 'plan-back-week', 'aria-label': title, 'data-week': found.week },
    el('h3', {}, title),
    el('p', {}, weekWords(found)),
    days(found, title),
    ...found.days.map((each) => oneDay(each, found.names)),
    el('div', { class: 'plan-acts' },
      link('xlsx', 'day', t('Days (XLSX)')), link('csv-sheet', 'day', t('Days (CSV)')),
      link('xlsx', 'half-hour', t('Half hours (XLSX)')), link('csv-sheet', 'half-hour', t('Half hours (CSV)'))));
}

/** @param {WeekBack} found */
function weekWords(found) {
  return [
    t('{came} visitors came, {expected} were forecast.', { came: number(found.came), expected: number(Math.round(found.expected)) }),
    t('{missed} of {all} half hours missed the target; the plan had foreseen {foreseen}.', { missed: number(found.missed), all: number(found.half_hours), foreseen: number(found.foreseen) }),
    t('Counters were open for {opened} hours; {hours} were planned.', { opened: hours(found.opened), hours: hours(found.hours) }),
    `${capital(hoursWords(found.hours - found.needed))}.`,
    found.beyond ? beyondWords(found.beyond) : '',
  ].filter(Boolean).join(' ');
}

/** @param {DayBack} day */
export function dayWords(day) {
  const more = day.came - Math.round(day.expected);
  const visitors = more > 0
    ? tn('{n} visitor more than forecast', '{n} visitors more than forecast', more)
    : more < 0 ? tn('{n} visitor fewer than forecast', '{n} visitors fewer than forecast', -more) : t('as many visitors as forecast');
  const all = number(day.half_hours.length);
  const missed = !day.came ? t('nobody came') : day.missed
    ? t('{n} of {all} half hours missed', { n: number(day.missed), all })
    : t('no half hour missed');
  const hindsight = day.came ? hoursWords(day.hours - day.needed) : '';
  return [visitors, missed, hindsight].filter(Boolean).join(', ');
}

/** @param {number} over counter hours more than would have done */
function hoursWords(over) {
  if (Math.abs(over) < 0.5) {
    return t('in hindsight just enough hours');
  }
  return over > 0
    ? t('in hindsight {n} h too many', { n: hours(over) })
    : t('in hindsight {n} h too few', { n: hours(-over) });
}

/** @param {number} n half hours */
function beyondWords(n) {
  return tn('{n} half hour would have been missed even then.', '{n} half hours would have been missed even then.', n);
}

/** @param {number} n */
function hours(n) {
  return written(n, 'rate');
}

/** @param {string} words */
function capital(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * @param {number | null} was
 * @param {number | null} is
 * @param {(value: number | null) => string} words
 */
function both(was, is, words) {
  return el('td', { class: 'number' }, el('span', { class: 'soft' }, `${words(was)} →`), ` ${words(is)}`);
}

/** @param {number | null} share */
function percentWords(share) {
  return share === null ? '–' : `${Math.floor(share)}%`;
}

/** @param {number | null} minutes */
function waitWords(minutes) {
  return minutes === null ? '–' : waits(minutes);
}

/** @param {number | null} value */
function count(value) {
  return value === null ? '–' : written(value, 'rate');
}

/**
 * @param {string} heading
 * @param {string[]} columns
 * @param {HTMLElement[]} rows
 * @param {string} first
 */
function table(heading, columns, rows, first) {
  return el('div', { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': heading },
    el('table', { class: 'table' },
      el('caption', { class: 'hidden-visually' }, heading),
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, first), ...columns.map((each) => el('th', { scope: 'col', class: 'number' }, each)))),
      el('tbody', {}, ...rows)));
}

/**
 * @param {WeekBack} found
 * @param {string} title
 */
function days(found, title) {
  return table(t('{week}: foreseen → really', { week: title }),
    [t('Visitors'), t('Counter hours'), t('Hours that would have done'), t('In time'), t('Nine of ten wait at most'), t('Half hours missed')],
    found.days.map((each) => el('tr', { 'data-day': each.day },
      el('th', { scope: 'row' }, weekdayWords(each.day)),
      both(Math.round(each.expected), each.came, count),
      both(each.hours, each.opened, count),
      el('td', { class: 'number' }, hours(each.needed)),
      both(each.share, each.real_share, percentWords),
      both(each.p90, each.came ? each.real_p90 : null, waitWords),
      both(each.foreseen, each.missed, count))), t('Day'));
}

/**
 * @param {DayBack} day
 * @param {{[key: string]: string}} names
 */
function oneDay(day, names) {
  const own = Object.keys(day.own);
  const weekday = dateFormat({ timeZone: 'UTC', weekday: 'long' }).format(new Date(`${day.day}T12:00:00Z`));
  const heading = t('{day}: foreseen → really', { day: weekdayWords(day.day) });
  return el('details', { class: 'plan-back-day', 'data-day': day.day },
    el('summary', {}, el('span', {}, el('b', {}, weekday), `: ${dayWords(day)}.`)),
    el('p', { class: 'soft' }, t('Target: {target}.', { target: [targetWords(day.target), ...own.map((code) => `${code} ${targetWords(day.own[code])}`)].join(', ') }), ' ',
      day.followed
        ? t('With the counters as planned these visitors would have missed it in {n} half hours.', { n: number(day.followed) })
        : t('With the counters as planned these visitors would have missed it in none.'), ' ',
      day.beyond ? beyondWords(day.beyond) : ''),
    table(heading, [t('Visitors'), t('Counters'), t('In time'), t('Half wait at most'), t('Nine of ten wait at most')],
      day.half_hours.map((each) => el('tr', { 'data-missed': String(each.missed) },
        el('th', { scope: 'row' }, clock(each.at)),
        both(each.expected, each.came, count),
        both(each.counters, each.opened, count),
        el('td', { class: 'number' }, el('span', { class: 'soft' }, `${percentWords(each.share)} →`), ' ',
          each.real_share === null ? '–' : el('span', { class: 'share', 'data-judged': each.missed ? 'out' : 'in' }, percentWords(each.real_share))),
        both(each.p50, each.came ? each.real_p50 : null, waitWords),
        both(each.p90, each.came ? each.real_p90 : null, waitWords))), t('From')),
    el('p', { class: 'soft' }, t('Fewer than three visitors say nothing about a half hour: it is not counted as missed.')),
    table(t('Counters of the plan'), [t('Planned'), t('Hours planned'), t('Hours open')],
      day.seats.map((each) => el('tr', {},
        el('th', { scope: 'row' }, t('Counter {n}', { n: String(each.counter) }), ' ', el('span', { class: 'soft' }, /^\d*$/.test(names[each.officer] || '') ? '' : names[each.officer])),
        el('td', { class: 'number' }, `${clock(each.start)}–${clock(each.end)}`),
        el('td', { class: 'number' }, hours(each.hours)),
        el('td', { class: 'number' }, hours(each.opened)))), t('Counter')));
}

customElements.define('ramah-plan-back', PlanBack);
