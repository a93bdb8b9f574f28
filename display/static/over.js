/**
 * Owns when a call is over: nobody needs to hear it any more. Pure.
 *
 * @typedef {import('../../web/types').Queue} Queue
 * @typedef {import('../../web/types').RecentCall} RecentCall
 */

/**
 * Whether the visitor came, was missed, went on, or was called again or elsewhere since.
 *
 * @param {Queue} state
 * @param {RecentCall} call
 */
export function isOver(state, call) {
  const later = state.recent_calls.find((each) => each.ticket === call.ticket);
  if (later && later.seq > call.seq) {
    return true;
  }
  const counter = state.counters.find((each) => each.id === call.counter);
  if (!counter) {
    return false; // it was taken out of the settings since; the call itself was right
  }
  return !counter.current || counter.current.ticket !== call.ticket || counter.current.state !== 'called';
}
