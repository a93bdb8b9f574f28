/**
 * Owns `<kiosk-ticket>`: the visitor's number, how long it may take, and the way back. Returns by
 * itself after a quiet while; any touch or key gives more time. Fires `done`.
 *
 * @typedef {import('../../web/types').Ticket} Ticket
 */

import { moreOf } from '/kiosk/more.js';
import { newKey, post } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { language, languageChanges, pick, t, tn } from '/web/i18n.js';
import { icon } from '/web/icons.js';
import { notOpenYet, waitRange } from '/web/waits.js';

const STAY_S = 15;
/** Without paper the screen is the visitor's only copy: time to take out a phone. */
const PHOTO_S = 40;

export class TicketScreen extends HTMLElement {
  constructor() {
    super();
    /** @type {Ticket | null} */
    this.ticket = null;
    /** @type {import('../../web/types').Service | null} */
    this.of = null;
    /** @type {'' | 'failed' | 'paper_out' | 'moved' | 'copied'} what became of the paper */
    this.paperNews = '';
    this.place = '';
    this.attended = true;
    /** How many times longer the number stays, for visitors who need more time. */
    this.patience = 1;
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
    this.again = el('button', { class: 'button large quiet', type: 'button', onclick: () => this.copy() });
    this.done = el('button', { class: 'button large', type: 'button', onclick: () => this.finish() });
    this.line = el('span', { class: 'line', 'aria-hidden': 'true' });
    this.count = el('p', { class: 'count soft' });
    this.sheet = el(
      'section',
      { class: 'ticket' },
      el('div', { class: 'ticket-top' }, this.heading, this.service),
      el(
        'div',
        { class: 'ticket-body' },
        el('div', { class: 'ticket-words' }, this.ahead, this.paper, this.sit, this.needs),
        this.figure,
      ),
    );
    this.below = moreOf(this.sheet);
  }

  connectedCallback() {
    this.append(
      this.sheet,
      el('div', { class: 'ticket-end' }, this.done, this.again), // first for keys, last on the screen
      this.below,
      el('div', { class: 'leaving' }, this.line, this.count),
    );
    languageChanges.addEventListener('change', () => this.render());
    for (const kind of ['pointerdown', 'keydown']) {
      document.addEventListener(kind, () => this.extend());
    }
  }

  /**
   * @param {Ticket} ticket
   * @param {import('../../web/types').Service} service
   * @param {boolean} attended a counter that serves it is open
   */
  show(ticket, service, attended) {
    this.attended = attended;
    this.ticket = ticket;
    this.of = service;
    this.paperNews = '';
    this.hidden = false;
    this.figure.hidden = !ticket.followable;
    if (ticket.followable) {
      this.qr.src = `/api/tickets/${encodeURIComponent(ticket.id)}/qr.svg?as=kiosk`;
    }
    this.left = this.stay();
    this.render();
    window.clearInterval(this.ticking);
    this.ticking = window.setInterval(() => this.tick(), 1000);
    this.restartLine();
    this.heading.focus({ preventScroll: true });
    this.sheet.scrollTop = 0;
  }

  /**
   * Take news about the paper of this ticket.
   *
   * @param {import('../../web/types').HallEvent} event
   */
  news(event) {
    if (!this.ticket || !('ticket' in event) || event.ticket !== this.ticket.id) {
      return;
    }
    if (event.kind === 'print_failed') {
      const first = this.paperComes();
      this.paperNews = event.error === 'paper_out' ? 'paper_out' : 'failed';
      if (first) {
        this.extend(); // the spool tries again and again; the next visitor must not wait for that
      }
    } else if (event.kind === 'print_moved') {
      this.paperNews = 'moved';
      this.place = event.place;
    } else if (event.kind === 'printed' && this.paperNews !== 'moved' && this.paperNews !== 'copied') {
      this.paperNews = '';
    }
    this.render();
  }

  /** @private Another paper, once; the server marks it as a copy. */
  async copy() {
    const { ticket } = this;
    if (!ticket || this.paperNews === 'copied') {
      return;
    }
    this.paperNews = 'copied';
    this.render();
    try {
      await post(`/api/tickets/${encodeURIComponent(ticket.id)}/reprint`, {}, {
        as: 'kiosk',
        idempotencyKey: newKey(),
        retries: 1,
      });
    } catch (error) {
      this.paperNews = 'failed';
      this.render();
    }
  }

