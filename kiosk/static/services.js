/**
 * Owns `<kiosk-services>`: all services as a grid that keeps its buttons in place while numbers
 * change, and that arrow keys and a service's letter can walk through.
 *
 * @typedef {import('../../web/types').Service} Service
 * @typedef {import('../../web/types').Agency} Agency
 */

import { pick, t } from '/web/i18n.js';
import { ServiceCard } from '/kiosk/service-card.js';

export class ServiceGrid extends HTMLElement {
  constructor() {
    super();
    /** @type {Map<string, ServiceCard>} */
    this.cards = new Map();
    this.placed = '';
  }

  connectedCallback() {
    this.setAttribute('role', 'group');
    for (const card of /** @type {NodeListOf<ServiceCard>} */ (this.querySelectorAll('kiosk-service'))) {
      this.cards.set(card.dataset.code || '', card); // drawn by the server: under a finger, maybe
    }
    this.addEventListener('keydown', (event) => this.walk(event));
  }

  /**
   * @param {Service[]} services
   * @param {Agency[]} agencies
   * @param {{now: number, blocked: boolean, sending: string}} how `sending`: code of the service on its way
   */
  show(services, agencies, how) {
    this.setAttribute('aria-label', t('Services'));
    this.place(services);
    this.classList.toggle('waits', Boolean(how.sending));
    for (const service of services) {
      const card = this.cards.get(service.code);
      const agency = agencies.find((one) => one.code === service.agency);
      if (card) {
        card.show(service, agency ? pick(agency.names, agency.name) : '', {
          now: how.now,
          blocked: how.blocked || Boolean(how.sending),
          sending: how.sending === service.code,
        });
      }
    }
  }

  /**
   * @private
   * @param {Service[]} services
   */
  place(services) {
    const codes = services.map((service) => service.code);
    if (codes.join(' ') === this.placed) {
      return;
    }
    this.placed = codes.join(' ');
    if (this.placed !== Array.from(this.cards.keys()).join(' ')) {
      this.textContent = '';
      this.cards = new Map(codes.map((code) => [code, new ServiceCard()]));
      this.append(...this.cards.values());
    }
    this.dataset.many = codes.length > 9 ? 'many' : codes.length > 7 ? 'more' : codes.length > 4 ? 'some' : 'few';
    for (const columns of [1, 2, 3, 4]) {
      this.style.setProperty(`--rows-of-${columns}`, String(Math.ceil(codes.length / columns)));
    }
  }

  /**
   * @private
   * @param {KeyboardEvent} event
   */
  walk(event) {
    const buttons = Array.from(this.querySelectorAll('button'));
    const here = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const to = here < 0 ? -1 : next(buttons, here, event.key);
    if (to >= 0) {
      event.preventDefault();
      buttons[to].focus();
    }
  }

  /** Move to the first service. */
  focusFirst() {
    const first = this.querySelector('button');
    if (first) {
      first.focus();
    }
  }

  /**
   * Move to the service with this letter, for keypads.
   *
   * @param {string} letter
   */
  focusLetter(letter) {
    for (const card of this.cards.values()) {
      if (card.service && card.service.prefix.toLowerCase() === letter.toLowerCase()) {
        card.button.focus();
      }
    }
  }
}

/**
 * @param {HTMLElement[]} buttons
 * @param {number} here
 * @param {string} key
 * @returns {number} index of the nearest button in the arrow's direction, or -1
 */
function next(buttons, here, key) {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!way) {
    return -1;
  }
  const from = buttons[here].getBoundingClientRect();
  let best = -1;
  let least = Infinity;
  buttons.forEach((button, index) => {
    const box = button.getBoundingClientRect();
    const along = (box.left - from.left) * way[0] + (box.top - from.top) * way[1];
    const aside = Math.abs((box.left - from.left) * way[1]) + Math.abs((box.top - from.top) * way[0]);
    const far = along + aside * 3;
    if (along > 4 && far < least) {
      least = far;
      best = index;
    }
  });
  return best;
}

customElements.define('kiosk-services', ServiceGrid);
