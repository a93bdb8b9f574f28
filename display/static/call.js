/**
 * Owns `<display-call>`: the call of this moment, so large that the last row can read it.
 *
 * @typedef {import('../../web/types').RecentCall} RecentCall
 */

import { el, say } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { icon } from '/web/icons.js';

export class CallPanel extends HTMLElement {
  constructor() {
    super();
    /** @type {RecentCall | null} */
    this.call = null;
    this.kind = el('span', { class: 'kind' });
    this.again = el('span', { class: 'again' });
    this.label = el('span', { class: 'label number' });
    this.word = el('span', { class: 'word' });
    this.number = el('span', { class: 'place number' });
    this.service = el('p', { class: 'service-name' });
    this.calling = el(
      'div',
      { class: 'calling' },
      el('p', { class: 'top' }, this.kind, this.again),
      el('p', { class: 'who' }, this.label),
      el('p', { class: 'where' }, icon('arrow'), el('span', { class: 'counter' }, this.word, ' ', this.number)),
      this.service,
    );
    this.welcome = el('p', { class: 'welcome-line' });
    this.rest = el('p', { class: 'welcome-rest' });
    this.empty = el('div', { class: 'no-call' }, this.welcome, this.rest);
  }

  connectedCallback() {
    this.setAttribute('role', 'status');
    this.append(this.calling, this.empty);
  }

  /**
   * @param {RecentCall | null} call
   * @param {{service: string, counter: string}} names
   */
  show(call, names) {
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
  }

  /** Draw eyes to a new call; calm, three times, less than three flashes a second. */
  flash() {
    this.classList.remove('fresh');
    void this.offsetWidth;
    this.classList.add('fresh');
  }
}

customElements.define('display-call', CallPanel);
