/**
 * Owns what the page knows of one person's counter: the seat, its ticket, the lists beside it.
 * Reads them and keeps them fresh; fires `change` when any of it differs and `unpaired` when the
 * session ended.
 *
 * @typedef {import('../../web/types').StaffCounter} StaffCounter
 * @typedef {import('../../web/types').CounterList} CounterList
 * @typedef {import('../../web/types').Ticket} Ticket
 * @typedef {import('../../web/types').TicketLine} TicketLine
 * @typedef {import('../../web/types').TicketList} TicketList
 * @typedef {import('../../web/types').HallEvent} HallEvent
 * @typedef {import('../../web/types').Person} Person
 * @typedef {import('../../web/types').Service} Service
 * @typedef {import('../../web/types').Desk} DeskSettings
 * @typedef {import('/web/hall.js').Hall} Hall
 * @typedef {'waiting' | 'held' | 'no_show'} ListName
 */

import { get, ProblemError } from '/web/api.js';
import { pick } from '/web/i18n.js';
import { listen, oneAtATime } from '/web/soon.js';
import { stageOf } from '/counter/actions.js';

/** @type {ListName[]} */
export const LISTS = ['waiting', 'held', 'no_show'];

const COUNTERS_DUE_MS = 150;
const LISTS_DUE_MS = 500;

export const AT_COUNTER = ['called', 'serving'];

export class DeskState extends EventTarget {
  /**
   * @param {Hall} hall
   * @param {Person} person
   */
  constructor(hall, person) {
    super();
    this.hall = hall;
    this.person = person;
    /** @type {StaffCounter[]} */
    this.counters = [];
    /** @type {Record<ListName, TicketList | null>} */
    this.lists = { waiting: null, held: null, no_show: null };
    this.loaded = false;
    /** @type {string | null} what is under way */
    this.busy = null;
    /** Changes with every press and its answer: what was asked for before says nothing about after. */
    this.round = 0;
    this.timers = { counters: 0, lists: 0, again: 0, slip: 0, auto: 0 };
    /** @type {DeskSettings | null} */
    this.settings = null;
    this.ending = new AbortController();
    this.loadCounters = oneAtATime(() => this.readCounters());
    this.loadLists = oneAtATime(() => this.readLists());
  }

  /** Follow the hall until `stop`. */
  start() {
    this.ending = new AbortController();
    const { signal } = this.ending;
    listen(this.hall, 'change', () => this.changed(), signal);
    listen(this.hall, 'snapshot', () => this.load(), signal);
    listen(this.hall, 'online', () => this.hall.online && this.load(), signal);
    listen(this.hall, 'unheard', (event) => this.unheard(/** @type {CustomEvent} */ (event).detail.counter), signal);
    listen(this.hall, 'event', (event) => this.heard(/** @type {CustomEvent} */ (event).detail), signal);
    this.load();
  }

  stop() {
    this.ending.abort();
    for (const timer of Object.values(this.timers)) {
      window.clearTimeout(timer);
    }
  }

  /** @returns {StaffCounter | null} the counter where this person sits */
  get seat() {
    return this.counters.find((counter) => counter.mine && counter.state !== 'closed') || null;
  }

  /** @returns {ReturnType<typeof stageOf>} */
  get stage() {
    return stageOf(this.seat);
  }

  /** @returns {Service[]} of this counter, with live counts */
  get services() {
    const seat = this.seat;
    const known = this.hall.state ? this.hall.state.services : [];
    return seat ? known.filter((service) => seat.services.includes(service.code)) : [];
  }

  /** @returns {number} */
  get waiting() {
    return this.services.reduce((sum, service) => sum + service.waiting, 0);
  }

  /**
   * @param {string} code
   * @returns {Service | null}
   */
  service(code) {
    const known = this.hall.state ? this.hall.state.services : [];
    return known.find((service) => service.code === code) || null;
  }

  /**
   * @param {string} code
   * @returns {string} in the language of the page
   */
  serviceName(code) {
    const service = this.service(code);
    return service ? pick(service.names, service.name) : code;
  }

