/**
 * Owns `<kiosk-service>`: one service as a big button: letter, name, agency, how many wait, how long.
 * Its parts are those of kiosk/cards.html, drawn by the server or copied here.
 *
 * @typedef {import('../../web/types').Service} Service
 */

import { copy, el, fill, say } from '/web/dom.js';
import { pick, t, tn } from '/web/i18n.js';
import { icon } from '/web/icons.js';
import { openingTime, waitRange } from '/web/waits.js';
import { picture } from '/kiosk/pictures.js';

/** A finger that rests so long asks what this is; a shorter one chooses. */
const HOLD_MS = 700;

export class ServiceCard extends HTMLElement {
  constructor() {
    super();
    /** @type {Service | null} */
    this.service = null;
    this.known = false;
    this.sends = false;
    this.holding = 0;
    this.held = false;
    this.button = /** @type {HTMLButtonElement} */ (this.querySelector('button') || copy('#service-button'));
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (this.button.querySelector(name));
    this.letter = part('.letter');
    this.drawing = part('.drawing');
    this.name = part('.name');
    this.agency = part('.agency');
    this.facts = part('.queue');
    this.waiting = part('.waiting');
    this.range = part('.minutes');
    this.rest = part('.rest');
    this.state = el('span', { class: 'state' });
    this.busy = part('.sending');
    this.busyText = part('.sent');
  }

  connectedCallback() {
    if (this.known) {
      return;
    }
    this.known = true;
    if (!this.button.parentNode) {
      this.append(this.button);
    }
    this.button.addEventListener('click', () => this.chosen());
    this.button.addEventListener('pointerdown', () => this.hold());
    for (const kind of ['pointerup', 'pointercancel', 'pointerleave']) {
      this.button.addEventListener(kind, () => window.clearTimeout(this.holding));
    }
  }

  /**
   * @param {Service} service
   * @param {string} agency
   * @param {{now: number, blocked: boolean, sending: boolean}} how
   */
  show(service, agency, how) {
    this.service = service;
    this.dataset.code = service.code;
    const given = service.open && !service.paused;
    this.button.classList.toggle('resting', !given);
    this.button.classList.toggle('sends', how.sending);
    if (this.sends !== how.sending) {
      this.sends = how.sending; // otherwise early.js may say that it was pressed
      this.button.setAttribute('aria-busy', String(how.sending));
    }
    this.button.setAttribute('aria-disabled', String(how.blocked));
    say(this.letter, service.prefix);
    this.draw(service.picture || '');
    say(this.name, pick(service.names, service.name));
    say(this.agency, agency);
    this.agency.hidden = !agency || agency === this.name.textContent;
    this.busy.hidden = !how.sending;
    this.facts.hidden = !given || how.sending;
    this.rest.hidden = given || how.sending;
    if (how.sending) {
      say(this.busyText, t('Preparing your number…'));
    } else if (given) {
      this.showQueue(service);
    } else {
      this.showRest(service, how.now);
    }
  }

  /**
   * @private
   * @param {Service} service
   */
  showQueue(service) {
    const range = waitRange(service.estimate);
    const nobody = service.waiting === 0;
    say(
      this.waiting,
      nobody ? t('Nobody is waiting') : tn('{n} person waiting', '{n} people waiting', service.waiting),
    );
    const line = /** @type {HTMLElement} */ (this.range.parentElement);
    line.hidden = !range || nobody;
    say(this.range, range);
  }

  /**
   * @private
   * @param {Service} service
   * @param {number} now
   */
  showRest(service, now) {
    const kind = service.paused ? 'pause' : 'door';
    if (this.rest.dataset.kind !== kind) {
      this.rest.dataset.kind = kind;
      this.rest.textContent = '';
      this.rest.append(el('span', { class: 'fact' }, icon(kind), this.state));
    }
    let words = t('Closed for now');
    if (service.paused) {
      words = service.next_opening ? t('Opens {when}', { when: openingTime(service.next_opening, now) }) : pick(service.notices, service.notice || '') || t('Paused for a moment');
    } else if (service.reason === 'quota') {
      words = t('All numbers for today are taken');
    } else if (service.reason === 'last_ticket') {
      words = t('The last number for today is given');
    } else if (service.next_opening) {
      words = t('Opens {when}', { when: openingTime(service.next_opening, now) });
    }
    say(this.state, words);
  }

  /**
   * @private
   * @param {string} name
   */
  draw(name) {
    if (this.drawing.dataset.name !== name) {
      this.drawing.dataset.name = name;
      const drawn = picture(name);
      fill(this.drawing, drawn);
      this.drawing.hidden = !drawn;
      this.button.classList.toggle('pictured', Boolean(drawn));
    }
  }

  /** @private */
  hold() {
    this.held = false;
    window.clearTimeout(this.holding);
    this.holding = window.setTimeout(() => {
      this.held = true;
      this.dispatchEvent(new CustomEvent('hold', { bubbles: true, detail: this.service }));
    }, HOLD_MS);
  }

  /** @private */
  chosen() {
    window.clearTimeout(this.holding);
    if (this.held) {
      this.held = false; // it was asked for its name
      return;
    }
    if (this.service) {
      this.dispatchEvent(new CustomEvent('choose', { bubbles: true, detail: this.service }));
    }
  }
}

customElements.define('kiosk-service', ServiceCard);
