/**
 * Owns the day the manager looks at: its totals and turns. The present day is read once and then
 * followed; a day of the past is read when it is chosen. Fires `change`.
 *
 * @typedef {import('../../web/types').Totals} Totals
 * @typedef {import('../../web/types').DayNow} DayNow
 * @typedef {import('./turns-model.js').LogTurn} LogTurn
 * @typedef {import('/web/staff/hall.js').StaffHall} Hall
 */

import { get, ProblemError } from '/web/api.js';
import { listen } from '/web/dom.js';
import { pick } from '/web/i18n.js';
import { merged } from '/manager/turns-model.js';

export class Day extends EventTarget {
  /** @param {Hall} hall */
  constructor(hall) {
    super();
    this.hall = hall;
    /** The business day shown; empty until the hall told which one it is. */
    this.day = '';
    /** @type {Totals | null} */
    this.past = null;
    /** @type {LogTurn[] | null} */
    this.turns = null;
    /** @type {ProblemError | null} */
    this.problem = null;
    /** The last event that `turns` holds, and the history that it counts in. */
    this.known = 0;
    this.history = '';
    /** A later reading makes an earlier one void. */
    this.readings = 0;
    /** @type {DayNow[] | null} what was told while something is read */
    this.held = null;
    this.ending = new AbortController();
  }

  start() {
    const { signal } = this.ending;
    listen(this.hall, 'snapshot', () => this.begin(), signal);
    listen(this.hall, 'day', (event) => this.take(event.detail), signal);
    this.begin();
  }

  stop() {
    this.ending.abort();
  }

  /** @returns {string} the hall's business day */
  get today() {
    return this.hall.state ? this.hall.state.day : '';
  }

  get isToday() {
    return Boolean(this.day) && this.day === this.today;
  }

  /** @returns {Totals | null} */
  get totals() {
    const { day } = this.hall;
    return day && day.totals.day === this.day ? day.totals : this.past;
  }

  /** @returns {number} when the totals were counted, in the server's time */
  get totalsAt() {
    return this.hall.day ? Date.parse(this.hall.day.at) : this.hall.now();
  }

  /** @private The hall is there, or is back: what is missing is read, the rest will be told. */
  begin() {
    if (!this.today) {
      return;
    }
    const { history = '' } = /** @type {import('../../web/types').Queue} */ (this.hall.state);
    if (!this.turns || this.history !== history || !(this.totals || this.isToday)) {
      this.history = history;
      this.show(this.day || this.today);
    }
  }

  /** @param {string} day YYYY-MM-DD */
  show(day) {
    if (day !== this.day) {
      this.day = day;
      this.past = null;
      this.turns = null;
      this.changed();
    }
    this.read(() => this.readAll(day));
  }

  /** The language changed: names come again in the new one. */
  relearn() {
    if (this.day) {
      this.read(() => this.readAll(this.day));
    }
  }

  /** @param {DayNow} told */
  take(told) {
    if (this.held) {
      this.held.push(told);
    } else if (told.totals.day === this.day && this.turns && told.seq > this.known) {
      if (told.after > this.known) {
        this.read(() => this.readChanges(this.day)); // told while this page was away
      } else {
        this.put(told.turns.map((turn) => this.named(turn)), told.gone, told.seq);
      }
    }
    this.changed();
  }

  /**
   * @private
   * @param {LogTurn} turn
   * @returns {LogTurn} with its service's name in the reader's language
   */
  named(turn) {
    const service = this.hall.service(turn.service);
    return service ? Object.assign({}, turn, { service_name: pick(service.names, service.name) }) : turn;
  }

  /**
   * @private
   * @param {LogTurn[]} changed
   * @param {{ticket: string, leg: number}[]} gone
   * @param {number} seq
   */
  put(changed, gone, seq) {
    this.turns = merged(this.turns || [], changed.filter((turn) => turn.day === this.day), gone);
    this.known = seq;
  }

  /**
   * @private
   * @param {string} day
   * @returns {Promise<() => void>} puts it in place
   */
  async readAll(day) {
    // asked before the rows: what an event changed in between is told once more, never left out
    const known = this.hall.state ? this.hall.state.seq : 0;
    const past = this.isToday ? null : await get(`/api/totals?day=${day}`, { as: 'staff' });
    const { turns } = await get(`/api/log?from=${day}&to=${day}&format=json`, { as: 'staff', timeout: 30000 });
    return () => Object.assign(this, { past, turns, known });
  }

  /**
   * @private
   * @param {string} day
   * @returns {Promise<() => void>} puts it in place
   */
  async readChanges(day) {
    /** @type {(() => void)[]} */
    const steps = [];
    let after = this.known;
    for (let more = true; more && day === this.day;) {
      /** @type {{turns: LogTurn[], gone?: {ticket: string, leg: number}[], seq: number, more?: boolean}} */
      const answer = await get(`/api/log?after=${after}&limit=2000&format=json`, { as: 'staff', timeout: 30000 });
      steps.push(() => this.put(answer.turns, answer.gone || [], answer.seq));
      after = answer.seq;
      more = Boolean(answer.more);
    }
    return () => steps.forEach((step) => step());
  }

  /**
   * @private Read something; what is told meanwhile is taken afterwards.
   * @param {() => Promise<() => void>} work
   */
  async read(work) {
    const mine = (this.readings += 1);
    this.held = this.held || [];
    try {
      const put = await work();
      if (mine !== this.readings) {
        return;
      }
      put();
      this.problem = null;
    } catch (error) {
      if (mine !== this.readings) {
        return;
      }
      this.failed(error);
    }
    const { held } = this;
    this.held = null;
    (held || []).forEach((told) => this.take(told));
    this.changed();
  }

  /**
   * @private
   * @param {unknown} error a lost link: the bar says so, and the next snapshot reads again
   */
  failed(error) {
    if (error instanceof ProblemError) {
      this.problem = error;
      if (error.status === 401) {
        this.dispatchEvent(new Event('unpaired'));
      }
    }
  }

  changed() {
    this.dispatchEvent(new Event('change'));
  }
}
