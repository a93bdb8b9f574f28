/**
 * Owns `<display-call>`: the newest call, so large that the last row can read it; and, when the voice
 * is still busy with an earlier one, which call that is. Its parts stand in the page, with the call that
 * was newest when the page was asked for.
 *
 * @typedef {import('../../web/types').RecentCall} RecentCall
 */

import { say } from '/web/dom.js';
import { loadCatalog, sayIn, t } from '/web/i18n.js';
import { ems, onResize, size } from '/display/fit.js';

const WEIGHT = 800;
/** The arrow before the counter, with its distance, in the size of the words. */
const ARROW = 1.35;
/** Shares of the height that the small lines leave. */
const LABEL_TALL = 0.6;
const WHERE_TALL = 0.25;
const INSIDE = 0.94;
/** In a panel so low, against its small lines, the number needs their room more. */
const LOW = 3.2;

export class CallPanel extends HTMLElement {
  constructor() {
    super();
    /** @type {RecentCall | null} */
    this.call = null;
    const found = (/** @type {string} */ name) => /** @type {HTMLElement} */ (this.querySelector(name));
    this.calling = found('.calling');
    this.top = found('.top');
    this.kind = found('.kind');
    this.again = found('.again');
    this.label = found('.label');
    this.where = found('.where');
    this.word = found('.word');
    this.number = found('.place');
    this.service = found('.service-name');
    this.other = found('.other-language');
    this.said = found('.said');
    this.saidWords = found('.said-words');
    this.empty = found('.no-call');
    this.welcome = found('.welcome-line');
    this.rest = found('.welcome-rest');
    this.fitted = '';
  }

  connectedCallback() {
    this.setAttribute('role', 'status');
    onResize(this, () => this.measure()());
  }

  /**
   * @param {RecentCall | null} call
   * @param {{service: string, counter: string}} names
   * @param {RecentCall | null} [spoken] what the voice says now
   */
  show(call, names, spoken = null) {
    this.calling.hidden = !call;
    this.empty.hidden = Boolean(call);
    this.call = call;
    if (!call) {
      say(this.welcome, t('Welcome'));
      say(this.rest, t('Please take a number and a seat. We will call you here.'));
      return;
    }
    say(this.kind, t('Queue number'));
    say(this.again, t('Called again'));
    this.again.hidden = !call.recall;
    say(this.label, call.label);
    this.label.dataset.size = call.label.length > 5 ? 'long' : 'short';
    say(this.word, t('Counter'));
    say(this.number, String(call.number));
    say(this.service, [names.service, names.counter].filter(Boolean).join(' · '));
    this.showOther(call);
    this.showSaid(call, spoken);
  }

  /**
   * Who took a number in another language reads it too.
   *
   * @private
   * @param {RecentCall} call
   */
  showOther(call) {
    const own = call.language || '';
    this.other.hidden = !own || own === document.documentElement.lang;
    if (this.other.hidden) {
      return;
    }
    this.other.lang = own;
    const write = () => say(this.other, sayIn('Number {label}: please come to counter {number}.', own, { label: call.label, number: call.number }));
    write();
    loadCatalog(own).then(() => this.call === call && write());
  }

  /**
   * @private
   * @param {RecentCall} call
   * @param {RecentCall | null} spoken
   */
  showSaid(call, spoken) {
    const same = !spoken || (spoken.ticket === call.ticket && spoken.counter === call.counter);
    this.said.hidden = same;
    if (spoken && !same) {
      say(this.saidWords, `${spoken.label} → ${t('Counter {number}', { number: spoken.number })}`);
    }
  }

  /**
   * Make number and counter as large as the panel allows. Call after `show`.
   *
   * @returns {() => void} what sets their sizes, when everything is measured
   */
  measure() {
    const { clientWidth: width, clientHeight: height } = this;
    if (!this.call || !width || !height) {
      return () => {};
    }
    const label = ems(this.call.label, WEIGHT);
    const where = ems(`${this.word.textContent} ${this.number.textContent}`, WEIGHT) + ARROW;
    const lines = [this.other, this.said].filter((each) => !each.hidden).length;
    const facts = [width, height, label, where, lines, this.service.textContent].join(' ');
    if (facts === this.fitted) {
      return () => {};
    }
    this.fitted = facts;
    if (this.dataset.room !== 'all') {
      this.dataset.room = 'all';
    }
    if (height < this.smallLines() * LOW) {
      this.dataset.room = 'low';
    }
    const left = height - this.smallLines();
    return () => {
      size(this.label, Math.min(left * LABEL_TALL, (width * INSIDE) / label));
      size(this.where, Math.min(left * WHERE_TALL, (width * INSIDE) / where));
    };
  }

  /** @private */
  smallLines() {
    return [this.top, this.service, this.other, this.said].reduce((sum, each) => sum + each.offsetHeight, 0);
  }

  /** Draw eyes to a new call; calm, three times, less than three flashes a second. */
  flash() {
    this.classList.remove('fresh');
    void this.offsetWidth;
    this.classList.add('fresh');
  }
}

customElements.define('display-call', CallPanel);
