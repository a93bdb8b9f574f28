/**
 * Owns the order of spoken calls: one at a time, never overlapping, in the order they came. Nothing
 * waits here to be seen; every call stands on the screen at once. What is over before its turn is
 * left out, and a call that is still open but cannot be said in time is told to its counter.
 *
 * @typedef {import('../../web/types').RecentCall} RecentCall
 * @typedef {'calm' | 'others' | 'rush'} Pace whether nobody, somebody or many wait for the voice
 * @typedef {'voiced' | 'mute' | 'quiet'} Outcome heard; should have been, but there is no sound; not to be heard
 * @typedef {object} Means
 * @property {(call: RecentCall, bell: boolean, pace: () => Pace) => Promise<Outcome>} sound play it
 * @property {(call: RecentCall) => boolean} over whether nobody needs to hear it any more
 * @property {(kind: 'voiced' | 'unvoiced' | 'mute', seq: number) => void} tell acknowledge to the server
 * @property {() => void} changed what is said, or what waits, is not as it was
 */

/** A call is said within this time of its being made, or its counter is told that it was not. */
export const SAY_WITHIN_MS = 45000;
/** With so many behind the one that is said, number and counter are enough. */
const RUSH = 3;
/** More than any hall has counters: beyond it the oldest are told, not kept. */
const MOST = 200;
/** A sound that never ends must not stop the calls; three times in two languages takes 40 s. */
const SOUND_LIMIT_MS = 60000;
const LOOK_MS = 1000;

export class Announcer {
  /** @param {Means} means */
  constructor(means) {
    this.means = means;
    /** @type {{call: RecentCall, due: number, stood: boolean}[]} `stood`: it was seen to be open */
    this.queue = [];
    /** @type {RecentCall | null} what is said now */
    this.current = null;
    this.running = false;
    this.rang = false;
  }

  /** @returns {number} calls that still wait for their words */
  get pending() {
    return this.queue.length;
  }

  /** @returns {number[]} what a page that opens after a crash has to say: events of calls */
  get owed() {
    const waiting = this.queue.map((each) => each.call.seq);
    return this.current ? [this.current.seq].concat(waiting) : waiting;
  }

  /**
   * Say a call when its turn comes. A repeat of a call that was not said yet is the same call: it
   * takes its place, so that a hurried hand pushes nobody out.
   *
   * @param {RecentCall} call
   * @param {number} [age] ms since it was made
   */
  add(call, age = 0) {
    const due = performance.now() + SAY_WITHIN_MS - age;
    const same = this.queue.find(
      (other) => other.call.ticket === call.ticket && other.call.counter === call.counter,
    );
    const stood = !this.means.over(call);
    if (same) {
      Object.assign(same, { call, due, stood });
    } else {
      this.queue.push({ call, due, stood });
      this.queue.splice(0, Math.max(0, this.queue.length - MOST)).forEach((each) => this.giveUp(each.call));
    }
    this.means.changed();
    if (!this.running) {
      this.run();
    }
  }

  /**
   * A call that came too late to be said: whoever made it learns so, unless it is over.
   *
   * @param {RecentCall} call
   */
  giveUp(call) {
    if (!this.means.over(call)) {
      this.means.tell('unvoiced', call.seq);
    }
  }

  /** @returns {Pace} */
  pace() {
    this.sift();
    if (this.queue.length >= RUSH) {
      return 'rush';
    }
    return this.queue.length > 0 ? 'others' : 'calm';
  }

  /** @private Let go of what is over, and tell what is too late. */
  sift() {
    const now = performance.now();
    const before = this.queue.length;
    const late = this.queue.filter((each) => each.due <= now);
    this.queue = this.queue.filter((each) => each.due > now && !(each.stood && this.means.over(each.call)));
    late.forEach((each) => this.giveUp(each.call));
    if (this.queue.length !== before) {
      this.means.changed();
    }
  }

  /** @private */
  async run() {
    this.running = true;
    this.rang = false;
    const look = window.setInterval(() => this.sift(), LOOK_MS);
    for (let call = this.next(); call; call = this.next()) {
      this.current = call;
      this.means.changed();
      const told = await this.sound(call);
      if (told !== 'quiet') {
        this.means.tell(told, call.seq);
      }
    }
    window.clearInterval(look);
    this.current = null;
    this.running = false;
    this.means.changed();
  }

  /** @private */
  next() {
    this.sift();
    const first = this.queue.shift();
    return first ? first.call : null;
  }

  /**
   * @private
   * @param {RecentCall} call
   * @returns {Promise<Outcome>}
   */
  async sound(call) {
    // in a rush the hall listens already: one bell for all of it
    const bell = !this.rang || this.pace() !== 'rush';
    this.rang = true;
    /** @type {Promise<Outcome>} */
    const limit = pause(SOUND_LIMIT_MS).then(() => 'mute');
    try {
      return await Promise.race([this.means.sound(call, bell, () => this.pace()), limit]);
    } catch (error) {
      console.warn('sound failed', error);
      return 'mute';
    }
  }
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
