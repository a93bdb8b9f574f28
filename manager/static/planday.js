/**
 * Owns one day of a plan: its shifts as bars that can be drawn longer or typed, what is expected of each
 * half hour, and what-ifs.
 *
 * @typedef {import('../../web/types').DayRota} DayRota
 * @typedef {import('../../web/types').RotaRulesAnswer} Told
 * @typedef {import('../../web/types').Shift} Shift
 * @typedef {import('../../web/types').Outlook} Outlook
 */

import { el, fill, say } from '/web/dom.js';
import { clockWords, dateFormat, number, t } from '/web/i18n.js';
import { View, part } from '/web/staff/view.js';
import { told as written } from '/manager/figures.js';
import { longDayWords } from '/manager/periodwords.js';
import { PlanWhatIf } from '/manager/planwhatif.js';

const HALF_HOURS = 48;

/** @param {number} slot half hours after midnight */
export function clock(slot) {
  return clockWords(`${String(Math.floor(slot / 2)).padStart(2, '0')}:${slot % 2 ? '30' : '00'}`);
}

/** @param {string} day YYYY-MM-DD */
export function weekdayWords(day) {
  return dateFormat({ timeZone: 'UTC', weekday: 'short', day: 'numeric' }).format(new Date(`${day}T12:00:00Z`));
}

/** `<ramah-plan-day>`; give it `rota` and `told`; says `changed` with the new shifts. */
export class PlanDay extends View {
  /** @type {DayRota} */
  rota = /** @type {any} */ (null);
  /** @type {Told} */
  told = /** @type {any} */ (null);
  /** The calendar says that nobody is served. */
  closed = false;
  /** A plan is being made: nothing is changed meanwhile. */
  frozen = false;

  /** @override */
  build() {
    this.className = 'plan-one';
    const what = new PlanWhatIf();
    what.day = this.rota.day;
    what.told = this.told;
    what.shifts = () => this.rota.shifts;
    const { outcome } = this.rota;
    what.opens = outcome ? outcome.opens : 16;
    what.closes = outcome ? outcome.closes : 32;
    this.append(
      el('section', { class: 'card', 'aria-labelledby': 'plan-day-title' },
        el('h2', { id: 'plan-day-title' }, longDayWords(this.rota.day)),
        el('p', { class: 'plan-sum', 'data-part': 'sum', 'aria-live': 'polite' }),
        el('p', { class: 'soft', 'data-part': 'missed' }),
        el('p', { class: 'soft', 'data-part': 'full' }),
        el('div', { class: 'plan-shifts', 'data-part': 'shifts' }),
        el('div', { 'data-part': 'add' })),
      this.frozen ? '' : what,
      el('div', { 'data-part': 'table' }));
    this.showShifts();
    this.tell(outcome);
  }

  /** @param {Outlook | null} outcome */
  tell(outcome) {
    this.rota = { day: this.rota.day, shifts: this.rota.shifts, outcome };
    const { rules, services } = this.told;
    const own = services.some((each) => each.own);
    say(part(this, '[data-part="sum"]'), !outcome && this.closed
      ? t('The office is closed on this day.')
      : !outcome && !this.rota.shifts.length
      ? t('No shifts are planned for this day.')
      : !outcome || outcome.share === null
      ? t('Nobody is expected on this day.')
      : own
      ? t('{share}% of visitors are called in time; nine of ten wait at most {p90}. {hours} hours at counters.',
        { share: String(Math.round(outcome.share)), p90: waits(outcome.p90), hours: number(outcome.hours) })
      : t('{share}% of visitors are called within {minutes} minutes; nine of ten wait at most {p90}. {hours} hours at counters.',
        { share: String(Math.round(outcome.share)), minutes: String(rules.minutes), p90: waits(outcome.p90), hours: number(outcome.hours) }));
    say(part(this, '[data-part="missed"]'), !outcome ? '' : outcome.missed.length
      ? own
        ? t('A target is missed in the half hours from {times}.', { times: outcome.missed.map(clock).join(', ') })
        : t('Below {n}% in the half hours from {times}.', { n: String(rules.share), times: outcome.missed.map(clock).join(', ') })
      : own ? t('Every target is met in every half hour.') : t('The target of {n}% is met in every half hour.', { n: String(rules.share) }));
    const full = outcome && outcome.missed.length && outcome.half_hours.every((each) => !outcome.missed.includes(each.at) || each.counters >= this.told.counters.length);
    const note = part(this, '[data-part="full"]');
    say(note, full ? t('Every counter is at work then: more visitors come at that time than all of them can serve in time.') : '');
    note.hidden = !full;
    part(this, '[data-part="missed"]').dataset.mark = outcome && outcome.missed.length ? 'warn' : 'good';
    fill(part(this, '[data-part="table"]'), outcome ? el('div', {}, own ? byService(outcome, this.told) : null, table(outcome)) : null);
  }