  /**
   * @param {ListName} name
   * @returns {TicketLine[]} those that concern this counter: sent here first, as they are called; appointments of later last
   */
  lines(name) {
    const list = this.lists[name];
    const seat = this.seat;
    if (!list || !seat) {
      return [];
    }
    const own = [seat.id, String(seat.number)];
    const mine = list.tickets.filter((line) =>
      line.state === 'waiting' && line.counter
        ? own.includes(line.counter)
        : seat.services.includes(line.service) || (line.counter !== null && own.includes(line.counter)),
    );
    const now = this.hall.now();
    /** @param {TicketLine} line */
    const later = (line) => (line.due && Date.parse(line.due) > now ? Date.parse(line.due) : 0);
    /** @param {TicketLine} line */
    const sent = (line) => (line.state === 'waiting' && line.counter ? 0 : 1);
    return mine.sort((one, other) => later(one) - later(other) || sent(one) - sent(other));
  }

  /** @returns {number} how many wait for this counter alone */
  get sentHere() {
    return this.lines('waiting').filter((line) => line.counter).length;
  }

  /** Read everything again. */
  async load() {
    await Promise.all([this.loadSettings(), this.loadCounters(), this.loadLists()]);
  }

  async loadSettings() {
    try {
      this.settings = /** @type {DeskSettings} */ (await get('/api/desk', { as: 'staff' }));
      this.changed();
    } catch (error) {
      this.lost(error);
    }
  }

  /** @private */
  async readCounters() {
    const round = this.round;
    try {
      const answer = /** @type {CounterList} */ (await get('/api/counters', { as: 'staff' }));
      if (round !== this.round || this.busy) {
        this.countersDue();
        return;
      }
      const before = this.seat;
      this.counters = answer.counters;
      this.loaded = true;
      if (before && !this.seat) {
        this.unseated(before);
      }
      this.changed();
    } catch (error) {
      this.lost(error);
    }
  }

  /** @private */
  async readLists() {
    try {
      const answers = await Promise.all(
        LISTS.map((name) => get(`/api/tickets?state=${name}`, { as: 'staff' })),
      );
      LISTS.forEach((name, index) => {
        this.lists[name] = /** @type {TicketList} */ (answers[index]);
      });
      this.changed();
    } catch (error) {
      this.lost(error);
    }
  }

  /** @param {HallEvent} event */
  heard(event) {
    const at = 'counter' in event ? event.counter : '';
    const place = at && typeof at === 'object' ? at.id : at;
    const ticket = 'ticket' in event ? event.ticket : '';
    const seat = this.seat;
    const here = Boolean(seat && (place === seat.id || (seat.current && seat.current.id === ticket)));
    if (event.kind === 'counter_changed' || here) {
      this.countersDue();
    }
    if (ticket) {
      this.listsDue();
    }
  }

  /** @param {string} counter whose call was shown in the lobby but not spoken */
  unheard(counter) {
    if (this.seat && this.seat.id === counter) {
      this.countersDue();
    }
  }

  countersDue() {
    window.clearTimeout(this.timers.counters);
    this.timers.counters = window.setTimeout(() => this.loadCounters(), COUNTERS_DUE_MS);
  }

  listsDue() {
    if (!this.timers.lists) {
      this.timers.lists = window.setTimeout(() => {
        this.timers.lists = 0;
        this.loadLists();
      }, LISTS_DUE_MS);
    }
  }

  /**
   * @param {string} counterId
   * @param {Ticket} ticket
   */
  place(counterId, ticket) {
    this.counters = this.counters.map((counter) => {
      if (counter.id !== counterId) {
        return counter;
      }
      const before = counter.current;
      const same = before !== null && before.id === ticket.id;
      // only the call itself tells the rule that chose the number
      const told = same ? { rule: ticket.rule || before.rule, why: ticket.why || before.why } : {};
      const current = AT_COUNTER.includes(ticket.state) ? Object.assign({}, ticket, told) : null;
      // a call that was just repeated is not the one that nobody heard
      const unheard = same && before.recalls === ticket.recalls ? counter.unheard : null;
      return Object.assign({}, counter, { current, unheard });
    });
    this.changed();
  }

  /** @param {StaffCounter} _seat where this person sat until now */
  unseated(_seat) {}

  /** @param {unknown} error from reading: the banner of the lost link says it, if it lasts */
  lost(error) {
    if (error instanceof ProblemError && error.status === 401) {
      this.dispatchEvent(new Event('unpaired'));
    } else if (error instanceof ProblemError) {
      this.refused(error);
    } else if (this.hall.online) {
      // one answer was lost, not the link
      window.clearTimeout(this.timers.again);
      this.timers.again = window.setTimeout(() => this.load(), LISTS_DUE_MS);
    }
  }

  /** @param {ProblemError} _problem that reading met; what it means is said by who acts */
  refused(_problem) {}

  changed() {
    this.dispatchEvent(new Event('change'));
  }
}
