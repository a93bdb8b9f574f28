/**
 * Owns what the page knows of one person's counter: the seat, its ticket, the lists beside it. All of
 * it follows the hall. Fires `change` when any of it differs and `unpaired` when the session ended.
 *
 * @typedef {import('/web/staff/hall.js').StaffHall} StaffHall
 * @typedef {import('/web/staff/hall.js').StaffCounter} StaffCounter
 * @typedef {import('/web/staff/hall.js').Ticket} Ticket
 * @typedef {import('../../web/types').HallEvent} HallEvent
 * @typedef {import('../../web/types').Person} Person
 * @typedef {import('../../web/types').Service} Service
 * @typedef {import('../../web/types').Desk} DeskSettings
 * @typedef {'waiting' | 'held' | 'no_show'} ListName
 */

import { get, ProblemError } from '/web/api.js';
import { listen } from '/web/dom.js';
import { pick } from '/web/i18n.js';
import { stageOf } from '/counter/actions.js';

/** @type {ListName[]} */
export const LISTS = ['waiting', 'held', 'no_show'];

export class DeskState extends EventTarget {
  /**
   * @param {StaffHall} hall
   * @param {Person} person
   */
  constructor(hall, person) {
    super();
    this.hall = hall;
    this.person = person;
    /** @type {StaffCounter | null} the seat before the latest event */
    this.before = null;
    /** @type {string | null} what is under way */
    this.busy = null;
    this.timers = { slip: 0, auto: 0 };
    /** @type {DeskSettings | null} */
    this.settings = null;
    this.ending = new AbortController();
  }

  /** Follow the hall until `stop`. */
  start() {
    this.ending = new AbortController();
    const { signal } = this.ending;
    listen(this.hall, 'change', () => this.changed(), signal);
    listen(this.hall, 'snapshot', () => this.fresh(), signal);
    listen(this.hall, 'event', (event) => {
      this.heard(/** @type {CustomEvent} */ (event).detail);
      this.moved();
    }, signal);
  }

  stop() {
    this.ending.abort();
    for (const timer of Object.values(this.timers)) {
      window.clearTimeout(timer);
    }
  }

  /** @returns {boolean} */
  get loaded() {
    return Boolean(this.hall.state);
  }

  /** @returns {StaffCounter[]} */
  get counters() {
    return this.hall.counters;
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

  /** @param {string} code */
  service(code) {
    return this.hall.service(code);
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
   * @returns {Ticket[]} those that concern this counter: sent here first, as they are called; appointments of later last
   */
  lines(name) {
    const seat = this.seat;
    if (!seat) {
      return [];
    }
    const mine = this.hall.listed(name).filter((line) =>
      line.state === 'waiting' && line.sent_to
        ? line.sent_to === seat.id
        : seat.services.includes(line.service) || line.sent_to === seat.id,
    );
    const now = this.hall.now();
    /** @param {Ticket} line */
    const later = (line) => (line.due && Date.parse(line.due) > now ? Date.parse(line.due) : 0);
    /** @param {Ticket} line */
    const sent = (line) => (line.state === 'waiting' && line.sent_to ? 0 : 1);
    return mine.sort((one, other) => later(one) - later(other) || sent(one) - sent(other));
  }

  /** @returns {number} how many wait for this counter alone */
  get sentHere() {
    return this.lines('waiting').filter((line) => line.sent_to).length;
  }

  /** The office's settings may be others, as may everything else. */
  async fresh() {
    this.moved();
    try {
      this.settings = /** @type {DeskSettings} */ (await get('/api/desk', { as: 'staff', retries: 2 }));
      this.changed();
    } catch (error) {
      this.lost(error);
    }
  }

  /** @param {HallEvent} _event */
  heard(_event) {}

  /** Notice when the seat is gone. */
  moved() {
    const { before } = this;
    this.before = this.seat;
    if (before && !this.before) {
      this.unseated(before);
    }
  }

  /** @param {StaffCounter} _seat where this person sat until now */
  unseated(_seat) {}

  /** @param {unknown} error from reading: the banner of the lost link says it, and the next snapshot reads again */
  lost(error) {
    if (error instanceof ProblemError && error.status === 401) {
      this.dispatchEvent(new Event('unpaired'));
    } else if (error instanceof ProblemError) {
      this.refused(error);
    }
  }

  /** @param {ProblemError} _problem that reading met; what it means is said by who acts */
  refused(_problem) {}

  changed() {
    this.dispatchEvent(new Event('change'));
  }
}
