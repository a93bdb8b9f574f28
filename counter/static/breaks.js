/** Owns saying which colleagues are away. */

import { t, time } from '/web/i18n.js';

/**
 * Say which colleagues are on a break, and until when.
 *
 * @param {import('./desk.js').Desk} desk
 * @returns {string} empty when nobody is
 */
export function onBreakNow(desk) {
  const away = desk.counters.filter((counter) => counter.state === 'break' && !counter.mine);
  if (!away.length) {
    return '';
  }
  return t('On a break now: {counters}.', {
    counters: away.map((counter) => (counter.until
      ? t('counter {number} until {time}', { number: counter.number, time: time(counter.until) })
      : t('counter {number}', { number: counter.number }))).join(', '),
  });
}
