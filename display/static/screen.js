/**
 * Owns this screen's own settings and its reports to the server: which services and counters it
 * shows, its part in the sound of the room, what plays on it. Fires `change` and `renew`.
 *
 * @typedef {import('../../web/types').Queue} Queue
 * @typedef {import('../../web/types').RecentCall} RecentCall
 * @typedef {import('../../web/types').ScreenSettings} ScreenSettings
 * @typedef {import('../../web/types').PlayNow} PlayNow
 * @typedef {{sound: 'on' | 'off' | 'none', waiting: number, seq: number}} Facts
 */

import { get, post } from '/web/api.js';

const REPORT_MS = 10000;

export class Screen extends EventTarget {
  /** @param {() => Facts} facts */
  constructor(facts) {
    super();
    this.facts = facts;
    /** @type {ScreenSettings | null} */
    this.shows = null;
    /** @type {PlayNow[]} */
    this.play = [];
    this.name = '';
    /** Until the server has said otherwise, a screen speaks: one too many is better than none. */
    this.part = /** @type {'voice' | 'chime' | 'off'} */ ('voice');
    this.revision = '';
    this.frameAt = 0;
    this.timer = 0;
    this.busy = false;
    /** @type {{of: Queue | null, shows: ScreenSettings | null, made: Queue | null}} */
    this.last = { of: null, shows: null, made: null };
  }

  /** Begin to report; called again it reports at once. */
  start() {
    window.clearInterval(this.timer);
    this.timer = window.setInterval(() => this.report(), REPORT_MS);
    this.report();
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
    } catch (error) {
      // the link banner says so already; the next report comes in ten seconds
    } finally {
      this.busy = false;
    }
  }

  /** @private Fetch our settings anew. */
  async renew() {
    const mine = await get('/api/displays/mine');
    const first = this.revision === '';
    this.revision = mine.revision;
    this.name = mine.name;
    this.shows = mine.shows;
    this.play = mine.play;
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
    const { shows } = this;
    return (
      !shows ||
      ((shows.services.length === 0 || shows.services.includes(call.service)) &&
        (shows.counters.length === 0 || shows.counters.includes(call.number)))
    );
  }

  /**
   * Return the part of the hall that this screen shows.
   *
   * @param {Queue} state
   * @returns {Queue}
   */
  view(state) {
    const { shows, last } = this;
    if (!shows || (shows.services.length === 0 && shows.counters.length === 0)) {
      return state;
    }
    if (last.of !== state || last.shows !== shows || !last.made) {
      const made = Object.assign({}, state, {
        services: state.services.filter((one) => shows.services.length === 0 || shows.services.includes(one.code)),
        counters: state.counters.filter((one) => shows.counters.length === 0 || shows.counters.includes(one.number)),
        recent_calls: state.recent_calls.filter((call) => this.wants(call)),
      });
      this.last = { of: state, shows, made };
    }
    return /** @type {Queue} */ (this.last.made);
  }
}

/** @returns {number} megabytes the page uses, where the browser tells; else 0 */
function memory() {
  const told = /** @type {any} */ (performance).memory;
  return told ? Math.round(told.usedJSHeapSize / 1048576) : 0;
}
