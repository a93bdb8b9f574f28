/**
 * Owns days that are proposed for the calendar: a country's holidays, the hours of Ramadan, a file. A
 * person looks at each and takes over what is right; then it is saved like what is typed.
 *
 * @typedef {import('../../../web/types').Holidays} Holidays
 * @typedef {import('../../../web/types').ProposedDays} ProposedDays
 * @typedef {{settings: any, changed: () => void, redraw: () => void}} Context
 */

import { get, post } from '/web/api.js';
import { pick, t, tn } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { textOf } from '/web/reading.js';
import { View, part } from '/web/staff/view.js';
import { clock, dayWords } from '/manager/settings/week.js';
import { dayNames, field } from '/manager/setup/fields.js';

const YEARS = 3;

/** `<ramah-settings-days>` */
export class Days extends View {
  /** @param {Context} context */
  constructor(context) {
    super();
    this.context = context;
  }

  /** @override */
  build() {
    const file = el('input', { type: 'file', class: 'hidden-visually', tabIndex: -1, 'aria-hidden': 'true', accept: '.ics,.csv,text/calendar,text/csv', onchange: () => this.bring(file) });
    this.className = 'stack';
    this.append(
      el('div', { class: 'row' },
        el('button', { type: 'button', class: 'button quiet', onclick: () => this.holidays('', '') }, t('Holidays and Ramadan hours…')),
        el('button', { type: 'button', class: 'button quiet', onclick: () => file.click() }, t('Bring a calendar or a table…')),
        file),
      el('p', { class: 'soft' }, t('A calendar is an iCalendar file (.ics). A table is a CSV file with the columns date, until, name, opens, closes, services.')),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'alert' }),
      el('section', { class: 'card stack proposed', 'data-part': 'proposed', hidden: true, 'aria-label': t('Proposed days') }),
      el('p', { role: 'status', class: 'told', 'data-part': 'done' }));
  }

  /**
   * @param {string} country empty for the one of the office's zone
   * @param {string} year empty for this one
   */
  async holidays(country, year) {
    await this.trying(async () => {
      const asked = [country ? `country=${country}` : '', year ? `year=${year}` : ''].filter(Boolean).join('&');
      const found = /** @type {Holidays} */ (await get(`/api/settings/holidays${asked ? `?${asked}` : ''}`, { as: 'staff' }));
      const now = new Date().getFullYear();
      const years = Array.from({ length: YEARS }, (_, index) => now + index);
      const countries = el('select', { class: 'input', onchange: () => this.holidays(countries.value, String(found.year)) },
        found.country ? null : el('option', { value: '' }, '–'),
        ...found.countries.map(({ code, name }) => el('option', { value: code, selected: code === found.country }, name)));
      const chosen = el('select', { class: 'input', onchange: () => this.holidays(found.country, chosen.value) },
        ...years.concat(years.includes(found.year) ? [] : found.year).map((each) => el('option', { value: String(each), selected: each === found.year }, String(each))));
      this.show(t('Holidays and Ramadan hours'), found.days, [
        el('p', {}, t('A proposal: please compare it with the government\'s decree. Days marked “reckoned” may still move by a day; they are chosen by you, not by us.')),
        found.leave ? null : el('p', { class: 'banner warn' }, t('The collective leave of {year} is not known yet: it is decided in the year before.', { year: String(found.year) })),
        el('div', { class: 'row' }, field(t('Country'), countries), field(t('Year'), chosen)),
      ]);
    });
  }

  /** @param {HTMLInputElement} input */
  async bring(input) {
    const file = (input.files || [])[0];
    if (!file) {
      return;
    }
    await this.trying(async () => {
      this.close();
      const asked = { file: await textOf(file), settings: JSON.stringify(this.context.settings) };
      input.value = '';
      const { days } = /** @type {{days: ProposedDays[]}} */ (await post('/api/settings/days', asked, { as: 'staff' }));
      this.show(t('Days in {file}', { file: file.name }), days, []);
    });
  }

  /**
   * @param {string} title
   * @param {ProposedDays[]} days
   * @param {(Node | null)[]} more
   */
  show(title, days, more) {
    const rows = days.map((each) => {
      const known = this.known(each);
      const box = el('input', { type: 'checkbox', checked: !known && !each.estimated && each.kind !== 'ramadan', disabled: known, onchange: () => count() });
      return { each, box, row: el('li', {}, el('label', { class: 'consent' }, box, el('span', {},
        el('b', { class: 'number' }, [each.first, each.last].filter(Boolean).map((day) => dayWords(day, true)).join(' – ')), ' ', pick(each.names, ''), ' ',
        el('span', { class: 'soft' }, hoursOf(each)), ' ',
        ...marks(each, known, this.other(each)).map((words) => el('span', { class: 'chip' }, words))))) };
    });
    const take = el('button', { type: 'button', class: 'button', onclick: () => this.take(rows.filter(({ box }) => box.checked).map(({ each }) => each)) });
    const count = () => {
      const chosen = rows.filter(({ box }) => box.checked).length;
      fill(take, tn('Take {n} over', 'Take {n} over', chosen));
      take.disabled = !chosen;
    };
    count();
    const place = part(this, '[data-part="proposed"]');
    place.hidden = false;
    fill(part(this, '[data-part="done"]'));
    const heading = el('h3', { tabIndex: -1 }, title);
    fill(place, heading, ...more,
      rows.length ? el('ul', { class: 'proposed-days' }, ...rows.map(({ row }) => row)) : el('p', {}, t('There are no days from today on.')),
      el('div', { class: 'row' }, take, el('button', { type: 'button', class: 'button quiet', onclick: () => this.close() }, t('Close'))));
    heading.focus();
  }

  close() {
    part(this, '[data-part="proposed"]').hidden = true;
  }

  /**
   * @param {ProposedDays} days
   * @returns {boolean} whether the settings say the same already
   */
  known(days) {
    const { closed_dates: closed, special_days: special } = this.context.settings;
    const plain = !days.last && !days.periods.length && !days.services.length;
    return (plain && closed.includes(days.first)) || special.some((/** @type {any} */ each) => same(each, days));
  }

  /**
   * @param {ProposedDays} days
   * @returns {boolean} whether the settings say something else of the same first day
   */
  other(days) {
    return !this.known(days) && this.context.settings.special_days.some((/** @type {any} */ each) => meets(each, days));
  }

  /** @param {ProposedDays[]} chosen */
  take(chosen) {
    const { settings } = this.context;
    const kept = settings.special_days.filter((/** @type {any} */ each) => !chosen.some((one) => meets(each, one)));
    const added = chosen.map(({ first, last, names, periods, services }) => ({ first, last, names, periods: periods.map(plain), services }));
    settings.special_days = kept.concat(added).sort((/** @type {any} */ one, /** @type {any} */ two) => (one.first < two.first ? -1 : Number(one.first > two.first)));
    this.close();
    this.context.changed();
    this.context.redraw();
    const done = part(this, '[data-part="done"]');
    fill(done, tn('{n} taken over. Look at the list of special days, then save.', '{n} taken over. Look at the list of special days, then save.', chosen.length));
  }
}

