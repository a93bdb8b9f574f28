/**
 * Owns which days a report covers, and which days it is compared with. Pure: dates as YYYY-MM-DD.
 *
 * @typedef {'day' | 'week' | 'month' | 'year' | 'custom'} Kind
 * @typedef {{first: string, last: string}} Span
 */

const DAY_MS = 86400000;

/**
 * @param {string} day
 * @returns {Date}
 */
function at(day) {
  return new Date(`${day}T12:00:00Z`);
}

/**
 * @param {Date} date
 * @returns {string}
 */
function told(date) {
  return date.toISOString().slice(0, 10);
}

/**
 * @param {string} day
 * @param {number} days
 * @returns {string}
 */
export function shifted(day, days) {
  return told(new Date(at(day).getTime() + days * DAY_MS));
}

/**
 * The period of a kind that holds a day, never beyond today.
 *
 * @param {Kind} kind
 * @param {string} day
 * @param {string} today
 * @returns {Span}
 */
export function spanOf(kind, day, today) {
  const date = at(day);
  let [first, last] = [day, day];
  if (kind === 'week') {
    first = shifted(day, -((date.getUTCDay() + 6) % 7));
    last = shifted(first, 6);
  } else if (kind === 'month') {
    first = `${day.slice(0, 7)}-01`;
    last = told(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0, 12)));
  } else if (kind === 'year') {
    first = shifted(day, -364);
  }
  return { first, last: last > today && first <= today ? today : last };
}

/**
 * The period before, as long and with the same weekdays: for a month the month before it.
 *
 * @param {Kind} kind
 * @param {Span} span
 * @returns {Span}
 */
export function before(kind, span) {
  if (kind === 'month') {
    const end = shifted(`${span.first.slice(0, 7)}-01`, -1);
    return { first: `${end.slice(0, 7)}-01`, last: end };
  }
  const days = Math.round((at(span.last).getTime() - at(span.first).getTime()) / DAY_MS) + 1;
  const back = Math.ceil(days / 7) * 7;
  return { first: shifted(span.first, -back), last: shifted(span.last, -back) };
}
