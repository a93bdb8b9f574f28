/**
 * Owns a lobby screen's link to the hall: what people saw and heard is told again when a lost link is
 * back, because what was sent shortly before may not have arrived. The server keeps each once.
 *
 * @typedef {{type: 'shown' | 'voiced' | 'unvoiced' | 'mute', seq: number}} Word what a screen tells
 * @typedef {{message: Word, at: number}} Told
 */

import { Hall } from '/web/hall.js';

/** So many of the latest words to the server, and so young, are told again. */
const MOST_TOLD = 200;
const TOLD_AGAIN_MS = 600000;

export class ScreenHall extends Hall {
  constructor() {
    super('display');
    /** @type {Told[]} */
    this.told = [];
    this.addEventListener('online', () => this.online && this.tellAgain());
  }

  /**
   * Tell the server what people saw or heard.
   *
   * @param {Word} message
   */
  send(message) {
    const told = { message, at: performance.now() };
    this.told = [...this.told.slice(1 - MOST_TOLD), told];
    this.deliver(told);
  }

  /**
   * @private
   * @param {Told} told
   */
  deliver({ message, at }) {
    this.mention(Object.assign({ ago: Math.round(performance.now() - at) }, message));
  }

  /** @private Tell again what is young enough to be in doubt, and of this server's history. */
  tellAgain() {
    const seq = this.state ? this.state.seq : 0;
    const since = performance.now() - TOLD_AGAIN_MS;
    this.told = this.told.filter((each) => each.at > since && each.message.seq <= seq);
    this.told.forEach((each) => this.deliver(each));
  }
}
