/** Owns how it is shown what was said after an action, with the way back if there is one. */

import { el } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { icon } from '/web/staff/icons.js';
import { keyOf } from '/counter/keys.js';

/**
 * @param {import('./desk.js').Desk} desk
 * @returns {HTMLElement | null} nothing where nothing is to be said
 */
export function noticeBanner(desk) {
  const { notice } = desk;
  if (!notice) {
    return null;
  }
  const { undo } = notice;
  return el('div', { class: `banner notice ${notice.tone}`.trim() },
    el('p', {}, notice.text),
    notice.slip && desk.seat ? el('button', { type: 'button', class: 'button quiet small', 'data-part': 'undo', onclick: () => desk.act('undo') }, icon('undo'), t('Undo'), el('kbd', { 'aria-hidden': 'true' }, keyOf('undo'))) : null,
    undo ? el('button', { type: 'button', class: 'button quiet small', onclick: () => undo.run() }, undo.label) : null,
    el('button', { type: 'button', class: 'button quiet small dismiss', 'aria-label': t('Close this note'), onclick: () => desk.tell(null) }, '×'));
}
