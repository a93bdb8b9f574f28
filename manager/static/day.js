/**
 * Owns the day the manager looks at: its totals and turns, fetched once and again when the hall
 * moves. Fires `change`.
 *
 * @typedef {import('../../web/types').Totals} Totals
 * @typedef {import('./turns-model.js').LogTurn} LogTurn
 * @typedef {import('/web/hall.js').Hall} Hall
 */

import { get, ProblemError } from '/web/api.js';

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
    this.timers = { totals: 0, turns: 0 };
    this.ending = new AbortController();
  }

  start() {
    const { signal } = this.ending;
    this.hall.addEventListener('snapshot', () => this.begin(), { signal });
    this.hall.addEventListener('event', () => this.due(), { signal });
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
      this.show(this.day || this.today);
    }
  }

  /** @param {string} day YYYY-MM-DD */
  show(day) {
    if (day !== this.day) {
      this.day = day;
      this.totals = null;
      this.turns = null;
      this.changed();
    }
    this.loadTotals();
    this.loadTurns();
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

  async loadTotals() {
    window.clearTimeout(this.timers.totals);
    this.timers.totals = 0;
    const { day } = this;
    await this.load(async () => {
      const totals = /** @type {Totals} */ (await get(`/api/totals?day=${day}`, { as: 'staff' }));
      if (day === this.day) {
        this.totals = totals;
        this.totalsAt = this.hall.now();
      }
    });
  }

  async loadTurns() {
    window.clearTimeout(this.timers.turns);
    this.timers.turns = 0;
    const { day } = this;
    await this.load(async () => {
      const path = `/api/log?from=${day}&to=${day}&format=json`;
      const answer = /** @type {{turns: LogTurn[]}} */ (await get(path, { as: 'staff', timeout: 30000 }));
      if (day === this.day) {
        this.turns = answer.turns;
      }
    });
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
