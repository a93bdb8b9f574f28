/**
 * Owns which part of the hall a screen shows: a room's own services and counters.
 *
 * @typedef {import('../../web/types').Queue} Queue
 * @typedef {import('../../web/types').RecentCall} RecentCall
 * @typedef {{services: string[], counters: number[]}} Part nothing named: all of them
 */

/** @returns {Part} as the server laid it into the page */
export function laidPart() {
  const hall = /** @type {HTMLElement} */ (document.querySelector('#hall'));
  return JSON.parse((hall && hall.dataset.shows) || '{"services":[],"counters":[]}');
}

/**
 * @param {Part} part
 * @param {RecentCall} call
 * @returns {boolean} whether a call belongs on the screen
 */
export function belongs(part, call) {
  return (
    (part.services.length === 0 || part.services.includes(call.service)) &&
    (part.counters.length === 0 || part.counters.includes(call.number))
  );
}

/**
 * @param {Queue} state
 * @param {Part} part
 * @returns {Queue} the same when all is shown
 */
export function partOf(state, part) {
  if (part.services.length === 0 && part.counters.length === 0) {
    return state;
  }
  /** @param {string} code */
  const service = (code) => part.services.length === 0 || part.services.includes(code);
  const counters = state.counters
    .filter((one) => (part.counters.length === 0 || part.counters.includes(one.number)) && one.services.some(service))
    // a counter may serve two rooms: the number of the other room is called there
    .map((one) => (one.current && !service(one.current.service) ? Object.assign({}, one, { current: null }) : one));
  return Object.assign({}, state, {
    services: state.services.filter((one) => service(one.code)),
    counters,
    recent_calls: state.recent_calls.filter((call) => belongs(part, call)),
  });
}
