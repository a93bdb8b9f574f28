/** Owns how waits and openings are told: ranges in words, and when numbers are given again. */

import { day, number, sameDay, t, time, tn, weekday, zoneLabel } from '/web/i18n.js';

/** Minutes; a wait that is longer for sure is told in hours, as people do. The paper says it likewise. */
export const IN_HOURS_FROM = 120;

/**
 * Say a wait range kindly; nothing when it cannot be told honestly.
 *
 * @param {import('../types').Estimate | null} estimate
 * @returns {string}
 */
export function waitRange(estimate) {
  if (!estimate) {
    return '';
  }
  const { low_minutes: low, high_minutes: high } = estimate;
  if (high <= 1) {
    return t('hardly any wait');
  }
  if (low >= IN_HOURS_FROM) {
    return hourRange(Math.floor(low / 60), Math.ceil(high / 60));
  }
  return low >= high || low < 1
    ? tn('about {n} minute', 'about {n} minutes', high)
    : t('about {low} to {high} minutes', { low: number(low), high: number(high) });
}

/**
 * @param {number} low
 * @param {number} high
 * @returns {string} such a wait in whole hours; minutes would promise more than anybody knows
 */
function hourRange(low, high) {
  return low >= high
    ? tn('about {n} hour', 'about {n} hours', high)
    : t('about {low} to {high} hours', { low: number(low), high: number(high) });
}

/**
 * Say that nobody serves yet, and from when if that is known.
 *
 * @param {string | null | undefined} starts ISO 8601
 * @returns {string}
 */
export function notOpenYet(starts) {
  return starts
    ? t('The counter is not open yet; it starts at {time}.', { time: `${time(starts)}\u00a0${zoneLabel()}`.trim() })
    : t('The counter is not open yet; we call you as soon as it is.');
}

/**
 * Say when numbers are given again: "today, 13.00 WITA" or "Monday, 08.00 WITA".
 *
 * @param {string} at ISO 8601
 * @param {Date | string | number} now
 * @returns {string}
 */
export function openingTime(at, now) {
  const when = `${time(at)}\u00a0${zoneLabel()}`.trim();
  if (sameDay(at, now)) {
    return t('today at {time}', { time: when });
  }
  const tomorrow = new Date(now).getTime() + 86400000;
  if (sameDay(at, tomorrow)) {
    return t('tomorrow at {time}', { time: when });
  }
  const far = new Date(at).getTime() - new Date(now).getTime() > 6 * 86400000;
  return `${far ? day(at) : weekday(at)}, ${when}`;
}
