/**
 * Owns `<kiosk-notice>`: what happens next when a service gives no numbers now, or when something
 * did not work. Closes by a touch, or by itself.
 *
 * @typedef {import('../../web/types').Service} Service
 */

import { el, fill, say } from '/web/dom.js';
import { language, languageChanges, pick, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';
import { HelpButton } from '/kiosk/help.js';
import { NextLanguage } from '/kiosk/look.js';
import { moreOf } from '/kiosk/more.js';
import { openDialog } from '/web/dialogs.js';
import { openingTime } from '/web/waits.js';

const STAY_MS = 30000;

export class Notice extends HTMLElement {
  constructor() {
    super();
    this.timer = 0;
    /** How many times longer it stays, for visitors who need more time. */
    this.patience = 1;
    this.heading = el('h2', { id: 'notice-title' });
    this.lines = el('div', { class: 'stack lines' });
    this.button = el('button', { class: 'button large', type: 'button', autofocus: true, onclick: () => this.close() });
    this.help = new HelpButton();
    this.below = moreOf(this.lines);
    /** Says it again, in another language. */
    this.again = () => {};
    this.dialog = el(
      'dialog',
      { class: 'notice', 'aria-labelledby': 'notice-title' },
      el('div', { class: 'notice-head' }, this.heading, new NextLanguage()),
      this.lines,
      el('div', { class: 'ask-end' }, this.below, this.help, this.button),
    );
  }

  connectedCallback() {
    this.append(this.dialog);
    languageChanges.addEventListener('change', () => this.dialog.open && this.again());
    for (const kind of ['pointerdown', 'keydown']) {
      this.dialog.addEventListener(kind, () => this.stay());
    }
    this.dialog.addEventListener('click', (event) => {
      if (event.target === this.dialog) {
        this.close();
      }
    });
  }

  /**
   * Tell when a service opens again, and what to bring then.
   *
   * @param {Service} service
   * @param {number} now
   */
  showService(service, now) {
    this.again = () => this.showService(service, now);
    const bring = service.requirements[language()] || service.requirements.id || [];
    /** @type {HTMLElement[]} */
    const lines = [el('p', { class: 'big' }, whatNext(service, now))];
    if (service.paused) {
      lines.push(el('p', { class: 'soft' }, t('Those who already have a number keep their place.')));
    }
    lines.push(el('p', { class: 'soft' }, t('Our staff are happy to help if you have a question.')));
    if (bring.length) {
      lines.push(el('h3', {}, t('Good to bring')));
      lines.push(el('ul', { class: 'bring' }, ...bring.map((one) => el('li', {}, icon('check'), one))));
    }
    this.show(pick(service.names, service.name), lines);
  }

  /**
   * @param {string} sentence
   * @param {string} [more] what became of the number, where that is not plain
   */
  showTrouble(sentence, more = t('No number was taken. Our staff are happy to help.')) {
    this.again = () => {};
    this.show(t('Not quite yet'), [
      el('p', { class: 'big' }, sentence),
      el('p', { class: 'soft' }, more),
    ]);
  }

  /** @private Stay for a while from now on; each touch gives the whole time again. */
  stay() {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.close(), STAY_MS * this.patience);
  }

  close() {
    window.clearTimeout(this.timer);
    if (this.dialog.open) {
      this.dialog.close();
    }
  }

  /**
   * @private
   * @param {string} title
   * @param {HTMLElement[]} lines
   */
  show(title, lines) {
    say(this.heading, title);
    fill(this.lines, ...lines);
    say(this.button, t('Back'));
    this.stay();
    if (!this.dialog.open) {
      openDialog(this.dialog);
      this.button.focus({ preventScroll: true });
    }
    this.dialog.scrollTop = 0;
    this.lines.scrollTop = 0;
    this.below.check();
  }
}

/**
 * @param {Service} service
 * @param {number} now
 */
function whatNext(service, now) {
  if (service.paused) {
    return pick(service.notices, service.notice || '') || t('This service is taking a short pause. Those who wait keep their place.');
  }
  const when = service.next_opening ? openingTime(service.next_opening, now) : '';
  if (service.reason === 'quota') {
    return when
      ? t('All numbers for today are taken. New ones are given {when}.', { when })
      : t('All numbers for today are taken. Please come again on the next working day.');
  }
  if (service.reason === 'last_ticket') {
    return when
      ? t('The last number for today has been given; we serve those who still wait. Next numbers {when}.', { when })
      : t('The last number for today has been given; we serve those who still wait.');
  }
  if (when) {
    return t('Closed right now. We open again {when}.', { when });
  }
  return t('Closed right now. Please ask our staff when we open again.');
}

customElements.define('kiosk-notice', Notice);
