/**
 * Owns `<display-notice>`: the line that the manager has to say to the whole hall now. It stands over
 * everything else from the moment it is written until it is taken off or its time is over.
 *
 * @typedef {import('../../web/types').Queue} Queue
 */

import { el, say } from '/web/dom.js';
import { icon } from '/web/icons.js';

/** More letters than this stand smaller, so that the calls keep their room. */
const LONG = 60;
const VERY_LONG = 140;

export class Notice extends HTMLElement {
  constructor() {
    super();
    this.text = el('p');
    this.known = false;
  }

  connectedCallback() {
    this.hidden = true;
    this.setAttribute('role', 'alert');
    this.append(icon('bell'), this.text);
  }

  /**
   * @param {Queue} state
   * @param {number} now ms
   * @returns {boolean} whether it is news, not what stood here when the page opened
   */
  show(state, now) {
    const { notice, notice_until: until } = state;
    const words = notice && (!until || now < Date.parse(until)) ? notice : '';
    const news = this.known && words !== '' && words !== this.text.textContent;
    this.known = true;
    this.hidden = words === '';
    say(this.text, words);
    this.dataset.size = words.length > VERY_LONG ? 'very-long' : words.length > LONG ? 'long' : 'short';
    return news;
  }
}

customElements.define('display-notice', Notice);
