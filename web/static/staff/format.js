/** Owns how the staff pages say lengths of time and states. */

import { pick, t, tn } from '/web/i18n.js';

/**
 * Say a length of time in short words: `45 s`, `12 min 30 s`, `1 h 5 min`, `2 d 5 h`.
 *
 * @param {number | null | undefined} seconds
 * @returns {string} a dash when it is not known
 */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) {
    return '–';
  }
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  const days = Math.floor(hours / 24);
  if (days > 1) {
    return hours % 24 ? t('{d} d {h} h', { d: days, h: hours % 24 }) : t('{d} d', { d: days });
  }
  if (hours) {
    return minutes ? t('{h} h {m} min', { h: hours, m: minutes }) : t('{h} h', { h: hours });
  }
  if (minutes) {
    return rest ? t('{m} min {s} s', { m: minutes, s: rest }) : t('{m} min', { m: minutes });
  }
  return t('{s} s', { s: rest });
}

/**
 * Say a length of time calmly, in whole minutes; no seconds that tick.
 *
 * @param {number} seconds
 * @returns {string}
 */
export function minutes(seconds) {
  const whole = Math.floor(Math.max(0, seconds) / 60);
  if (whole < 1) {
    return t('less than a minute');
  }
  if (whole < 60) {
    return tn('{n} minute', '{n} minutes', whole);
  }
  return duration(whole * 60);
}

/**
 * @param {string | null | undefined} since ISO 8601
 * @param {number} now milliseconds since 1970
 * @returns {number} seconds
 */
export function secondsSince(since, now) {
  return since ? Math.max(0, (now - Date.parse(since)) / 1000) : 0;
}

/**
 * @param {import('../../types').CounterState} state
 * @returns {string}
 */
export function counterState(state) {
  if (state === 'open') {
    return t('Open');
  }
  return state === 'break' ? t('On a break') : t('Closed');
}

/**
 * @param {string} state of a counter
 * @returns {string} the chip's class
 */
export function counterTone(state) {
  return state === 'open' ? 'chip ok' : state === 'break' ? 'chip warn' : 'chip';
}

/**
 * @param {string} language code
 * @returns {string} its own name
 */
export function languageName(language) {
  try {
    // eslint-disable-next-line compat/compat -- an older browser throws, and the code is shown
    const names = new Intl.DisplayNames([language], { type: 'language' });
    const name = names.of(language) || language;
    return name.charAt(0).toUpperCase() + name.slice(1);
  } catch (error) {
    return language;
  }
}

/**
 * @param {import('../../types').Service} service
 * @returns {{value: string, name: string, badge: string, detail: string}} what to choose it by; a
 *   paused one can be chosen too, its visitors are called later
 */
export function serviceChoice(service) {
  return {
    value: service.code,
    name: pick(service.names, service.name),
    badge: service.prefix,
    detail: [service.paused ? t('Paused for a moment') : '', tn('{n} waiting', '{n} waiting', service.waiting)]
      .filter(Boolean).join(' · '),
  };
}
