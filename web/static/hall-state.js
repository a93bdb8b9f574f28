/**
 * Owns how one event changes what is known of the hall. Pure: no socket, no clock, no screen.
 *
 * @typedef {import('../types').Queue} Queue
 * @typedef {import('../types').HallEvent} HallEvent
 * @typedef {Extract<HallEvent, {was: import('../types').TurnState}>} TurnEvent one that moves a turn from state `was` to `state`
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

/**
 * Apply the next event after `state.seq` and return the next state; the old one stays as it was. What
 * comes out is what the server's snapshot says at that moment, but for what its clock and estimate
 * decide (`withFreshServices`); tests/vectors holds a day of proof.
 *
 * @param {Queue} state
 * @param {HallEvent} event
 * @returns {Queue | null} null when only a fresh snapshot can tell what the hall looks like
 */
export function apply(state, event) {
  const at = Date.parse(event.at);
  const anotherDay = Boolean(state.day_ends) && at >= Date.parse(state.day_ends);
  // what this page is not told of leaves a gap that the next event names
  const before = event.after === undefined ? event.seq - 1 : event.after;
  if (before > state.seq || event.seq <= state.seq || anotherDay) {
    return null;
  }
  const next = Object.assign({}, atTime(state, at), { seq: event.seq, at: event.at });
  switch (event.kind) {
    case 'issued':
      next.services = stand(next.services, event.service, event.due, at, 1).map((each) =>
        each.code === event.service && each.left !== null ? withLeft(each, each.left - 1) : each,
      );
      return next;
    case 'called':
      next.services = countWaiting(next.services, event, at);
      next.counters = placeTicket(next.counters, event);
      next.recent_calls = event.seated ? lastCalls(next, next.recent_calls) : addCall(next, event);
      return next;
    case 'started':
    case 'finished':
    case 'no_show':
    case 'returned':
    case 'held':
    case 'transferred':
    case 'continued':
    case 'cancelled':
    case 'expired':
    case 'turn_closed':
      next.services = countWaiting(next.services, event, at);
      next.counters = placeTicket(next.counters, event);
      next.recent_calls = lastCalls(next, next.recent_calls);
      return next;
    case 'recalled':
      next.counters = next.counters.map((counter) =>
        counter.current && counter.current.ticket === event.ticket
          ? withCurrent(counter, { recalls: event.recalls, called_at: event.at })
          : counter,
      );
      next.recent_calls = addCall(next, event);
      return next;
    case 'undone':
      return event.lines ? Object.assign(next, undone(next, event)) : null;
    case 'freed':
      next.services = stand(next.services, event.service, event.booked, at, 1);
      return next;
    case 'counter_changed':
      next.counters = next.counters.map((counter) =>
        counter.id === event.counter.id
          ? Object.assign({}, counter, { state: event.state, services: event.services.length ? event.services : counter.services, until: until(event) })
          : counter,
      );
      return next;
    case 'notice_changed':
      next.notice = event.notice || null;
      next.notice_until = until(event);
      return next;
    case 'fault_changed':
      next.cared = (next.cared || []).filter((each) => each.fault !== event.fault).concat(event.state === 'working'
        ? { fault: event.fault, place: event.place, names: event.names, since: event.at } : []);
      return next;
    case 'service_paused':
      next.services = changed(next.services, event.service, {
        paused: true,
        open: false,
        reason: 'paused',
        notice: event.notices[next.branch.languages[0]] || event.notice || null,
        notices: event.notices,
      });
      return next;
    case 'reprint_ordered':
    case 'printed':
    case 'print_failed':
    case 'print_moved':
    case 'help_requested':
    case 'help_taken':
    case 'help_arrived':
    case 'visitor_counted':
    case 'door_measured':
    case 'ticket_changed':
    case 'alarm_raised':
    case 'alarm_cleared':
    case 'equipment_changed':
    case 'numbers_resumed':
    case 'reopened':
    case 'quiet_called':
    case 'quiet_call_changed':
    case 'advised':
    case 'advice_answered':
    case 'comfort_checked':
    case 'fault_reported':
      return next; // nothing that a screen shows
    case 'configured':
    case 'service_resumed':
    case 'day_closed':
    case 'day_reopened':
    case 'clock_set':
      return null; // hours and old turns are in no event
    default:
      return newer(event);
  }
}

/**
 * A server that was updated tells kinds that this page does not know. All others have a case:
 * with one missing, the type checker does not let it pass here.
 *
 * @param {never} _event
 * @returns {null}
 */
function newer(_event) {
  return null;
}

/**
 * Let time pass without an event: appointments come to their time, a line for everybody ends.
 *
 * @param {Queue} state
 * @param {number} now milliseconds since 1970
 * @returns {Queue} the same one when nothing changes
 */
export function atTime(state, now) {
  const over = state.notice_until && Date.parse(state.notice_until) <= now;
  const due = state.services.some((each) => each.booked.length && Date.parse(each.booked[0]) <= now);
  if (!over && !due) {
    return state;
  }
  const services = due ? state.services.map((service) => comeToTime(service, now)) : state.services;
  return Object.assign({}, state, { services }, over ? { notice: null, notice_until: null } : {});
}

/**
 * @param {Service} service
 * @param {number} now
 * @returns {Service}
 */
function comeToTime(service, now) {
  const booked = service.booked.filter((time) => Date.parse(time) > now);
  const came = service.booked.length - booked.length;
  return came
    ? Object.assign({}, service, { booked, later: booked.length, waiting: service.waiting + came })
    : service;
}

