/** Owns the first words of the kiosk: a greeting that fits the time of day at the office. */

import { hour, t } from '/web/i18n.js';

/**
 * @param {number} now milliseconds since 1970
 * @returns {string}
 */
export function greeting(now) {
  const h = hour(now);
  if (h >= 4 && h < 11) {
    return t('Good morning. How can we help you?');
  }
  if (h >= 11 && h < 15) {
    return t('Good day. How can we help you?');
  }
  if (h >= 15 && h < 18) {
    return t('Good afternoon. How can we help you?');
  }
  return t('Good evening. How can we help you?');
}
