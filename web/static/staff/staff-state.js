/**
 * Owns how one event changes what only staff know of the hall: seats, tickets, calls for a person.
 * Pure. Events bring the tickets as they are now, so nothing is worked out again here.
 *
 * @typedef {import('../../types').StaffView} StaffView
 * @typedef {import('../../types').StaffTicket} StaffTicket
 * @typedef {import('../../types').Queue} Queue
 * @typedef {import('../../types').HallEvent} HallEvent
 */

export const AT_COUNTER = ['called', 'serving'];
const IN_THE_HALL = AT_COUNTER.concat('waiting', 'held', 'no_show');

/** Kinds whose tickets are looked for elsewhere, or are none of a turn. */
const OF_NO_TURN = ['printed', 'print_failed', 'print_moved', 'reprint_ordered'];

/**
 * @param {Queue} next what every screen knows after the event
 * @param {HallEvent} event
 * @returns {Queue | null} null when only a fresh snapshot can tell
 */
export function follow(next, event) {
  const staff = /** @type {StaffView} */ (next.staff);
  if ('ticket' in event && !event.tickets && !OF_NO_TURN.includes(event.kind)) {
    return null; // read back from the log, which does not say what became of it
  }
  return Object.assign({}, next, {
    staff: {
      seats: event.kind === 'counter_changed' ? seated(staff.seats, event) : unsaid(staff.seats, event),
      tickets: (event.tickets || []).reduce((tickets, ticket) => placed(tickets, ticket, next.day), staff.tickets),
      help: asked(staff.help, event),
      door: counted(staff.door, event),
    },
  });
}

/**
 * @param {StaffTicket[]} tickets by place in line
 * @param {StaffTicket} ticket as it is now
 * @param {string} day
 */
function placed(tickets, ticket, day) {
  const others = tickets.filter((each) => each.id !== ticket.id);
  if (AT_COUNTER.includes(ticket.state) || (IN_THE_HALL.includes(ticket.state) && ticket.day === day)) {
    const at = others.findIndex((each) => each.arrival > ticket.arrival);
    others.splice(at < 0 ? others.length : at, 0, ticket);
  }
  return others;
}

/**
 * @param {StaffView['seats']} seats
 * @param {import('../../types').CounterChanged} event
 */
function seated(seats, event) {
  const { id } = event.counter;
  const seat = seats[id] && {
    [id]: Object.assign({}, seats[id], {
      holder: event.holder_name || null,
      holder_id: event.staff || null,
      reason: event.reason || null,
      since: event.at,
    }),
  };
  return Object.assign({}, seats, seat);
}

/**
 * A call that was repeated, or answered, is no longer the one that nobody heard.
 *
 * @param {StaffView['seats']} seats
 * @param {HallEvent} event
 */
function unsaid(seats, event) {
  const counter = 'counter' in event ? event.counter : '';
  const place = counter && typeof counter === 'object' ? counter.id : counter;
  const seat = place ? seats[place] : undefined;
  return place && seat && seat.unheard ? Object.assign({}, seats, { [place]: Object.assign({}, seat, { unheard: null }) }) : seats;
}

/**
 * The lobby shows the latest call of a counter, but it was not spoken there.
 *
 * @param {Queue} state
 * @param {{type: 'unvoiced' | 'mute', seq: number, counter: string, ticket: string}} told
 * @returns {Queue}
 */
export function unheard(state, told) {
  const staff = /** @type {StaffView} */ (state.staff);
  const seat = staff.seats[told.counter];
  const here = staff.tickets.find((each) => each.id === told.ticket && each.state === 'called' && each.counter === told.counter);
  const latest = state.recent_calls.find((each) => each.ticket === told.ticket);
  if (!seat || !here || (latest && latest.seq !== told.seq) || seat.unheard === 'unvoiced') {
    return state;
  }
  const seats = Object.assign({}, staff.seats, { [told.counter]: Object.assign({}, seat, { unheard: told.type }) });
  return Object.assign({}, state, { staff: Object.assign({}, staff, { seats }) });
}

/**
 * @param {StaffView['help']} help
 * @param {HallEvent} event
 */
function asked(help, event) {
  switch (event.kind) {
    case 'help_requested':
      return help.concat({ id: event.help, place: event.place, at: event.at, coming: null, who: null });
    case 'help_taken':
      return help.map((each) => (each.id === event.help ? Object.assign({}, each, { coming: event.at, who: event.name || null }) : each));
    case 'help_arrived':
      return help.filter((each) => each.id !== event.help);
    default:
      return help;
  }
}

/**
 * @param {StaffView['door']} door
 * @param {HallEvent} event
 * @returns {StaffView['door']}
 */
function counted(door, event) {
  if (event.kind === 'visitor_counted') {
    const n = (door.counted[event.what] || 0) + event.n;
    const others = Object.assign({}, door.counted);
    delete others[event.what];
    return Object.assign({}, door, { counted: n > 0 ? Object.assign(others, { [event.what]: n }) : others });
  }
  if (event.kind === 'door_measured') {
    const { people, seconds } = event;
    return Object.assign({}, door,
      people === undefined ? {} : { line: people, line_at: event.at },
      seconds === undefined ? {} : { timed: door.timed + 1, seconds: Math.round((door.seconds + seconds) * 10) / 10 });
  }
  return door;
}
