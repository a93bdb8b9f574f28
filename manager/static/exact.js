/** Owns how exact decimals are written. */

import { language } from '/web/i18n.js';

/**
 * Exact decimals as the reader's language writes them: they come as text, not as a float.
 *
 * @param {string | null} text
 */
export function exact(text) {
  return text === null ? '–' : language() === 'en' ? text : text.replace('.', ',');
}
