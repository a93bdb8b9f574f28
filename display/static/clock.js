/** Owns `<display-clock>`: the office's time, by the server's clock, with the zone's name. */

import { el, say } from '/web/dom.js';
import { day, time, zoneLabel } from '/web/i18n.js';

export class Clock extends HTMLElement {
  constructor() {
    super();
    this.hands = el('span', { class: 'time number' });
    this.zone = el('span', { class: 'zone' });
    this.date = el('span', { class: 'date' });
  }

  connectedCallback() {
    this.append(this.date, el('span', { class: 'hands' }, this.hands, this.zone));
  }

  /** @param {number} now */
  show(now) {
    say(this.hands, time(now));
    say(this.zone, zoneLabel());
    say(this.date, day(now));
  }
}

customElements.define('display-clock', Clock);
