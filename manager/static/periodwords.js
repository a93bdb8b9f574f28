/**
 * Owns how days are written: one way on the page and on paper (`server/reports/paper.py`), whatever
 * ranges the browser would make.
 *
 * @typedef {import('./period.js').Span} Span
 */

import { dateFormat } from '/web/i18n.js';

/**
 * @param {Intl.DateTimeFormatOptions} options
 * @param {string} day YYYY-MM-DD
 */
function written(options, day) {
  return dateFormat(Object.assign({ timeZone: 'UTC' }, options)).format(new Date(`${day}T12:00:00Z`));
}

/** @param {string} day YYYY-MM-DD */
export function dayWords(day) {
  return written({ day: 'numeric', month: 'short', year: 'numeric' }, day);
}

/**
 * @param {string} day YYYY-MM-DD
 * @returns {string} with its weekday, for days that are looked at one by one
 */
export function longDayWords(day) {
  return written({ weekday: 'long', day: 'numeric', month: 'long' }, day);
}

/** @param {string} month YYYY-MM */
export function monthWords(month) {
  return written({ month: 'long', year: 'numeric' }, `${month}-01`);
}

/**
 * @param {Span} span
 * @returns {string} for example `23–24 Nov 2026`, `30 Okt – 5 Nov 2026`; nothing is said twice
 */
export function spanWords(span) {
  const { first, last } = span;
  const end = dayWords(last);
  if (first === last) {
    return end;
  }
  const dayFirst = end.startsWith(`${Number(last.slice(8))} `); // else the year stands in front
  if (!dayFirst || first.slice(0, 4) !== last.slice(0, 4)) {
    return `${dayWords(first)} – ${end}`;
  }
  return first.slice(0, 7) === last.slice(0, 7)
    ? `${Number(first.slice(8))}–${end}`
    : `${written({ day: 'numeric', month: 'short' }, first)} – ${end}`;
}
