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
/** Keys of numbers that were asked for and never shown; they outlive a reload of the page. */
const UNSEEN = 'ramah-unseen';
/** The key of a number that is being asked for: after a power cut nobody waits for it any more. */
const ASKED = 'ramah-asked';
const MOST_UNSEEN = 50;
const TRIES = 3;
const TRY_MS = 4000;

export class Issuer {
  constructor() {
    this.sending = false;
    this.settling = false;
    /** The key of a number that may be there, unseen. */
    this.open = '';
    this.wish = { service: '', priority: false, people: 1, key: '', at: 0 };
    remember(remembered().concat(kept(ASKED)).slice(-MOST_UNSEEN));
    keep(ASKED, []);
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
    const key = this.key(service, priority, people);
    keep(ASKED, [key]);
    try {
      /** @type {Ticket} */
      const ticket = await post(
        '/api/tickets',
        { service, priority: priority ? 'priority' : 'regular', language: language(), people },
        { as: 'kiosk', idempotencyKey: key, retries: TRIES - 1, timeout: TRY_MS },
      );
      this.wish.key = '';
      this.open = '';
      keep(ASKED, []);
      return ticket;
    } catch (error) {
      if (error instanceof ProblemError && error.status < 500) {
        this.wish.key = '';
        keep(ASKED, []);
      } else {
        this.open = this.wish.key; // nobody knows whether there is a number now
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
    this.abandon();
  }

  /** @private Whoever asked has gone: the number, if there is one, belongs to nobody. */
  abandon() {
    if (this.open) {
      remember([...remembered(), this.open].slice(-MOST_UNSEEN));
      keep(ASKED, []);
      this.open = '';
    }
  }

  /** Give back what was asked for and never shown; call when the hall answers again. */
  async settle() {
    if (this.settling) {
      return;
    }
    this.settling = true;
    try {
      for (const key of remembered()) {
        await post('/api/tickets/unseen', { key }, { as: 'kiosk', timeout: TRY_MS });
        remember(remembered().filter((each) => each !== key));
      }
    } catch (error) {
      console.info('unseen numbers are given back later', error);
    }
    this.settling = false;
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
    const again = wish.key !== '' && same && Date.now() - wish.at < SAME_WISH_MS;
    const key = again ? wish.key : newKey();
    if (!again) {
      this.abandon();
    }
    this.wish = { service, priority, people, key, at: Date.now() };
    return key;
  }
}

/** @returns {string[]} */
function remembered() {
  return kept(UNSEEN);
}

/** @param {string[]} keys */
function remember(keys) {
  keep(UNSEEN, keys);
}

/**
 * @param {string} name
 * @returns {string[]}
 */
function kept(name) {
  try {
    const keys = JSON.parse(window.localStorage.getItem(name) || '[]');
    return Array.isArray(keys) ? keys.map(String) : [];
  } catch (error) {
    return [];
  }
}

/**
 * @param {string} name
 * @param {string[]} keys
 */
function keep(name, keys) {
  try {
    window.localStorage.setItem(name, JSON.stringify(keys));
  } catch (error) {
    console.warn('no room to remember', error);
  }
}
