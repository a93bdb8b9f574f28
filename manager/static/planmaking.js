/**
 * Owns what is said of a plan in the making: how far it is, that it is ready, why there is none.
 *
 * @typedef {import('../../web/types').Making} Making
 */

import { el } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { dayWords } from '/manager/periodwords.js';

/** @param {Making} told */
export function progressWords(told) {
  return told.day
    ? t('{n}%: {day} is being tried.', { n: String(told.done), day: dayWords(told.day) })
    : t('One moment, the log is being read.');
}

/** @param {string} why */
export function trouble(why) {
  if (why === 'no-solver') {
    return t('Plans cannot be made on this server: the solver is missing (ramah[plan]). Shifts can still be set and tried by hand.');
  }
  return why === 'no-history'
    ? t('Too little is known of who will come. After some days of work a plan can be made.')
    : t('The plan could not be made. Please try again.');
}

/**
 * @param {Making} told
 * @param {(keep: boolean) => void} stop
 */
export function inWork(told, stop) {
  return el('div', { class: 'card plan-making' },
    el('p', { 'data-part': 'words' }, progressWords(told)),
    el('progress', { max: 100, value: told.done, 'aria-label': t('How far the plan is') }),
    el('div', { class: 'plan-acts' },
      el('button', { type: 'button', class: 'button', onclick: () => stop(true) }, t('Stop, keep the best so far')),
      el('button', { type: 'button', class: 'button quiet', onclick: () => stop(false) }, t('Cancel'))));
}

/**
 * @param {Making} told
 * @param {boolean} saved there is one to go back to
 * @param {() => void} drop
 */
export function ready(told, saved, drop) {
  return el('div', { class: 'banner' }, el('p', {}, told.state === 'made'
    ? t('The plan is made from {n} days of your own log. Look at each day, change what you like, then save it.', { n: String(told.known) })
    : !told.days.some((each) => each.shifts.length) ? t('Stopped before a day was ready.')
    : t('Stopped. This is the best so far; days without shifts were not begun.')),
  el('button', { type: 'button', class: 'button quiet small', onclick: drop }, saved ? t('Drop it, back to what is saved') : t('Drop it')));
}
