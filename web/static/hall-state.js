/**
 * Owns how one event changes what is known of the hall. Pure: no socket, no clock, no screen.
 *
 * @typedef {import('../types').Queue} Queue
 * @typedef {import('../types').HallEvent} HallEvent
 * @typedef {import('../types').Counter} Counter
 * @typedef {import('../types').CurrentTicket} CurrentTicket
 * @typedef {import('../types').Service} Service
 */

/**
 * How many of the latest calls are kept; beyond them, the latest of each ticket that stands at a
 * counter, as the server's snapshot has it.
 */
export const RECENT = 20;

const AT_COUNTER = ['called', 'serving'];

/** Events that change nothing a screen shows. */
const QUIET = ['reprint_ordered', 'printed', 'print_failed', 'print_moved', 'quoted', 'help_requested', 'help_taken', 'freed', 'ticket_changed', 'alarm_raised', 'alarm_cleared', 'equipment_changed', 'figures_seen', 'reopened'];

/** Events after which only a fresh snapshot is right. */
const FRESH = ['configured', 'day_closed', 'undone', 'day_reopened', 'clock_set'];

/** Events that move a turn from state `was` to `state`. */
const TURNS = [
  'issued',
  'called',
  'started',
  'finished',
  'no_show',
  'returned',
  'held',
  'transferred',
  'continued',
  'cancelled',
  'expired',
  'turn_closed',
];

/**
 * Apply the event after `state.seq` and return the next state; the old one stays as it was.
 *
 * @param {Queue} state
 * @param {HallEvent} event
 * @returns {Queue | null} null when only a fresh snapshot can tell what the hall looks like
 */
export function apply(state, event) {
  if (event.seq !== state.seq + 1 || FRESH.includes(event.kind)) {
    return null;
  }
  const next = Object.assign({}, state, { seq: event.seq, at: iso(event.at) });
  if (TURNS.includes(event.kind)) {
    next.services = countWaiting(state.services, event);
    next.counters = placeTicket(state.counters, event);
    if (event.kind === 'called') {
      next.recent_calls = addCall(next, event, false);
    }
    return next;
  }
  switch (event.kind) {
    case 'recalled':
      next.counters = state.counters.map((counter) =>
        counter.current && counter.current.ticket === event.ticket
          ? withCurrent(counter, { recalls: event.recalls || counter.current.recalls + 1 })
          : counter,
      );
      next.recent_calls = addCall(next, event, true);
      return next;
    case 'counter_changed':
      next.counters = state.counters.map((counter) =>
        counter.id === counterId(event)
          ? Object.assign({}, counter, { state: event.state, services: event.services || [], until: until(event) })
          : counter,
      );
      return next;
    case 'notice_changed':
      next.notice = event.notice || null;
      next.notice_until = until(event);
      return next;
    case 'service_paused':
      next.services = changed(state.services, event.service, {
        paused: true,
        open: false,
        notice: event.notice || null,
        notices: event.notices || {},
      });
      return next;
    case 'service_resumed':
      next.services = changed(state.services, event.service, {
        paused: false,
        open: true,
        notice: null,
        notices: {},
      });
      return next;
    default:
      return QUIET.includes(event.kind) ? next : null;
  }
}

/**
 * Take over what events do not carry, because the clock or the estimate model decides it.
 *
 * @param {Queue} state
 * @param {Service[]} fresh
 * @returns {Queue}
 */
export function withFreshServices(state, fresh) {
  const services = state.services.map((service) => {
    const found = fresh.find((other) => other.code === service.code);
    return found
      ? Object.assign({}, service, {
          open: found.open && !service.paused,
          estimate: found.estimate,
          next_opening: found.next_opening,
          reason: found.reason,
          open_until: found.open_until,
          // with appointments the clock decides who waits; without them every event says it
          waiting: service.later || found.later ? found.waiting : service.waiting,
          later: found.later,
        })
      : service;
  });
  return Object.assign({}, state, { services });
}

