/**
 * Owns `<display-waiting>`: how many people wait for each service now; pages through many services.
 *
 * @typedef {import('../../web/types').Service} Service
 */

import { el, say } from '/web/dom.js';
import { pick, t, tn } from '/web/i18n.js';
import { icon } from '/web/icons.js';
import { IN_HOURS_FROM, waitRange } from '/web/waits.js';

const PAGE_MS = 9000;
/** So few in a row have room for larger words. */
const FEW = 3;

class Cell {
  constructor() {
    this.letter = el('span', { class: 'badge letter' });
    this.name = el('span', { class: 'name' });
    this.count = el('span');
    this.range = el('span');
    this.wait = el('span', { class: 'wait' }, icon('clock'), this.range);
    const counts = el('span', { class: 'count number' }, this.count, this.wait);
    this.root = el('li', { class: 'cell' }, this.letter, el('span', { class: 'words' }, this.name, counts));
  }

  /** @param {Service} service */
  show(service) {
    say(this.letter, service.prefix);
    say(this.name, pick(service.names, service.name));
    say(this.count, words(service));
    say(this.range, range(service));
    this.wait.hidden = !this.range.textContent;
    this.root.classList.toggle('resting', service.paused || (!service.open && service.waiting === 0));
  }
}

export class WaitingStrip extends HTMLElement {
  constructor() {
    super();
    /** @type {Cell[]} */
    this.cells = [];
    this.list = el('ul', { class: 'cells' });
    /** @type {Service[]} */
    this.services = [];
    this.first = 0;
  }

  connectedCallback() {
    this.setAttribute('role', 'group');
    this.append(this.list);
    window.setInterval(() => this.turn(), PAGE_MS);
  }

  /** @param {Service[]} services */
  show(services) {
    this.services = services;
    this.setAttribute('aria-label', t('Waiting now'));
    const size = evenly(services.length, perPage());
    if (this.cells.length !== size) {
      this.first = 0;
      this.list.textContent = '';
      this.cells = Array.from({ length: size }, () => new Cell());
      this.list.append(...this.cells.map((cell) => cell.root));
    }
    this.list.style.setProperty('--cells', String(this.cells.length));
    this.list.classList.toggle('few', size <= FEW);
    this.render();
  }

  /** @private */
  turn() {
    if (this.services.length > this.cells.length) {
      this.first = this.first + this.cells.length >= this.services.length ? 0 : this.first + this.cells.length;
      this.list.classList.remove('turns');
      void this.list.offsetWidth;
      this.list.classList.add('turns');
      this.render();
    }
  }

  /** @private */
  render() {
    this.cells.forEach((cell, index) => {
      const service = this.services[this.first + index];
      cell.root.classList.toggle('blank', !service);
      if (service) {
        cell.show(service);
      }
    });
  }
}

/**
 * Six services make two pages of three, not five and a lonely one.
 *
 * @param {number} count
 * @param {number} most on a page
 * @returns {number} how many stand on a page
 */
export function evenly(count, most) {
  return Math.ceil(count / Math.max(1, Math.ceil(count / most)));
}

/** @returns {number} cells that fit: five in a row on wide screens, two rows of two on tall ones */
function perPage() {
  return window.innerHeight > window.innerWidth ? 4 : 5;
}

/** @param {Service} service */
function range({ estimate, paused, waiting }) {
  if (!estimate || paused || waiting === 0 || estimate.high_minutes < 1) {
    return '';
  }
  if (estimate.low_minutes >= IN_HOURS_FROM) {
    return waitRange(estimate);
  }
  if (estimate.low_minutes < 1) {
    return tn('about {n} minute', 'about {n} minutes', estimate.high_minutes);
  }
  return t('{low}–{high} min', { low: estimate.low_minutes, high: estimate.high_minutes });
}

/** @param {Service} service */
function words(service) {
  if (service.paused) {
    return t('Paused for a moment');
  }
  if (service.waiting === 0) {
    return service.open ? t('Nobody is waiting') : t('Closed for now');
  }
  return tn('{n} person waiting', '{n} people waiting', service.waiting);
}

customElements.define('display-waiting', WaitingStrip);
