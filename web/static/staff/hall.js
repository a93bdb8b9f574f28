/**
 * Owns the hall as a page of staff follows it: every counter with who sits there, every ticket of
 * today, who asks for a person. After the first snapshot the feed brings all of it; nothing is asked
 * for again. Fires `care` when who directs the hall is told what needs a hand, `day` when managers are told what the day adds up to. Commands go through `command`, which is done when the page has followed what they did.
 *
 * @typedef {import('../../types').StaffTicket} StaffTicket
 * @typedef {import('../../types').Seat} Seat
 * @typedef {import('../../types').Person} Person
 * @typedef {import('../../types').Queue} Queue
 * @typedef {import('../../types').HallEvent} HallEvent
 * @typedef {import('../../types').Asked} Asked
 *
 * @typedef {object} Defaults what is left out of a ticket
 * @property {import('../../types').Priority} priority
 * @property {number} people
 * @property {number} recalls
 *
 * @typedef {StaffTicket & Defaults} Ticket
 *
 * @typedef {object} Extra
 * @property {boolean} mine this person sits there
 * @property {string[]} can_offer services that this person may offer there
 * @property {Ticket | null} current
 *
 * @typedef {Omit<import('../../types').Counter, 'current'> & Seat & Extra} StaffCounter
 */

import { newKey, post } from '/web/api.js';
import { apply } from '/web/hall-state.js';
import { Hall } from '/web/hall.js';
import { language } from '/web/i18n.js';
import { DIRECTS, READS } from '/web/staff/home.js';
import { follow, unheard } from '/web/staff/staff-state.js';

/** So long the event of what was done may take after the answer: a dead link is found out sooner. */
const FOLLOWED_MS = 6000;
const DEFAULTS = { priority: /** @type {const} */ ('regular'), people: 1, recalls: 0 };

/** @param {Person} person who may free numbers and direct counters of others */
export function directs(person) {
  return DIRECTS.includes(person.role);
}

/** @param {Person} person who may read the figures of the whole hall, and change it */
export function readsFigures(person) {
  return READS.includes(person.role);
}

export class StaffHall extends Hall {
  /** @param {Person} person who looks */
  constructor(person) {
    super('staff');
    this.person = person;
    /** @type {import('../../types').DayNow | null} what managers were told last of the day */
    this.day = null;
    /** @type {Record<string, import('../../types').CareNow> | null} what needs a hand, by language */
    this.cares = null;
    /** @type {{of: Queue | null, tickets: Ticket[], counters: StaffCounter[]}} */
    this.made = { of: null, tickets: [], counters: [] };
  }

  /** @returns {Ticket[]} that wait, are held, were missed or are at a counter, by place in line */
  get tickets() {
    return this.make().tickets;
  }

  /** @returns {StaffCounter[]} */
  get counters() {
    return this.make().counters;
  }

  /** @returns {Asked[]} who asks for a person and nobody is on the way to, the first first */
  get help() {
    return this.asked.filter((each) => !each.coming);
  }

  /** @returns {Asked[]} who asked for a person and was not met yet */
  get asked() {
    return this.state && this.state.staff ? this.state.staff.help : [];
  }

  /** @returns {import('../../types').AtTheDoor} what was counted at the door today */
  get door() {
    return this.state && this.state.staff ? this.state.staff.door : { counted: {}, timed: 0, seconds: 0, line: null, line_at: null };
  }

  /** @returns {import('../../types').CareNow | null} what needs a hand, as who directs the hall is told */
  get care() {
    return this.cares && (this.cares[language()] || Object.values(this.cares)[0]);
  }

  /** @param {string} state of the tickets wanted */
  listed(state) {
    return this.tickets.filter((ticket) => ticket.state === state);
  }

  /**
   * @param {string} code
   * @returns {import('../../types').Service | null}
   */
  service(code) {
    return (this.state ? this.state.services : []).find((service) => service.code === code) || null;
  }

  /** @private Work out once for each state what pages ask for many times. */
  make() {
    const { state } = this;
    if (this.made.of !== state && state && state.staff) {
      const { seats } = state.staff;
      const tickets = state.staff.tickets.map((ticket) => Object.assign({}, DEFAULTS, ticket));
      const counters = state.counters.map((counter) => {
        const seat = seats[counter.id];
        return Object.assign({}, counter, seat, {
          services: counter.state === 'closed' ? seat.usual : counter.services,
          mine: seat.holder_id !== null && seat.holder_id === this.person.id,
          can_offer: this.canOffer(state, seat),
          current: tickets.find((ticket) => ticket.counter === counter.id) || null,
        });
      });
      this.made = { of: state, tickets, counters };
    }
    return this.made;
  }

  /**
   * @private
   * @param {Queue} state
   * @param {Seat} seat
   */
  canOffer(state, seat) {
    const { skills } = this.person;
    if (directs(this.person)) {
      return state.services.map((service) => service.code);
    }
    return seat.usual.filter((code) => !skills || skills.includes(code));
  }

  /**
   * One press, one key: however often it is sent, it is done once.
   *
   * @param {string} path
   * @param {unknown} [body]
   * @param {typeof post} [how]
   * @returns {Promise<any>} the answer, when this page has also followed what was done
   */
  async command(path, body, how = post) {
    let done = 0;
    const answer = await how(path, body, {
      as: 'staff', idempotencyKey: newKey(), retries: 2, timeout: 5000, onEvent: (seq) => (done = seq),
    });
    await this.followed(done);
    return answer;
  }

  /**
   * The answer may come before or after the event of what was done.
   *
   * @param {number} seq
   * @returns {Promise<void>}
   */
  followed(seq) {
    return new Promise((resolve) => {
      const done = () => {
        if (!this.online || !this.state || this.state.seq >= seq) {
          end();
        }
      };
      const end = () => {
        window.clearTimeout(timer);
        ['event', 'snapshot', 'online'].forEach((type) => this.removeEventListener(type, done));
        resolve();
      };
      const timer = window.setTimeout(end, FOLLOWED_MS);
      ['event', 'snapshot', 'online'].forEach((type) => this.addEventListener(type, done));
      done();
    });
  }

  /**
   * @param {Queue} state
   * @param {HallEvent} event
   * @override
   */
  next(state, event) {
    const next = apply(state, event);
    return next && follow(next, event);
  }

  /**
   * A call was shown but not spoken; or, for who directs the hall, what needs a hand, and for managers what the day adds up to.
   *
   * @param {any} message
   * @override
   */
  hear(message) {
    if (message.type === 'day') {
      this.day = message;
      this.dispatchEvent(new CustomEvent('day', { detail: message }));
    } else if (message.type === 'care') {
      this.cares = message.care;
      this.dispatchEvent(new Event('care'));
    } else if (message.type === 'comfort') {
      this.dispatchEvent(new CustomEvent('comfort', { detail: message.comfort }));
    } else if (this.state && (message.type === 'unvoiced' || message.type === 'mute')) {
      this.state = unheard(this.state, message);
      this.changed();
    }
  }
}