  /** @param {Shift[]} shifts */
  change(shifts) {
    this.rota = { day: this.rota.day, shifts, outcome: this.rota.outcome };
    this.dispatchEvent(new CustomEvent('changed', { detail: shifts }));
  }

  showShifts() {
    const { shifts, outcome } = this.rota;
    const first = Math.min(outcome ? outcome.opens : 16, ...shifts.map((each) => each.start));
    const last = Math.max(outcome ? outcome.closes : 32, ...shifts.map((each) => each.end));
    fill(part(this, '[data-part="shifts"]'), ...shifts.map((each) => this.shift(each, first, last)));
    const there = new Set(shifts.map((each) => each.officer));
    const away = this.told.rules.officers.filter((each) => each.active && !there.has(each.key));
    const who = el('select', {}, ...away.map((each) => el('option', { value: each.key }, nameOf(this.told, each.key))));
    fill(part(this, '[data-part="add"]'), !away.length || this.frozen ? null : el('div', { class: 'plan-add' },
      el('label', { class: 'field' }, el('span', {}, t('Who is free this day')), who),
      el('button', { type: 'button', class: 'button small', onclick: () => {
        const officer = this.told.rules.officers.find((each) => each.key === who.value);
        const counter = officer && officer.counter ? officer.counter : this.freeCounter();
        this.change([...shifts, { officer: who.value, counter, start: first, end: last, rest: null, rest_slots: 0 }]);
        this.showShifts();
      } }, t('Add to the plan'))));
  }

  /**
   * Say what speaks against a shift; whoever plans may know better, so nothing is forbidden.
   *
   * @param {Shift} shift
   */
  doubt(shift) {
    const { day, shifts } = this.rota;
    const officer = this.told.rules.officers.find((each) => each.key === shift.officer);
    const weekday = new Date(`${day}T12:00:00Z`).getUTCDay() || 7;
    if (!officer || !officer.active) {
      return t('not counted for plans');
    }
    if (officer.absent.includes(day)) {
      return t('away on this day');
    }
    if (!officer.weekdays.includes(weekday)) {
      return t('does not work on this weekday');
    }
    const beside = shifts.find((each) => each !== shift && each.counter === shift.counter && each.start < shift.end && shift.start < each.end);
    return beside ? t('at counter {n} with {name} at the same time', { n: String(shift.counter), name: nameOf(this.told, beside.officer) }) : '';
  }

  freeCounter() {
    const used = new Set(this.rota.shifts.map((each) => each.counter));
    const free = this.told.counters.find((each) => !used.has(each.number));
    return (free || this.told.counters[0]).number;
  }

