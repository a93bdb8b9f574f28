/** Owns which actions a counter offers in which state, and what they are called. Pure. */

import { t } from '/web/i18n.js';

/**
 * @typedef {import('./keys.js').Action} Action
 * @typedef {import('../../web/types').StaffCounter} StaffCounter
 */

/** @type {Record<string, Action[]>} the first is the main one */
const OFFERED = {
  free: ['call-next'],
  called: ['start', 'recall', 'no-show', 'return', 'hold', 'transfer'],
  serving: ['finish', 'hold', 'transfer'],
};

/**
 * @param {StaffCounter | null} seat
 * @returns {'away' | 'break' | 'free' | 'called' | 'serving'}
 */
export function stageOf(seat) {
  if (!seat || seat.state === 'closed') {
    return 'away';
  }
  if (seat.state === 'break') {
    return 'break';
  }
  if (!seat.current) {
    return 'free';
  }
  return seat.current.state === 'serving' ? 'serving' : 'called';
}

/**
 * @param {StaffCounter | null} seat
 * @returns {Action[]}
 */
export function offered(seat) {
  return OFFERED[stageOf(seat)] || [];
}

/**
 * @param {Action} action
 * @returns {string}
 */
export function actionName(action) {
  switch (action) {
    case 'call-next':
      return t('Call next');
    case 'start':
      return t('Start service');
    case 'recall':
      return t('Call again');
    case 'finish':
      return t('Finish');
    case 'no-show':
      return t('Did not come');
    case 'return':
      return t('Back to queue');
    case 'hold':
      return t('Hold');
    default:
      return t('Transfer');
  }
}

/**
 * Say why this ticket was called: the rule in the reader's language.
 *
 * @param {string | null} rule
 * @param {string | null} why the server's own words, or the reason a person typed
 * @returns {string}
 */
export function reasonOf(rule, why) {
  switch (rule) {
    case 'sent-here':
      return t('Sent to this counter by a colleague.');
    case 'oldest':
      return t('Has waited longest.');
    case 'priority-only':
      return t('Only priority visitors wait.');
    case 'priority-cap':
      return t('Has waited longest; priority had its turn.');
    case 'over-limit':
      return t('Has waited past the limit of this service.');
    case 'priority-first':
      return t('Priority goes ahead.');
    case 'by-hand':
      return why ? t('Called by hand: {reason}', { reason: why }) : t('Called by hand.');
    default:
      return why || '';
  }
}
