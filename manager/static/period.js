/**
 * Owns which days a report covers, and which days it is compared with. Pure: dates as YYYY-MM-DD.
 *
 * @typedef {'day' | 'week' | 'month' | 'quarter' | 'half' | 'year' | 'custom'} Kind
 * @typedef {{first: string, last: string}} Span
 */

const DAY_MS = 86400000;
/** @type {{[kind: string]: number}} months of the kinds that begin with one */
const MONTHS = { month: 1, quarter: 3, half: 6 };

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

/** @param {string} day YYYY-MM-DD */
export function mondayOf(day) {
  const weekday = (new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7;
  return shifted(day, -weekday);
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
  } else if (MONTHS[kind]) {
    const month = Math.floor(date.getUTCMonth() / MONTHS[kind]) * MONTHS[kind];
    first = told(new Date(Date.UTC(date.getUTCFullYear(), month, 1, 12)));
    last = told(new Date(Date.UTC(date.getUTCFullYear(), month + MONTHS[kind], 0, 12)));
  } else if (kind === 'year') {
    first = shifted(day, -364);
  }
  return { first, last: last > today && first <= today ? today : last };
}

/**
 * @param {Span} span
 * @returns {string} a day of the period before
 */
export function earlier(span) {
  return shifted(span.first, -1);
}

/**
 * @param {Kind} kind
 * @param {Span} span
 * @returns {string} a day of the period after; a year's last day, as it ends with its day
 */
export function later(kind, span) {
  return shifted(span.last, kind === 'year' ? 365 : 1);
}

/**
 * The period before, as long and with the same weekdays; for a month the month before it, and
 * for one that is not over the same days of it, so that half a month is never beside a whole one.
 *
 * @param {Kind} kind
 * @param {Span} span
 * @returns {Span}
 */
export function before(kind, span) {
  if (kind === 'month') {
    const end = shifted(`${span.first.slice(0, 7)}-01`, -1);
    const over = shifted(span.last, 1).slice(8) === '01';
    const same = `${end.slice(0, 7)}-${span.last.slice(8)}`;
    return { first: `${end.slice(0, 7)}-01`, last: over || same > end ? end : same };
  }
  const days = Math.round((at(span.last).getTime() - at(span.first).getTime()) / DAY_MS) + 1;
  const back = Math.ceil(days / 7) * 7;
  return { first: shifted(span.first, -back), last: shifted(span.last, -back) };
}
