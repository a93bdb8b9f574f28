/** Owns which actions a counter offers in which state, and what they are called. Pure. */

import { t } from '/web/i18n.js';

/**
 * @typedef {import('./keys.js').Action} Action
 * @typedef {import('/web/staff/hall.js').StaffCounter} StaffCounter
 */

/** @type {Record<string, Action[]>} the first is the main one */
const OFFERED = {
  free: ['call-next'],
  called: ['start', 'recall', 'no-show', 'return', 'hold', 'transfer'],
  serving: ['finish', 'add-service', 'hold', 'transfer'],
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
    case 'add-service':
      return t('One more service');
    case 'undo':
      return t('Undo');
    case 'take':
      return t('Give a number');
    case 'break':
      return t('Take a break');
    default:
      return t('Transfer');
  }
}

/**
 * Say why this ticket was called: the rule in the reader's language, with its number (the cap,
 * the limit, the share).
 *
 * @param {{rule?: string | null, rule_value?: number | null, why?: string | null}} called `why`:
 *   the server's own words, or the reason a person typed
 * @returns {string}
 */
export function reasonOf({ rule, rule_value: value, why }) {
  const n = value === null || value === undefined ? '' : String(value);
  switch (rule) {
    case 'sent-here':
      return t('Sent to this counter by a colleague.');
    case 'oldest':
      return t('Has waited longest.');
    case 'priority-only':
      return t('Only priority visitors wait.');
    case 'priority-cap':
      return n ? t('Has waited longest; priority had its turn (at most one call in {n}).', { n }) : t('Has waited longest; priority had its turn.');
    case 'over-limit':
      return n ? t('Has waited past the limit of this service ({n} minutes).', { n }) : t('Has waited past the limit of this service.');
    case 'priority-first':
      return t('Priority goes ahead.');
    case 'slot':
      return t('Has an appointment, and its time has come.');
    case 'slot-early':
      return t('Came early for the appointment; nobody else waits.');
    case 'target':
      return n ? t('Has used {n} % of the promised waiting time, the most of all.', { n }) : t('Has waited longest, measured by the promise of its service.');
    case 'weight':
      return t('It is the turn of this service at this counter.');
    case 'roll':
      return t('The next number of the paper roll.');
    case 'by-hand':
      return why ? t('Called by hand: {reason}', { reason: why }) : t('Called by hand.');
    default:
      return why || '';
  }
}

/**
 * Say how this office chooses whom to call next, in full sentences.
 *
 * @param {import('../../web/types').Desk['policy']} policy
 * @returns {string[]}
 */
export function policyWords(policy) {
  const words = {
    fair: [
      t('Who has waited longest comes first.'),
      t('Priority visitors go ahead, but at most one call in {n} while others wait.', { n: policy.priority_cap }),
      t('Nobody waits past the limit of the service because of priority.'),
    ],
    priority: [
      t('Priority visitors always go ahead; then who has waited longest.'),
      t('Nobody waits past the limit of the service because of priority.'),
    ],
    weighted: [
      t('The services of a counter take turns, by the weights the office has set.'),
      t('Inside a service who has waited longest comes first; of {n} calls at most one is priority while others wait.', { n: policy.priority_cap }),
    ],
    target: [
      t('Who has used up most of the promised waiting time comes first; minutes of priority visitors count twice.'),
      t('Who has waited past the limit of the service comes before all others.'),
    ],
  };
  return words[policy.name].concat(
    t('Appointments are called at their time, at most one call in {n} while others wait.', { n: policy.slot_cap }),
    t('A visitor sent to this counter by a colleague comes first.'),
  );
}
