/**
 * Owns how a device comes in: it asks the server, gets a code to show, and waits until somebody
 * types that on the manager's page. The key comes in a cookie that no script sees. Fires `code`,
 * `trouble` (detail: a sentence, or nothing when all is well again), `in` (detail: the page where
 * this device belongs) and `old`, when the server is one that cannot be asked.
 *
 * @typedef {import('../types').DeviceAsked} DeviceAsked
 * @typedef {import('../types').DeviceWaits} DeviceWaits
 */

import { post, ProblemError } from '/web/api.js';

/** The server holds a question for twenty seconds. */
const HELD_MS = 35000;
const AGAIN_MS = 3000;
const UNKNOWN = [404, 405];

export class Asking extends EventTarget {
  /**
   * @param {string} kind what this page is
   * @param {number | null} counter the one in the page's address
   */
  constructor(kind, counter) {
    super();
    this.body = counter === null ? { kind } : { kind, counter };
    /** @type {DeviceAsked | null} */
    this.asked = null;
    /** Each start is another one: what the one before still waits for is passed over. */
    this.turn = 0;
  }

  /** Ask, and wait for as long as it takes. */
  start() {
    this.turn += 1;
    this.go(this.turn);
  }

  /** Wait no longer. */
  stop() {
    this.turn += 1;
  }

  /**
   * @private
   * @param {number} turn
   */
  async go(turn) {
    while (turn === this.turn) {
      let pause = 0;
      try {
        pause = await this.step(turn);
      } catch (error) {
        pause = this.failed(error, turn);
      }
      await new Promise((done) => setTimeout(done, pause));
    }
  }

  /**
   * @private
   * @param {number} turn
   * @returns {Promise<number>} milliseconds until the next step
   */
  async step(turn) {
    if (!this.asked) {
      const asked = /** @type {DeviceAsked} */ (await post('/api/devices/ask', this.body));
      if (turn === this.turn) {
        this.asked = asked;
        this.tell('trouble', '');
        this.tell('code', asked);
      }
      return 0;
    }
    const told = /** @type {DeviceWaits} */ (await post('/api/devices/wait', {}, { timeout: HELD_MS }));
    if (turn !== this.turn) {
      return 0;
    }
    this.tell('trouble', '');
    if (told.state === 'in') {
      this.stop();
      this.tell('in', told.page);
    } else if (told.state === 'over') {
      this.asked = null;
    }
    return 0;
  }

  /**
   * @private
   * @param {any} error
   * @param {number} turn
   * @returns {number} milliseconds until it is tried again
   */
  failed(error, turn) {
    if (turn !== this.turn) {
      return 0;
    }
    if (error instanceof ProblemError && UNKNOWN.includes(error.status)) {
      this.stop();
      this.tell('old', '');
    } else {
      this.tell('trouble', error.detail || String(error));
    }
    return Math.max(AGAIN_MS, (error.retryAfter || 0) * 1000);
  }

  /**
   * @private
   * @param {string} name
   * @param {unknown} detail
   */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