/**
 * Take over what events do not carry, because the clock or the estimate model decides it.
 *
 * @param {Queue} state
 * @param {Service[]} fresh
 * @param {number | null} [right] how many of the last hundred who waited were told right
 * @returns {Queue}
 */
export function withFreshServices(state, fresh, right = state.waits_right) {
  const services = state.services.map((service) => {
    const found = fresh.find((other) => other.code === service.code);
    return found
      ? Object.assign({}, service, {
          open: found.open && !service.paused && service.left !== 0,
          estimate: found.estimate,
          next_opening: found.next_opening,
          reason: service.paused ? 'paused' : found.reason === 'paused' ? service.reason : found.reason,
          open_until: found.open_until,
          starts: found.starts,
        })
      : service;
  });
  return Object.assign({}, state, { services, waits_right: right });
}

/**
 * @param {Service[]} services
 * @param {TurnEvent} event
 * @param {number} at
 */
function countWaiting(services, event, at) {
  const left = event.was === 'waiting' && !event.sent_to ? stand(services, event.service, event.booked, at, -1) : services;
  if (event.kind === 'transferred' || event.kind === 'continued') {
    const due = event.kind === 'transferred' ? event.due : undefined;
    return event.to_counter ? left : stand(left, event.to_service, due, at, 1);
  }
  return event.state === 'waiting' && !event.sent_to ? stand(left, event.service, event.booked, at, 1) : left;
}

/**
 * Let somebody stand in a line, or leave it: those whose time has not come are counted apart.
 *
 * @param {Service[]} services
 * @param {string} code
 * @param {number | undefined} due time of an appointment
 * @param {number} at
 * @param {1 | -1} by
 * @returns {Service[]}
 */
function stand(services, code, due, at, by) {
  return services.map((service) => {
    if (service.code !== code) {
      return service;
    }
    if (!due || due <= at) {
      return Object.assign({}, service, { waiting: Math.max(0, service.waiting + by) });
    }
    const booked = service.booked.slice();
    if (by > 0) {
      booked.push(iso(due));
      booked.sort(); // all are of one form, so letters sort as times do
    } else if (booked.includes(iso(due))) {
      booked.splice(booked.indexOf(iso(due)), 1);
    }
    return Object.assign({}, service, { booked, later: booked.length });
  });
}

/**
 * @param {Service} service
 * @param {number} left numbers of the day's quota
 * @returns {Service}
 */
function withLeft(service, left) {
  const full = left <= 0 ? { open: false, reason: /** @type {const} */ ('quota') } : {};
  return Object.assign({}, service, { left: Math.max(0, left) }, full);
}

/**
 * @param {Counter[]} counters
 * @param {TurnEvent} event
 * @returns {Counter[]}
 */
function placeTicket(counters, event) {
  const stays = AT_COUNTER.includes(event.state);
  return counters.map((counter) => {
    const has = counter.current !== null && counter.current.ticket === event.ticket;
    if (event.kind === 'called' && counter.id === event.counter.id) {
      return Object.assign({}, counter, {
        current: {
          ticket: event.ticket,
          label: event.label,
          service: event.service,
          state: 'called',
          called_at: event.at,
          started_at: null,
          recalls: event.recalls,
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
      ? withCurrent(counter, { state: 'serving', started_at: event.at })
      : counter;
  });
}

/**
 * @param {Queue} state
 * @param {Extract<HallEvent, {kind: 'called' | 'recalled'}>} event
 */
function addCall(state, event) {
  const recall = event.kind === 'recalled';
  /** @type {import('../types').RecentCall} */
  const call = {
    seq: event.seq,
    at: event.at,
    ticket: event.ticket,
    label: event.label,
    service: event.service,
    counter: event.counter.id,
    number: event.counter.number,
    recall,
    recalls: recall ? event.recalls : 0,
    language: event.language || null,
  };
  return lastCalls(state, [call].concat(state.recent_calls));
}

/**
 * @param {Queue} state
 * @param {import('../types').RecentCall[]} calls newest first
 */
function lastCalls(state, calls) {
  const missing = new Set(state.counters.map((counter) => counter.current && counter.current.ticket));
  return calls.filter((each, index) => {
    const latest = missing.delete(each.ticket);
    return index < RECENT || latest;
  });
}

/**
 * What an act that was taken back leaves: its event says it, for it may be in no snapshot.
 *
 * @param {Queue} state
 * @param {import('../types').Undone} event
 * @returns {Partial<Queue>}
 */
function undone(state, event) {
  const { call, current = null, lines = {} } = event;
  const services = state.services.map((service) => {
    const line = lines[service.code];
    return line ? Object.assign({}, service, line, { later: line.booked.length }) : service;
  });
  const counters = state.counters.map((counter) => (counter.id === event.counter ? Object.assign({}, counter, { current }) : counter));
  const known = state.recent_calls.filter((each) => !call || each.seq !== call.seq);
  const calls = (call ? known.concat(call) : known).sort((one, other) => other.seq - one.seq);
  return { services, counters, recent_calls: lastCalls(Object.assign({}, state, { counters }), calls) };
}

/**
 * @param {Service[]} services
 * @param {string} code
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

/** @param {number} at milliseconds since 1970 */
function iso(at) {
  return new Date(at).toISOString();
}

/**
 * @param {{until?: number}} event
 * @returns {string | null} when a break or a notice is meant to end
 */
function until(event) {
  return event.until ? iso(event.until) : null;
}
