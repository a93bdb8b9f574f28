/**
 * Owns turning a call of the feed into what the voice needs to know of it.
 *
 * @typedef {import('../../web/types').Queue} Queue
 * @typedef {import('../../web/types').RecentCall} RecentCall
 * @typedef {import('/display/voice.js').Saying} Saying
 */

/**
 * @param {Queue} state
 * @param {RecentCall} call
 * @param {number} lastRecall the repeat that is said to be the last; 0 for none
 * @returns {Saying}
 */
export function saying(state, call, lastRecall) {
  const service = state.services.find((one) => one.code === call.service);
  const counter = state.counters.find((one) => one.id === call.counter);
  const current = counter && counter.current && counter.current.ticket === call.ticket ? counter.current : null;
  const recalls = call.recalls || (current ? current.recalls : 0);
  const kind = !call.recall ? 'call' : lastRecall > 0 && recalls >= lastRecall ? 'last' : 'recall';
  return (language) => ({
    label: call.label,
    counter: call.number,
    kind,
    prefix: service ? service.prefix : '',
    place: (counter && counter.names[language]) || '',
    agency: service ? service.agency : null,
  });
}

/**
 * Make up one call for each service and each counter, with every digit and every kind of call.
 *
 * @param {Queue} state
 * @returns {Saying[]}
 */
export function examples(state) {
  const calls = state.services.map((service) => made(state, { service: service.code, label: `${service.prefix}0123456789` }));
  for (const counter of state.counters) {
    calls.push(made(state, { counter: counter.id, number: counter.number }));
  }
  return calls.concat(made(state, { recall: true }), made(state, { recall: true, recalls: 1 }, 1));
}

/**
 * @param {Queue} state
 * @param {Partial<RecentCall>} some
 * @param {number} [lastRecall]
 */
function made(state, some, lastRecall = 0) {
  const blank = { seq: 0, at: '', ticket: '', label: '0', service: '', counter: '', number: 0, recall: false, recalls: 0, language: null };
  return saying(state, Object.assign(blank, some), lastRecall);
}