  /**
   * @param {Shift} shift
   * @param {number} first
   * @param {number} last
   */
  shift(shift, first, last) {
    const name = nameOf(this.told, shift.officer);
    const put = (/** @type {Partial<Shift>} */ changes) => {
      const now = this.rota.shifts.find((each) => each.officer === shift.officer);
      if (now) {
        this.change(this.rota.shifts.map((each) => each === now ? within(Object.assign({}, now, changes)) : each));
        this.showShifts();
        const kept = this.querySelector(`[data-officer="${CSS.escape(shift.officer)}"] [data-field="${Object.keys(changes)[0]}"]`);
        if (kept instanceof HTMLElement) {
          kept.focus();
        }
      }
    };
    const times = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ chosen) => Array.from({ length: to - from + 1 }, (_, n) => el('option', { value: String(from + n), selected: from + n === chosen }, clock(from + n)));
    const pickOne = (/** @type {string} */ field, /** @type {string} */ label, /** @type {HTMLOptionElement[]} */ options) => {
      const select = el('select', { 'aria-label': `${name}: ${label}`, 'data-field': field, disabled: this.frozen }, ...options);
      select.addEventListener('change', () => put({ [field]: select.value === '' ? null : Number(select.value) }));
      return select;
    };
    const doubt = this.doubt(shift);
    const from = Math.max(0, first - 4);
    const to = Math.min(HALF_HOURS, last + 4);
    return el('div', { class: 'plan-shift', 'data-officer': shift.officer },
      el('div', { class: 'plan-who' }, el('b', {}, name), doubt ? el('small', { class: 'plan-doubt' }, doubt) : null),
      this.bar(shift, first, last, put),
      el('div', { class: 'plan-fields' },
        pickOne('counter', t('counter'), this.told.counters.map((each) => el('option', { value: String(each.number), selected: each.number === shift.counter }, t('Counter {n}', { n: String(each.number) })))),
        pickOne('start', t('from'), times(from, shift.end - 1, shift.start)),
        pickOne('end', t('until'), times(shift.start + 1, to, shift.end)),
        pickOne('rest', t('rest'), [el('option', { value: '', selected: shift.rest === null }, t('no rest')),
          ...times(shift.start + 1, shift.end - 1, shift.rest === null ? -1 : shift.rest).map((each) => { each.textContent = t('rest {time}', { time: each.textContent || '' }); return each; })]),
        this.frozen ? null : el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('Take {name} out of this day', { name }), onclick: () => {
          this.change(this.rota.shifts.filter((each) => each.officer !== shift.officer));
          this.showShifts();
        } }, t('Take out'))));
  }

  /**
   * A bar whose ends can be drawn with a finger or mouse; the fields beside it do the same by keyboard.
   *
   * @param {Shift} shift
   * @param {number} first
   * @param {number} last
   * @param {(changes: Partial<Shift>) => void} put
   */
  bar(shift, first, last, put) {
    const width = last - first;
    const place = (/** @type {number} */ slot) => `${100 * (slot - first) / width}%`;
    const bar = el('div', { class: 'plan-bar' });
    const lane = el('div', { class: 'plan-lane', 'aria-hidden': 'true' }, bar);
    const draw = (/** @type {number} */ start, /** @type {number} */ end) => {
      bar.style.left = place(start);
      bar.style.width = `${100 * (end - start) / width}%`;
    };
    draw(shift.start, shift.end);
    if (shift.rest !== null) {
      const rest = el('div', { class: 'plan-rest' });
      rest.style.left = `${100 * (shift.rest - shift.start) / (shift.end - shift.start)}%`;
      rest.style.width = `${100 * shift.rest_slots / (shift.end - shift.start)}%`;
      bar.append(rest);
    }
    for (const field of this.frozen ? [] : /** @type {('start' | 'end')[]} */ (['start', 'end'])) {
      const grip = el('div', { class: `plan-grip ${field}` });
      grip.addEventListener('pointerdown', (event) => {
        event.preventDefault();
        grip.setPointerCapture(event.pointerId);
        let now = shift[field];
        const move = (/** @type {PointerEvent} */ at) => {
          const box = lane.getBoundingClientRect();
          const slot = Math.round(first + width * (at.clientX - box.left) / box.width);
          now = field === 'start' ? Math.max(first, Math.min(shift.end - 1, slot)) : Math.min(last, Math.max(shift.start + 1, slot));
          draw(field === 'start' ? now : shift.start, field === 'end' ? now : shift.end);
        };
        grip.addEventListener('pointermove', move);
        grip.addEventListener('lostpointercapture', () => {
          grip.removeEventListener('pointermove', move);
          if (now !== shift[field]) {
            put({ [field]: now });
          }
        }, { once: true });
      });
      bar.append(grip);
    }
    return lane;
  }
}

/**
 * @param {Told} told
 * @param {string} key
 */
export function nameOf(told, key) {
  const found = told.rules.officers.find((each) => each.key === key);
  const name = found ? found.name : key;
  return /^\d+$/.test(name) ? t('Officer of counter {n}', { n: name }) : name;
}

