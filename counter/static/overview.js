/**
 * Owns what the supervisor knows of the hall, and what a supervisor can do about it.
 * Fires `change` when any of it differs and `unpaired` when the session ended.
 *
 * @typedef {import('../../web/types').StaffCounter} StaffCounter
 * @typedef {import('../../web/types').TicketLine} TicketLine
 * @typedef {import('../../web/types').HallEvent} HallEvent
 * @typedef {import('../../web/types').Person} Person
 * @typedef {import('/web/hall.js').Hall} Hall
 *
 * @typedef {object} HelpRequest
 * @property {string} id
 * @property {string} at
 * @property {string} place
 */

import { del, get, newKey, post, LinkError, ProblemError } from '/web/api.js';
import { t } from '/web/i18n.js';
import { listen, oneAtATime, soon } from '/web/soon.js';
import { ring } from '/counter/bell.js';
import { presses } from '/counter/presses.js';

/** Lists that only the server can make follow the hall, but not faster than a person can read. */
const DUE_MS = 500;

export class Overview extends EventTarget {
  /**
   * @param {Hall} hall
   * @param {Person} person
   */
  constructor(hall, person) {
    super();
    this.hall = hall;
    this.person = person;
    /** @type {StaffCounter[]} as last fetched; `counters` has them as they are now */
    this.fetched = [];
    /** @type {TicketLine[]} */
    this.waiting = [];
    /** @type {TicketLine[]} */
    this.held = [];
    /** @type {HelpRequest[]} */
    this.help = [];
    this.loaded = false;
    this.busy = false;
    this.said = '';
    this.ending = new AbortController();
    this.due = () => {};
    this.load = oneAtATime(() => this.read());
  }

  /**
   * Who sits where changes seldom and is fetched; the tickets at the counters come with the events
   * and are never behind them, however busy the hall is.
   *
   * @returns {StaffCounter[]}
   */
  get counters() {
    const live = this.hall.state ? this.hall.state.counters : [];
    return this.fetched.map((counter) => {
      const now = live.find((each) => each.id === counter.id);
      if (!now) {
        return counter;
      }
      const { state, services, until } = now;
      const current = now.current && Object.assign({ id: now.current.ticket }, now.current);
      return Object.assign({}, counter, { state, services, until, current: /** @type {any} */ (current) });
    });
  }

  start() {
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.due = soon(() => this.load(), DUE_MS, signal);
    listen(this.hall, 'change', () => this.changed(), signal);
    listen(this.hall, 'snapshot', () => this.load(), signal);
    listen(this.hall, 'event', (event) => this.heard(/** @type {CustomEvent} */ (event).detail), signal);
    this.load();
  }

  stop() {
    this.ending.abort();
  }

  /** @param {HallEvent} event */
  heard(event) {
    if (event.kind === 'help_requested') {
      ring();
    }
    this.due();
  }

  /** @private */
  async read() {
    try {
      const as = /** @type {const} */ ({ as: 'staff' });
      const [counters, waiting, held, help] = await Promise.all([
        get('/api/counters', as),
        get('/api/tickets?state=waiting', as),
        get('/api/tickets?state=held', as),
        get('/api/help', as),
      ]);
      this.fetched = /** @type {any} */ (counters).counters;
      this.waiting = /** @type {any} */ (waiting).tickets;
      this.held = /** @type {any} */ (held).tickets;
      this.help = /** @type {any} */ (help).requests;
      this.loaded = true;
      this.changed();
    } catch (error) {
      this.failed(error);
    }
  }

  /**
   * One press, one key: however often it is sent, it is done once.
   *
   * @param {string} path
   * @param {unknown} body
   * @param {string} done
   * @param {typeof post} [how]
   */
  async send(path, body, done, how = post) {
    if (this.busy) {
      return;
    }
    this.busy = true;
    this.changed();
    try {
      await how(path, body, { as: 'staff', idempotencyKey: newKey(), retries: 2, timeout: 5000 });
      this.said = done;
    } catch (error) {
      this.failed(error);
    } finally {
      this.busy = false;
      presses.settled();
      await this.load();
    }
  }

  /**
   * @param {string} notice empty to take it off
   * @param {number | null} minutes
   */
  tell(notice, minutes) {
    return notice
      ? this.send('/api/notice', { notice, minutes }, t('All displays show it now.'))
      : this.send('/api/notice', {}, t('The displays show no line any more.'), del);
  }

  /** @param {unknown} error */
  failed(error) {
    if (error instanceof ProblemError && error.status === 401) {
      this.dispatchEvent(new Event('unpaired'));
    } else if (error instanceof ProblemError || error instanceof LinkError) {
      this.said = error.detail;
      this.changed();
    } else {
      throw error;
    }
  }

  changed() {
    this.dispatchEvent(new Event('change'));
  }
}
