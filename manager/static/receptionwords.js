/**
 * Owns the words for what is counted by hand at the door, always with how often it was.
 *
 * @typedef {import('../../web/types').ReceptionFigures} ReceptionFigures
 */

import { el } from '/web/dom.js';
import { number, pick, t, tn } from '/web/i18n.js';
import { duration } from '/web/staff/format.js';

/** @param {ReceptionFigures['kinds']} kinds */
export function kindWords(kinds) {
  return kinds.filter((each) => each.n).map((each) => `${pick(each.names, each.code)}: ${number(each.n)}`).join(' · ');
}

/** @param {ReceptionFigures['door']} door */
export function doorWords(door) {
  return [
    tn('{n} person timed', '{n} people timed', door.timed),
    door.lines ? tn('line counted {n} time, {mean} people on average', 'line counted {n} times, {mean} people on average', door.lines, { mean: number(door.line_mean || 0) }) : '',
  ].filter(Boolean).join(' · ');
}

/**
 * What was counted beside the numbers, for a report.
 *
 * @param {ReceptionFigures} told
 * @param {number | null | undefined} wait half of the visitors were called within these seconds
 */
export function receptionCard(told, wait) {
  const { door, arrivals } = told;
  return el('section', { class: 'card', 'aria-labelledby': 'reception-title' },
    el('h3', { id: 'reception-title' }, t('Beside the numbers')),
    el('p', { class: 'soft' }, t('Counted by hand at the door and the counters; in none of the figures above.')),
    el('ul', {},
      el('li', {}, [t('Without a number: {n}', { n: number(told.unnumbered) }), kindWords(told.kinds)].filter(Boolean).join(' · ')),
      el('li', {}, door.timed
        ? t('From the door to a number: half took at most {long} ({samples}). The official wait begins with the number: half were called within {wait}.', { long: duration(door.median_s), samples: doorWords(door), wait: duration(wait) })
        : t('From the door to a number: not sampled in this period.')),
      arrivals.met ? el('li', {}, tn('{n} visitor who asked for a person was met; half waited at most {long}.', '{n} visitors who asked for a person were met; half waited at most {long}.', arrivals.met, { long: duration(arrivals.median_s) })) : null));
}
