/**
 * Owns the order of calls: one at a time, never overlapping, each seen for a while. What a call
 * looks and sounds like is up to others: `show` and `sound` are given in.
 *
 * @typedef {import('../../web/types').RecentCall} RecentCall
 * @typedef {object} Means
 * @property {(call: RecentCall) => void} show put the call on the screen
 * @property {(call: RecentCall) => Promise<boolean>} sound play it; answers whether people heard it
 * @property {(kind: 'shown' | 'voiced', seq: number) => void} tell acknowledge to the server
 */

/** How long a call stays alone on the screen before the next one may follow. */
const STAY_MS = 5000;
/** More than this many unseen calls means the screen was away; the oldest are only listed. */
const LONGEST = 20;
/** A sound that never ends must not stop the calls; three times in two languages takes 40 s. */
const SOUND_LIMIT_MS = 60000;

export class Announcer {
  /** @param {Means} means */
  constructor(means) {
    this.means = means;
    /** @type {RecentCall[]} */
    this.queue = [];
    /** @type {RecentCall | null} */
    this.current = null;
    this.running = false;
  }

  /** @returns {number} calls that still wait for their turn */
  get pending() {
    return this.queue.length;
  }

  /**
   * Announce a call when its turn comes. A repeat of a call that has not been shown yet is the
   * same call and is left out.
   *
   * @param {RecentCall} call
   */
  add(call) {
    const again = this.queue.some(
      (other) => other.ticket === call.ticket && other.counter === call.counter,
    );
    if (call.recall && again) {
      return;
    }
    this.queue.push(call);
    if (this.queue.length > LONGEST) {
      this.queue.shift();
    }
    if (!this.running) {
      this.run();
    }
  }

  /**
   * Show a call that is old news: no sound, no wait.
   *
   * @param {RecentCall} call
   */
  rest(call) {
    if (!this.running) {
      this.current = call;
      this.means.show(call);
    }
  }

  /** @private */
  async run() {
    this.running = true;
    let call = this.queue.shift();
    while (call) {
      this.current = call;
      this.means.show(call);
      this.means.tell('shown', call.seq);
      const [heard] = await Promise.all([this.sound(call), pause(STAY_MS)]);
      if (heard) {
        this.means.tell('voiced', call.seq);
      }
      call = this.queue.shift();
    }
    this.running = false;
  }

  /**
   * @private
   * @param {RecentCall} call
   * @returns {Promise<boolean>}
   */
  async sound(call) {
    try {
      return await Promise.race([this.means.sound(call), pause(SOUND_LIMIT_MS).then(() => false)]);
    } catch (error) {
      console.warn('sound failed', error);
      return false;
    }
  }
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
