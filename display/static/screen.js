/**
 * Owns this screen's own settings and its reports to the server: which services and counters it
 * shows, its part in the sound of the room, what plays on it. Fires `change` and `renew`.
 *
 * @typedef {import('../../web/types').Queue} Queue
 * @typedef {import('../../web/types').RecentCall} RecentCall
 * @typedef {import('../../web/types').Shows} ScreenSettings
 * @typedef {import('../../web/types').PlayNow} PlayNow
 * @typedef {{sound: 'on' | 'off' | 'none', waiting: number, seq: number}} Facts
 */

import { get, post } from '/web/api.js';
import { belongs, laidPart, partOf } from '/display/part.js';

const REPORT_MS = 10000;
/** A call waits this long for the server's word on who speaks in this room. */
const KNOWN_MS = 2000;

export class Screen extends EventTarget {
  /** @param {() => Facts} facts */
  constructor(facts) {
    super();
    this.facts = facts;
    /** @type {ScreenSettings | null} until it is fetched, what came with the page counts */
    this.shows = null;
    this.laid = laidPart();
    /** @type {PlayNow[]} */
    this.play = [];
    this.name = '';
    /** Until the server has said otherwise, a screen speaks: one too many is better than none. */
    this.part = /** @type {'voice' | 'chime' | 'off'} */ ('voice');
    /** The office's sign, a `data:` address, or nothing. */
    this.logo = '';
    this.revision = '';
    /** The server said what our part is. */
    this.told = false;
    /** @type {Promise<void>} our part is known, or will not be for a while */
    this.known = new Promise((done) => {
      this.addEventListener('told', () => done());
      window.setTimeout(done, KNOWN_MS);
    });
    this.frameAt = 0;
    this.timer = 0;
    this.busy = false;
    /** @type {{of: Queue | null, shows: import('/display/part.js').Part | null, made: Queue | null}} */
    this.last = { of: null, shows: null, made: null };
  }

  /**
   * Begin to report; called again it reports at once. Our part in the room's sound is asked for as
   * well, so that a screen whose reports do not come through never speaks beside another.
   */
  start() {
    window.clearInterval(this.timer);
    this.timer = window.setInterval(() => this.report(), REPORT_MS);
    this.report();
  }

  /** @returns {boolean} whether this is the screen that speaks in its room, by the server's word */
  get speaks() {
    return this.told && this.part === 'voice';
  }

  /** @private */
  hear() {
    this.told = true;
    this.dispatchEvent(new Event('told'));
  }

  /** Note that a frame was drawn just now. */
  drew() {
    this.frameAt = Date.now();
  }

  /** Tell the server how we are, and follow what it says. Out of touch, all stays as it was. */
  async report() {
    if (this.busy) {
      return;
    }
    this.busy = true;
    try {
      const told = await post('/api/displays/report', Object.assign(this.facts(), {
        clock: Date.now(),
        frame_at: this.frameAt,
        version: document.documentElement.dataset.version || '',
        width: Math.round(window.innerWidth * window.devicePixelRatio),
        height: Math.round(window.innerHeight * window.devicePixelRatio),
        memory_mb: memory(),
      }));
      if (told.revision !== this.revision) {
        await this.renew();
      }
      if (told.sound !== this.part) {
        this.part = told.sound;
        this.dispatchEvent(new Event('change'));
      }
      this.hear();
    } catch (error) {
      // the link banner says so already; the next report comes in ten seconds
      await this.follow();
    } finally {
      this.busy = false;
    }
  }

  /** @private A report did not come through: reading may. */
  async follow() {
    try {
      await this.renew();
      this.hear();
    } catch (error) {
      // out of touch: all stays as it was
    }
  }

  /** @private Fetch our settings anew. */
  async renew() {
    const mine = await get('/api/displays/mine');
    const first = this.revision === '';
    if (mine.revision === this.revision && mine.part === this.part) {
      return;
    }
    this.revision = mine.revision;
    this.name = mine.name;
    this.shows = mine.shows;
    this.play = mine.play;
    this.logo = mine.logo;
    this.part = mine.part;
    this.dispatchEvent(new Event('change'));
    if (!first) {
      this.dispatchEvent(new Event('renew'));
    }
  }

  /**
   * Whether a call belongs on this screen.
   *
   * @param {RecentCall} call
   */
  wants(call) {
    return belongs(this.shows || this.laid, call);
  }

  /**
   * Return the part of the hall that this screen shows; made once for each state.
   *
   * @param {Queue} state
   * @returns {Queue}
   */
  view(state) {
    const shows = this.shows || this.laid;
    const { last } = this;
    if (last.of !== state || last.shows !== shows || !last.made) {
      this.last = { of: state, shows, made: partOf(state, shows) };
    }
    return /** @type {Queue} */ (this.last.made);
  }
}

/** @returns {number} megabytes the page uses, where the browser tells; else 0 */
function memory() {
  // eslint-disable-next-line compat/compat -- asked for, and nought where there is none
  const told = /** @type {any} */ (performance).memory;
  return told ? Math.round(told.usedJSHeapSize / 1048576) : 0;
}
