/**
 * Owns `<kiosk-ticket>`: the visitor's number, how long it may take, and the way back. Returns by
 * itself after a quiet while; any touch or key gives more time. Fires `done`.
 *
 * @typedef {import('../../web/types').Ticket} Ticket
 */

import { el, fill, say } from '/web/dom.js';
import { languageChanges, t, tn, waitRange } from '/web/i18n.js';
import { icon } from '/web/icons.js';

const STAY_S = 15;

export class TicketScreen extends HTMLElement {
  constructor() {
    super();
    /** @type {Ticket | null} */
    this.ticket = null;
    /** @type {string[]} */
    this.bring = [];
    this.serviceName = '';
    this.paperOut = false;
    this.left = STAY_S;
    this.ticking = 0;
    this.heading = el('h1', { class: 'your', tabIndex: -1 });
    this.intro = el('span', { class: 'intro' });
    this.label = el('span', { class: 'label number' });
    this.heading.append(this.intro, this.label);
    this.service = el('p', { class: 'ticket-service' });
    this.ahead = el('p', { class: 'ahead' });
    this.sit = el('p', { class: 'sit' });
    this.paper = el('p', { class: 'paper-state' });
    this.needs = el('p', { class: 'needs soft' });
    this.qr = el('img', { alt: '', class: 'qr', width: 240, height: 240, onerror: () => this.noQr() });
    this.qrText = el('figcaption', {});
    this.figure = el('figure', { class: 'follow' }, this.qr, this.qrText);
    this.done = el('button', { class: 'button large', type: 'button', onclick: () => this.finish() });
    this.line = el('span', { class: 'line', 'aria-hidden': 'true' });
    this.count = el('p', { class: 'count soft' });
  }

  connectedCallback() {
    this.append(
      el(
        'section',
        { class: 'ticket' },
        el('div', { class: 'ticket-top' }, this.heading, this.service),
        el(
          'div',
          { class: 'ticket-body' },
          el('div', { class: 'ticket-words' }, this.ahead, this.paper, this.sit, this.needs),
          this.figure,
        ),
      ),
      el('div', { class: 'ticket-end' }, this.done, el('div', { class: 'leaving' }, this.line, this.count)),
    );
    languageChanges.addEventListener('change', () => this.render());
    for (const kind of ['pointerdown', 'keydown']) {
      document.addEventListener(kind, () => this.extend());
    }
  }

  /**
   * @param {Ticket} ticket
   * @param {{name: string, bring: string[]}} service
   */
  show(ticket, service) {
    this.ticket = ticket;
    this.serviceName = service.name;
    this.bring = service.bring;
    this.paperOut = false;
    this.hidden = false;
    this.figure.hidden = false;
    this.qr.src = `/api/tickets/${encodeURIComponent(ticket.id)}/qr.svg?as=kiosk`;
    this.render();
    this.left = STAY_S;
    window.clearInterval(this.ticking);
    this.ticking = window.setInterval(() => this.tick(), 1000);
    this.restartLine();
    this.heading.focus();
  }

  /** The paper of this ticket will not come. */
  noPaper() {
    this.paperOut = true;
    this.render();
  }

  /** @private */
  render() {
    const { ticket } = this;
    if (!ticket || this.hidden) {
      return;
    }
    say(this.intro, t('Your number'));
    say(this.label, ticket.label);
    this.label.dataset.size = ticket.label.length > 5 ? 'long' : 'short';
    say(this.service, this.serviceName);
    fill(this.ahead, ...aheadWords(ticket));
    say(this.sit, t('Please take a seat and make yourself comfortable.'));
    const paper = ticket.print.state === 'queued' && !this.paperOut;
    fill(
      this.paper,
      icon(paper ? 'paper' : 'camera'),
      el('span', {}, paper ? t('Please take your paper ticket.') : this.photoWords()),
    );
    this.needs.hidden = this.bring.length === 0;
    say(this.needs, t('Please have ready: {things}', { things: this.bring.join(', ') }));
    this.qr.alt = t('Code to follow your place in the queue on your phone');
    say(this.qrText, t('Scan to follow the queue on your phone'));
    say(this.done, t('Done'));
    this.renderCount();
  }

  /** @private */
  photoWords() {
    return this.paperOut
      ? t('The paper has run out. Please photograph this screen; your number stays valid.')
      : t('Please photograph this screen; your number stays valid.');
  }

  /** @private */
  renderCount() {
    say(
      this.count,
      tn(
        'This screen returns in {n} second. Touch it to stay.',
        'This screen returns in {n} seconds. Touch it to stay.',
        this.left,
      ),
    );
  }

  /** @private */
  noQr() {
    this.figure.hidden = true;
  }

  /** @private */
  tick() {
    this.left -= 1;
    if (this.left <= 0) {
      this.finish();
    } else {
      this.renderCount();
    }
  }

  /** @private */
  extend() {
    if (!this.hidden) {
      this.left = STAY_S;
      this.renderCount();
      this.restartLine();
    }
  }

  /** @private Starting a CSS animation again needs the class off for one layout. */
  restartLine() {
    this.line.classList.remove('runs');
    void this.line.offsetWidth;
    this.line.classList.add('runs');
  }

  /** Back to the start; the visitor's number leaves the screen and the memory. */
  finish() {
    if (this.hidden) {
      return;
    }
    window.clearInterval(this.ticking);
    this.hidden = true;
    this.ticket = null;
    this.label.textContent = '';
    this.qr.removeAttribute('src');
    this.dispatchEvent(new Event('done'));
  }
}

/**
 * @param {Ticket} ticket
 * @returns {(Node | string)[]}
 */
function aheadWords(ticket) {
  const range = waitRange(ticket.estimate);
  if (ticket.ahead === 0) {
    return [el('b', {}, t('You are next.'))];
  }
  if (ticket.priority === 'priority') {
    const words = el('b', {}, t('Your number goes ahead.'));
    return range ? [words, el('span', { class: 'range' }, range)] : [words];
  }
  const ahead = el('b', {}, tn('{n} person ahead of you', '{n} people ahead of you', ticket.ahead));
  return range ? [ahead, el('span', { class: 'range' }, range)] : [ahead];
}

customElements.define('kiosk-ticket', TicketScreen);