/**
 * A rest lies within its shift; a new one is as long as the last, else an hour.
 *
 * @param {Shift} shift
 * @returns {Shift}
 */
function within(shift) {
  const { rest, start, end } = shift;
  const slots = rest === null ? 0 : Math.min(shift.rest_slots || 2, end - rest - 1);
  return rest === null || rest <= start || slots < 1 ? Object.assign(shift, { rest: null, rest_slots: 0 }) : Object.assign(shift, { rest_slots: slots });
}

/** @param {number | null} minutes */
export function waits(minutes) {
  return minutes === null ? t('very long') : t('{n} min', { n: written(minutes, 'count') });
}

/**
 * What comes of each service, beside its target: only where services have targets of their own.
 *
 * @param {Outlook} outcome
 * @param {Told} told
 */
function byService(outcome, told) {
  const heading = t('Services of the day');
  const of = new Map(told.services.map((each) => [each.service, each]));
  const columns = [t('People expected'), t('Target'), t('In time'), t('Nine of ten wait at most')];
  return el('div', { class: 'card wide' },
    el('h3', {}, heading),
    el('div', { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': heading },
      el('table', { class: 'table', 'data-table': 'services' },
        el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, t('Service')), ...columns.map((each) => el('th', { scope: 'col', class: 'number' }, each)))),
        el('tbody', {}, ...outcome.services.map((each) => {
          const its = of.get(each.service);
          const missed = Boolean(its && each.share !== null && (its.own ? each.missed.length : each.share < its.share));
          return el('tr', {},
            el('th', { scope: 'row' }, its ? `${each.service} · ${its.name}` : each.service),
            el('td', { class: 'number' }, written(each.expected, 'rate')),
            el('td', { class: 'number' }, its ? targetWords(its) : '–'),
            el('td', { class: 'number' }, each.share === null ? '–' : el('span', { class: 'share', 'data-judged': missed ? 'out' : 'in' }, `${whole(each.share, missed)}%`)),
            el('td', { class: 'number' }, each.share === null ? '–' : waits(each.p90)));
        })))));
}

/** @param {{share: number, minutes: number}} target */
export function targetWords({ share, minutes }) {
  return t('{share}% within {minutes} min', { share: String(share), minutes: String(minutes) });
}

/**
 * A share that misses its target is never rounded up to it.
 *
 * @param {number} share
 * @param {boolean} missed
 */
function whole(share, missed) {
  return missed ? Math.floor(share) : Math.round(share);
}

/** @param {Outlook} outcome */
function table(outcome) {
  const heading = t('Half hours of the day');
  const missed = new Set(outcome.missed);
  const columns = [t('People expected'), t('Counters needed'), t('Counters planned'), t('In time'), t('Half wait at most'), t('Nine of ten wait at most')];
  return el('div', { class: 'card wide' },
    el('h3', {}, heading),
    el('div', { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': heading },
      el('table', { class: 'table' },
        el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, t('From')), ...columns.map((each) => el('th', { scope: 'col', class: 'number' }, each)))),
        el('tbody', {}, ...outcome.half_hours.map((each) => el('tr', {},
          el('th', { scope: 'row' }, clock(each.at)),
          el('td', { class: 'number' }, written(each.expected, 'rate'), ' ', el('span', { class: 'soft' }, `${each.low}–${each.high}`)),
          el('td', { class: 'number' }, written(each.needed, 'rate')),
          el('td', { class: 'number' }, el('b', {}, String(each.counters))),
          el('td', { class: 'number' }, each.share === null ? '–' : el('span', { class: 'share', 'data-judged': missed.has(each.at) ? 'out' : 'in' }, `${whole(each.share, missed.has(each.at))}%`)),
          el('td', { class: 'number' }, each.share === null ? '–' : waits(each.p50)),
          el('td', { class: 'number' }, each.share === null ? '–' : waits(each.p90))))))),
    el('p', { class: 'soft' }, t('Beside the people expected: the band that four of five such half hours fall into. Needed is what the work takes; a few counters more keep the wait short.')));
}

customElements.define('ramah-plan-day', PlanDay);
