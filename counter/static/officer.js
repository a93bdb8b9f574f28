/**
 * Owns what the page knows of the officer's own day: new thanks, a break that would do good, this
 * month's questions, and the officer's own quiet call. Asked by the clock and never after a step, so
 * that a busy counter asks for nothing; fires `change`.
 *
 * @typedef {import('../../web/types').OfficerNow} OfficerNow
 * @typedef {import('./desk.js').Desk} Desk
 */

import { get, LinkError, ProblemError } from '/web/api.js';
import { listen } from '/web/dom.js';

const LOOK_MS = 180000;
/** While somebody waits for help, the sign says soon that somebody is coming. */
const CALLED_MS = 5000;
/** A nudge that was put away rests for so long, the monthly questions for a day. */
const NUDGE_MS = 45 * 60000;
const DAY_MS = 86400000;

/** @typedef {'nudge' | 'thanks' | 'pulse'} Line */

export class Officer extends EventTarget {
  /** @param {Desk} desk */
  constructor(desk) {
    super();
    this.desk = desk;
    /** @type {OfficerNow | null} */
    this.now = null;
    this.timer = 0;
    this.ending = new AbortController();
    this.store = `ramah_officer_${desk.person.id}`;
  }

  start() {
    const { signal } = this.ending;
    listen(this.desk.hall, 'snapshot', () => this.soon(0), signal);
  }

  stop() {
    this.ending.abort();
    window.clearTimeout(this.timer);
  }

  /** @param {number} ms */
  soon(ms) {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.load(), ms);
  }

  async load() {
    try {
      const now = /** @type {OfficerNow} */ (await get('/api/officers/me', { as: 'staff' }));
      if (this.ending.signal.aborted) {
        return;
      }
      this.now = now;
      this.dispatchEvent(new Event('change'));
    } catch (error) {
      if (!(error instanceof LinkError || error instanceof ProblemError)) {
        throw error;
      }
      // the bar tells of a lost link
    }
    if (!this.ending.signal.aborted) {
      this.soon(this.now && this.now.call ? CALLED_MS : LOOK_MS);
    }
  }

  /** @returns {Line | ''} the one thing worth a quiet line now */
  line() {
    const { now } = this;
    if (!now) {
      return '';
    }
    const kept = this.kept();
    if (now.nudge && Date.now() >= (kept.nudge || 0)) {
      return 'nudge';
    }
    if (now.thanked && now.thanked > (kept.thanked || '')) {
      return 'thanks';
    }
    return now.pulse && Date.now() >= (kept.pulse || 0) ? 'pulse' : '';
  }

  /** @param {Line} line */
  putAway(line) {
    const kept = this.kept();
    if (line === 'thanks') {
      kept.thanked = (this.now && this.now.thanked) || '';
    } else {
      kept[line] = Date.now() + (line === 'nudge' ? NUDGE_MS : DAY_MS);
    }
    try {
      localStorage.setItem(this.store, JSON.stringify(kept));
    } catch (error) {
      // private windows forbid it: it is shown again after the page is loaded anew
    }
    this.memory = kept;
    this.dispatchEvent(new Event('change'));
  }

  /** @returns {{nudge?: number, thanked?: string, pulse?: number}} */
  kept() {
    if (!this.memory) {
      try {
        this.memory = JSON.parse(localStorage.getItem(this.store) || '{}') || {};
      } catch (error) {
        this.memory = {};
      }
    }
    return Object.assign({}, this.memory);
  }

  /** @type {{nudge?: number, thanked?: string, pulse?: number} | null} */
  memory = null;
}
