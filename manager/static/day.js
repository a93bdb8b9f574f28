/**
 * Owns the day the manager looks at: its totals and turns, fetched once and again when the hall
 * moves. Fires `change`.
 *
 * @typedef {import('../../web/types').Totals} Totals
 * @typedef {import('./turns-model.js').LogTurn} LogTurn
 * @typedef {import('/web/staff/hall.js').StaffHall} Hall
 */

import { get, ProblemError } from '/web/api.js';
import { listen, oneAtATime } from '/web/soon.js';
import { keyOf } from '/manager/turns-model.js';

/** Figures follow the hall, but not faster than a person can read. */
const TOTALS_DUE_MS = 1500;
const TURNS_DUE_MS = 4000;

export class Day extends EventTarget {
  /** @param {Hall} hall */
  constructor(hall) {
    super();
    this.hall = hall;
    /** The business day shown; empty until the hall told which one it is. */
    this.day = '';
    /** @type {Totals | null} */
    this.totals = null;
    /** When `totals` came, in the server's time. */
    this.totalsAt = 0;
    /** @type {LogTurn[] | null} */
    this.turns = null;
    /** @type {ProblemError | null} */
    this.problem = null;
    /** The last event that `turns` holds. */
    this.known = 0;
    this.loadTotals = oneAtATime(() => this.readTotals());
    this.loadTurns = oneAtATime(() => this.readTurns());
    this.timers = { totals: 0, turns: 0 };
    this.ending = new AbortController();
  }

  start() {
    const { signal } = this.ending;
    listen(this.hall, 'snapshot', () => this.begin(), signal);
    listen(this.hall, 'event', () => this.due(), signal);
    this.begin();
  }

  stop() {
    this.ending.abort();
    window.clearTimeout(this.timers.totals);
    window.clearTimeout(this.timers.turns);
  }

  /** @returns {string} the hall's business day */
  get today() {
    return this.hall.state ? this.hall.state.day : '';
  }

  get isToday() {
    return Boolean(this.day) && this.day === this.today;
  }

  begin() {
    if (!this.today) {
      return;
    }
    if (!this.day || !this.totals || this.isToday) {
      this.known = 0; // after an undone step a turn may be gone, which no later event tells
      this.show(this.day || this.today);
    }
  }

  /** @param {string} day YYYY-MM-DD */
  show(day) {
    if (day !== this.day) {
      this.day = day;
      this.totals = null;
      this.turns = null;
      this.known = 0;
      this.changed();
    }
    this.loadTotals();
    this.loadTurns();
  }

  /** The language changed: names come again in the new one. */
  relearn() {
    if (this.day) {
      this.known = 0;
      this.loadTurns();
    }
  }

  due() {
    if (!this.isToday) {
      return;
    }
    if (!this.timers.totals) {
      this.timers.totals = window.setTimeout(() => this.loadTotals(), TOTALS_DUE_MS);
    }
    if (!this.timers.turns) {
      this.timers.turns = window.setTimeout(() => this.loadTurns(), TURNS_DUE_MS);
    }
  }

  /** @private */
  readTotals() {
    window.clearTimeout(this.timers.totals);
    this.timers.totals = 0;
    const { day } = this;
    return this.load(async () => {
      const totals = /** @type {Totals} */ (await get(`/api/totals?day=${day}`, { as: 'staff' }));
      if (day === this.day) {
        this.totals = totals;
        this.totalsAt = this.hall.now();
      }
    });
  }

  /** @private */
  readTurns() {
    window.clearTimeout(this.timers.turns);
    this.timers.turns = 0;
    const { day } = this;
    return this.load(() => (this.turns && this.isToday && this.known ? this.loadChanges(day) : this.loadAll(day)));
  }

  /** @param {string} day */
  async loadAll(day) {
    // asked before the rows: an event in between is fetched once more, never left out
    const known = this.hall.state ? this.hall.state.seq : 0;
    const path = `/api/log?from=${day}&to=${day}&format=json`;
    const answer = /** @type {{turns: LogTurn[]}} */ (await get(path, { as: 'staff', timeout: 30000 }));
    if (day === this.day) {
      this.turns = answer.turns;
      this.known = known;
    }
  }

  /**
   * Fetch only what events changed since the last time, so that a long day costs no more than a
   * short one.
   *
   * @param {string} day
   */
  async loadChanges(day) {
    /** @type {Map<string, LogTurn>} */
    const rows = new Map();
    let after = this.known;
    for (let more = true; more;) {
      const path = `/api/log?after=${after}&limit=2000&format=json`;
      const answer = /** @type {{turns: LogTurn[], seq: number, more?: boolean}} */ (await get(path, { as: 'staff', timeout: 30000 }));
      for (const turn of answer.turns.filter((each) => each.day === day)) {
        rows.set(keyOf(turn), turn);
      }
      after = answer.seq;
      more = Boolean(answer.more);
    }
    if (day !== this.day || !this.turns || !this.known) {
      return; // meanwhile all of it is wanted again
    }
    this.known = after;
    if (rows.size) {
      const kept = this.turns.map((turn) => {
        const key = keyOf(turn);
        const changed = rows.get(key);
        rows.delete(key);
        return changed || turn;
      });
      this.turns = kept.concat(Array.from(rows.values()));
    }
  }

  /** @param {() => Promise<void>} work */
  async load(work) {
    try {
      await work();
      this.problem = null;
    } catch (error) {
      if (error instanceof ProblemError) {
        this.problem = error;
        if (error.status === 401) {
          this.dispatchEvent(new Event('unpaired'));
        }
      }
      // a lost link: the bar says so, and the next snapshot loads again
    }
    this.changed();
  }

  changed() {
    this.dispatchEvent(new Event('change'));
  }
}
