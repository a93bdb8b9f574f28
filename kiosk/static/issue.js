/**
 * Owns taking a number: one touch, one ticket, even when the link blinks or a finger touches twice.
 *
 * @typedef {import('../../web/types').Ticket} Ticket
 */

import { newKey, post, ProblemError } from '/web/api.js';
import { language } from '/web/i18n.js';

/**
 * For how long after a lost answer another touch of the same service means the number that was on
 * its way. Longer, and the next visitor would get the number of the one before.
 */
const SAME_WISH_MS = 20000;
const TRIES = 3;
const TRY_MS = 4000;

export class Issuer {
  constructor() {
    this.sending = false;
    this.wish = { service: '', priority: false, people: 1, key: '', at: 0 };
  }

  /**
   * Ask for a number. Answers null for a second touch while the first is on its way.
   *
   * @param {string} service
   * @param {boolean} priority
   * @param {number} [people]
   * @returns {Promise<Ticket | null>}
   */
  async take(service, priority, people = 1) {
    if (this.sending) {
      return null;
    }
    this.sending = true;
    try {
      /** @type {Ticket} */
      const ticket = await post(
        '/api/tickets',
        { service, priority: priority ? 'priority' : 'regular', language: language(), people },
        { as: 'kiosk', idempotencyKey: this.key(service, priority, people), retries: TRIES - 1, timeout: TRY_MS },
      );
      this.wish.key = '';
      return ticket;
    } catch (error) {
      if (error instanceof ProblemError) {
        this.wish.key = '';
      }
      this.wish.at = Date.now(); // the tries took their time; the visitor reads only now
      throw error;
    } finally {
      this.sending = false;
    }
  }

  /** Another visitor stands here now. */
  forget() {
    this.wish.key = '';
  }

  /**
   * @private
   * @param {string} service
   * @param {boolean} priority
   * @param {number} people
   */
  key(service, priority, people) {
    const { wish } = this;
    const same = wish.service === service && wish.priority === priority && wish.people === people;
    const key = wish.key && same && Date.now() - wish.at < SAME_WISH_MS ? wish.key : newKey();
    this.wish = { service, priority, people, key, at: Date.now() };
    return key;
  }
}
