/** Owns the four faces of a quick word; drawn in the colour of the text, each with its word. */

import { t } from '/web/i18n.js';
import { draw } from '/web/icons.js';

const HEAD = 'M16 29a13 13 0 1 0 0-26 13 13 0 0 0 0 26zM11 12.500v2M21 12.500v2';
const MOUTHS = ['M10.5 23c2.500-4 8.500-4 11 0', 'M11 21.500c3-1.500 7-1.500 10 0', 'M11 20c3 1.500 7 1.500 10 0', 'M9.500 18.500c1 7 12 7 13 0z'];

/**
 * @param {number} mark 1 to 4
 * @returns {SVGSVGElement}
 */
export function face(mark) {
  return draw(HEAD + (MOUTHS[mark - 1] || ''), 32, 'face');
}

/**
 * @param {number} mark 1 to 4
 * @returns {string} what the face says; a drawing alone is read differently by each
 */
export function faceWord(mark) {
  return [t('Bad'), t('Not so good'), t('Good'), t('Very good')][mark - 1] || '';
}
