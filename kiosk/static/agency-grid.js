/**
 * Owns `<kiosk-agencies>`: the first step in a hall of many services: which office is it. Fires
 * `agency` with its code. Its buttons are those of kiosk/cards.html.
 *
 * @typedef {import('../../web/types').Service} Service
 * @typedef {import('../../web/types').Agency} Agency
 */

import { copy, say } from '/web/dom.js';
import { pick, t, tn } from '/web/i18n.js';

/** More services than this are shown by agency. */
export const MANY_SERVICES = 12;
/** Services that belong to no agency. */
export const COMMON = '';

export class AgencyGrid extends HTMLElement {
  constructor() {
    super();
    /** @type {Map<string, {button: HTMLElement, name: HTMLElement, count: HTMLElement, open: HTMLElement}>} */
    this.cards = new Map();
    this.placed = '';
  }

  connectedCallback() {
    this.setAttribute('role', 'group');
    for (const button of this.querySelectorAll('button')) {
      this.cards.set(button.dataset.agency || COMMON, this.card(button.dataset.agency || COMMON, button));
    }
  }

  /**
   * @param {Service[]} services
   * @param {Agency[]} agencies
   */
  show(services, agencies) {
    this.setAttribute('aria-label', t('Offices'));
    const codes = groups(services, agencies);
    if (codes.join(' ') !== this.placed) {
      this.placed = codes.join(' ');
      this.dataset.many = codes.length > 6 ? 'many' : 'few';
      for (const columns of [1, 2]) {
        this.style.setProperty(`--rows-of-${columns}`, String(Math.ceil(codes.length / columns)));
      }
      if (this.placed !== Array.from(this.cards.keys()).join(' ')) {
        this.textContent = '';
        this.cards = new Map(codes.map((code) => [code, this.card(code, copy('#agency-button'))]));
        this.append(...Array.from(this.cards.values(), (card) => card.button));
      }
    }
    for (const code of codes) {
      const card = this.cards.get(code);
      const own = services.filter((service) => groupOf(service, agencies) === code);
      const agency = agencies.find((one) => one.code === code);
      if (card) {
        const open = own.filter((service) => service.open && !service.paused).length;
        const waiting = own.reduce((sum, service) => sum + service.waiting, 0);
        say(card.name, agency ? pick(agency.names, agency.name) : t('Other services'));
        say(card.count, tn('{n} service', '{n} services', own.length));
        say(card.open, open ? tn('{n} person waiting', '{n} people waiting', waiting) : t('Closed for now'));
        card.button.classList.toggle('resting', open === 0);
      }
    }
  }

  /**
   * @private
   * @param {string} code
   * @param {HTMLElement} button
   */
  card(code, button) {
    button.dataset.agency = code;
    button.addEventListener('click', () => this.dispatchEvent(new CustomEvent('agency', { detail: code })));
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (button.querySelector(name));
    return { button, name: part('.name'), count: part('.count'), open: part('.open') };
  }
}

/**
 * @param {Service[]} services
 * @param {Agency[]} agencies
 * @returns {boolean} whether the hall asks for the office first
 */
export function byAgency(services, agencies) {
  return services.length > MANY_SERVICES && groups(services, agencies).length > 1;
}

/**
 * @param {Service[]} services
 * @param {Agency[]} agencies
 * @returns {string[]} codes of the agencies that have services, in the office's order
 */
function groups(services, agencies) {
  const used = new Set(services.map((service) => groupOf(service, agencies)));
  return [...agencies.map((agency) => agency.code), COMMON].filter((code) => used.has(code));
}

/**
 * @param {Service} service
 * @param {Agency[]} agencies
 * @returns {string}
 */
export function groupOf(service, agencies) {
  return agencies.some((agency) => agency.code === service.agency) ? String(service.agency) : COMMON;
}

customElements.define('kiosk-agencies', AgencyGrid);
