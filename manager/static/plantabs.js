/**
 * Owns the days of a planned week side by side: how each will be, and which one is looked at.
 *
 * @typedef {import('../../web/types').DayRota} DayRota
 */

import { el } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { weekdayWords } from '/manager/planday.js';

/**
 * @param {{days: DayRota[], chosen: string, closed: string[], making: boolean, inWork: string, choose: (day: string) => void}} week
 */
export function tabs(week) {
  return el('div', { class: 'plan-days', role: 'group', 'aria-label': t('Day of the week') }, ...week.days.map((each) => {
    const { outcome } = each;
    const mark = !outcome || !each.shifts.length ? '' : outcome.missed.length ? 'warn' : 'good';
    const words = !each.shifts.length ? unmade(each) : outcome && outcome.share !== null ? t('{n}% in time', { n: String(Math.round(outcome.share)) }) : '–';
    return el('button', { type: 'button', class: 'plan-day', 'data-day': each.day, 'data-mark': mark, 'aria-pressed': String(each.day === week.chosen), onclick: () => week.choose(each.day) },
      el('b', {}, weekdayWords(each.day)), el('small', {}, words));
  }));

  /** @param {DayRota} day without shifts: closed, or still to be made */
  function unmade(day) {
    if (week.closed.includes(day.day)) {
      return t('office closed');
    }
    return !week.making || day.outcome ? t('no shifts') : day.day === week.inWork ? t('in work') : t('to come');
  }
}