/**
 * @param {any} special
 * @param {ProposedDays} days
 */
function meets(special, days) {
  const [one, two] = [special.services || [], days.services];
  return special.first === days.first && (!one.length || !two.length || one.some((/** @type {string} */ code) => two.includes(code)));
}

/**
 * @param {any} special
 * @param {ProposedDays} days
 */
function same(special, days) {
  /** @param {any} each */
  const told = (each) => JSON.stringify([each.first, each.last || '', (each.periods || []).map(plain), each.services || []]);
  return told(special) === told(days);
}

/** @param {any} period as the settings have it: without what is not said */
function plain({ days, opens, closes, tickets_from: early, last_ticket: last }) {
  return Object.assign({ days, opens, closes }, early ? { tickets_from: early } : {}, last ? { last_ticket: last } : {});
}

/** @param {ProposedDays} days */
function hoursOf(days) {
  /** @type {Map<string, string[]>} hours by the weekdays they are for */
  const found = new Map();
  for (const { days: weekdays, opens, closes } of days.periods) {
    const words = weekdays.map((each) => dayNames()[each - 1]).join(' ');
    found.set(words, (found.get(words) || []).concat(`${clock(opens)}–${clock(closes)}`));
  }
  const hours = Array.from(found, ([words, times]) => `${found.size > 1 ? `${words} ` : ''}${times.join(', ')}`).join('; ') || t('closed');
  return days.services.length ? `${hours} (${days.services.join(', ')})` : hours;
}

/**
 * @param {ProposedDays} days
 * @param {boolean} known
 * @param {boolean} other
 */
function marks(days, known, other) {
  return [
    days.kind === 'leave' ? t('collective leave') : '',
    days.estimated ? t('reckoned') : '',
    known ? t('there already') : '',
    other ? t('instead of what is there') : '',
  ].filter(Boolean);
}

customElements.define('ramah-settings-days', Days);
