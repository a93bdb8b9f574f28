/**
 * Owns what is said after an action: what happened to the number, and the way back if there is one.
 *
 * @typedef {import('./desk.js').Desk} Desk
 * @typedef {import('../../web/types').Ticket | import('/web/staff/hall.js').Ticket} Ticket
 *
 * @typedef {object} Notice
 * @property {'ok' | 'warn' | 'danger' | ''} tone
 * @property {string} text
 * @property {{label: string, run: () => void}} [undo]
 * @property {boolean} [slip] the server can still take this act back: an undo button is shown
 */

import { t } from '/web/i18n.js';
import { AT_COUNTER } from '/web/staff/staff-state.js';

/**
 * @param {string} action
 * @param {Ticket | null} ticket
 * @param {Desk} desk
 * @returns {Notice | null} null where the slip on the screen says it all
 */
export function reportOf(action, ticket, desk) {
  if (!ticket) {
    return null;
  }
  const { id, label } = ticket;
  const backToQueue = { label: t('Back to queue'), run: () => desk.bringBack(id) };
  switch (action) {
    case 'recall':
      return { tone: 'ok', text: t('{label} is being called again.', { label }) };
    case 'start':
      return { tone: '', text: t('{label} is being served.', { label }), slip: true };
    case 'finish':
      return { tone: '', text: t('{label} is finished.', { label }), slip: true };
    case 'undo':
      return { tone: 'ok', text: t('Taken back. {label} is with you again.', { label }) };
    case 'add-service':
      return { tone: 'ok', text: t('{label} goes on with {service}, without queueing anew.', { label, service: desk.serviceName(ticket.service) }), slip: true };
    case 'no-show':
      return { tone: '', text: t('{label} did not come. If the visitor appears, bring the number back.', { label }), undo: backToQueue, slip: true };
    case 'return':
      return { tone: 'ok', text: t('{label} is back in the queue, at its old place.', { label }), slip: true };
    case 'hold':
      return { tone: 'ok', text: t('{label} is on hold. You find it under "Held".', { label }), undo: backToQueue, slip: true };
    case 'transfer':
      return { tone: 'ok', text: t('{label} goes on to {where}, without queueing anew.', { label, where: whereTo(ticket, desk) }), slip: true };
    default:
      return null;
  }
}

/** What a button box, another window, a supervisor or the end of the day did, as this page would call it. */
const DONE_AWAY = Object.freeze({ finished: 'finish', no_show: 'no-show', returned: 'return', held: 'hold' });

/**
 * Say what became of the number at the counter when this page did not do it.
 *
 * @param {string} kind of the event
 * @param {Ticket} ticket
 * @param {Desk} desk
 * @returns {Notice | null} null while the number stays at the counter
 */
export function awayReportOf(kind, ticket, desk) {
  if (['transferred', 'continued', 'turn_closed'].includes(kind)) {
    return { tone: '', text: t('{label} is no longer at your counter.', { label: ticket.label }) };
  }
  const action = DONE_AWAY[/** @type {keyof typeof DONE_AWAY} */ (kind)];
  const report = action ? reportOf(action, ticket, desk) : null;
  return report && { tone: report.tone, text: report.text };
}

/**
 * @param {Ticket} ticket
 * @param {Desk} desk
 */
function whereTo(ticket, desk) {
  return ticket.counter && typeof ticket.counter === 'object' && !AT_COUNTER.includes(ticket.state)
    ? t('counter {number}', { number: ticket.counter.number })
    : desk.serviceName(ticket.service);
}