  /** What is said aloud; the number letter by letter, so that it is understood. */
  spoken() {
    const { ticket } = this;
    if (!ticket) {
      return '';
    }
    const label = ticket.label.split('').join(' ');
    const intro = t('Your number');
    return [
      `${intro}: ${label}`,
      this.serviceName(),
      this.ahead.innerText.replace(/([.?!,;:]?)\s*\n\s*/g, (_, sign) => `${sign || ','} `),
      this.paper.innerText,
      t('Please take a seat and make yourself comfortable.'),
    ]
      .map((each) => each.replace(/[.\s]+$/, ''))
      .join('. ');
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
    say(this.service, this.serviceName());
    fill(this.ahead, ...aheadWords(ticket, this.attended, this.of));
    say(this.sit, t('Please take a seat and make yourself comfortable.'));
    const words = this.paperWords();
    const comes = this.paperComes();
    fill(this.paper, icon(comes ? 'paper' : 'camera'), el('span', {}, words));
    this.again.hidden = !comes || this.paperNews === 'copied';
    say(this.again, t('Print again'));
    const bring = this.of ? this.of.requirements[language()] || this.of.requirements.id || [] : [];
    this.needs.hidden = bring.length === 0;
    say(this.needs, t('Please have ready: {things}', { things: bring.join(', ') }));
    this.qr.alt = t('Code to follow your place in the queue on your phone');
    say(this.qrText, t('Scan to follow the queue on your phone'));
    say(this.done, t('Done'));
    this.renderCount();
    this.below.check();
  }

  /** @private */
  serviceName() {
    return this.of ? pick(this.of.names, this.of.name) : '';
  }

  /** @private @returns {number} seconds without a touch after which the number leaves the screen */
  stay() {
    return (this.paperComes() ? STAY_S : PHOTO_S) * this.patience;
  }

  /** @private */
  paperComes() {
    const queued = this.ticket !== null && this.ticket.print.state === 'queued';
    return queued && this.paperNews !== 'failed' && this.paperNews !== 'paper_out';
  }

  /** @private */
  paperWords() {
    const photo = t('Please photograph this screen; your number stays valid.');
    if (this.paperNews === 'paper_out') {
      return t('The paper has run out. Please photograph this screen; your number stays valid.');
    }
    if (this.paperNews === 'failed') {
      return t('The printer is not working just now. Please photograph this screen; your number stays valid.');
    }
    if (this.paperNews === 'moved') {
      return t('Your paper comes from the printer "{place}".', { place: this.place });
    }
    if (this.paperNews === 'copied') {
      return t('Another paper is coming, marked as a copy.');
    }
    return this.ticket && this.ticket.print.state === 'queued' ? t('Please take your paper ticket.') : photo;
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
      this.left = this.stay();
      this.renderCount();
      this.restartLine();
    }
  }

  /** @private Starting a CSS animation again needs the class off for one layout. */
  restartLine() {
    this.line.style.animationDuration = `${this.stay()}s`;
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
 * @param {boolean} attended a counter that serves it is open
 * @param {import('../../web/types').Service | null} service
 * @returns {(Node | string)[]}
 */
function aheadWords(ticket, attended, service) {
  const range = waitRange(ticket.estimate);
  const noted = ticket.priority === 'priority' ? [el('span', { class: 'noted' }, t('Priority is noted.'))] : [];
  if (!attended) {
    const first = ticket.ahead === 0 ? t('You are first in line.') : tn('{n} person ahead of you', '{n} people ahead of you', ticket.ahead);
    return [el('b', {}, first), el('span', { class: 'range' }, notOpenYet(service ? service.starts : null)),
      ...(range && ticket.ahead ? [' ', el('span', { class: 'range' }, range)] : []), ...noted];
  }
  if (ticket.ahead === 0) {
    return [el('b', {}, t('You are next.')), ...noted];
  }
  if (ticket.priority === 'priority') {
    const words = el('b', {}, t('Your number goes ahead.'));
    return range ? [words, el('span', { class: 'range' }, range)] : [words];
  }
  const ahead = el('b', {}, tn('{n} person ahead of you', '{n} people ahead of you', ticket.ahead));
  return range ? [ahead, el('span', { class: 'range' }, range)] : [ahead];
}

customElements.define('kiosk-ticket', TicketScreen);