/**
 * @param {Service[]} services
 * @param {HallEvent} event
 */
function countWaiting(services, event) {
  if (event.kind === 'issued' && event.due && event.due > new Date(event.at).getTime()) {
    return services.map((each) => (each.code === event.service ? Object.assign({}, each, { later: (each.later || 0) + 1 }) : each));
  }
  const from = event.was === 'waiting' ? event.service : null;
  let to = event.state === 'waiting' ? event.service : null;
  if (event.kind === 'transferred' || event.kind === 'continued') {
    to = event.to_service || null;
  }
  if (from === to) {
    return services;
  }
  return services.map((service) => {
    const change = (service.code === to ? 1 : 0) - (service.code === from ? 1 : 0);
    return change
      ? Object.assign({}, service, { waiting: Math.max(0, service.waiting + change) })
      : service;
  });
}

/**
 * @param {Counter[]} counters
 * @param {HallEvent} event
 * @returns {Counter[]}
 */
function placeTicket(counters, event) {
  const stays = AT_COUNTER.includes(event.state || '');
  const place = counterId(event);
  return counters.map((counter) => {
    const has = counter.current !== null && counter.current.ticket === event.ticket;
    if (event.kind === 'called' && counter.id === place) {
      return Object.assign({}, counter, {
        current: {
          ticket: event.ticket,
          label: event.label,
          service: event.service,
          state: 'called',
          called_at: iso(event.at),
          started_at: null,
          recalls: 0,
        },
      });
    }
    if (!has) {
      return counter;
    }
    if (!stays || event.kind === 'called') {
      return Object.assign({}, counter, { current: null });
    }
    return event.kind === 'started'
      ? withCurrent(counter, { state: 'serving', started_at: iso(event.at) })
      : counter;
  });
}

/**
 * @param {Queue} state
 * @param {HallEvent} event
 * @param {boolean} recall
 */
function addCall(state, event, recall) {
  /** @type {import('../types').RecentCall} */
  const call = {
    seq: event.seq,
    at: iso(event.at),
    ticket: event.ticket || '',
    label: event.label || '',
    service: event.service || '',
    counter: counterId(event),
    number: counterNumber(state, event),
    recall,
    recalls: event.recalls || 0,
    language: event.language || null,
  };
  const missing = new Set(state.counters.map((counter) => counter.current && counter.current.ticket));
  return [call].concat(state.recent_calls).filter((each, index) => {
    const latest = missing.delete(each.ticket);
    return index < RECENT || latest;
  });
}

/**
 * @param {Service[]} services
 * @param {string | undefined} code
 * @param {Partial<Service>} change
 */
function changed(services, code, change) {
  return services.map((service) =>
    service.code === code ? Object.assign({}, service, change) : service,
  );
}

/**
 * @param {Counter} counter
 * @param {Partial<CurrentTicket>} change
 * @returns {Counter}
 */
function withCurrent(counter, change) {
  return Object.assign({}, counter, { current: Object.assign({}, counter.current, change) });
}

/**
 * @param {HallEvent} event
 * @returns {string}
 */
function counterId(event) {
  const counter = event.counter;
  return counter && typeof counter === 'object' ? counter.id : counter || '';
}

/**
 * @param {Queue} state
 * @param {HallEvent} event
 * @returns {number} what people read above the counter
 */
function counterNumber(state, event) {
  if (event.counter && typeof event.counter === 'object') {
    return event.counter.number;
  }
  const found = state.counters.find((counter) => counter.id === event.counter);
  return found ? found.number : 0;
}

/** @param {string | number} at milliseconds since 1970 or ISO 8601 */
function iso(at) {
  return typeof at === 'number' ? new Date(at).toISOString() : at;
}

/**
 * @param {HallEvent} event
 * @returns {string | null} when a break or a notice is meant to end
 */
function until(event) {
  return event.until ? iso(event.until) : null;
}
