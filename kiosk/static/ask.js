/**
 * Owns `<kiosk-ask>`: the one step between a service and its number, for services that need
 * papers: what to bring, going first, how many people. Everything has an answer already, so one
 * touch is enough. Fires `take` with `{priority, people}`; closing it takes nothing.
 *
 * @typedef {import('../../web/types').Service} Service
 */

import { el, fill, say } from '/web/dom.js';
import { language, languageChanges, pick, t, tn } from '/web/i18n.js';
import { icon } from '/web/icons.js';
import { HelpButton } from '/kiosk/help.js';
import { NextLanguage } from '/kiosk/look.js';
import { moreOf } from '/kiosk/more.js';
import { openDialog } from '/web/dialogs.js';

const MOST_PEOPLE = 20;

export class Ask extends HTMLElement {
  constructor() {
    super();
    /** @type {Service | null} */
    this.service = null;
    this.priority = false;
    this.people = 1;
    this.heading = el('h2', { id: 'ask-title', tabIndex: -1 });
    this.question = el('h3', { id: 'ask-question' });
    this.list = el('ul', { class: 'bring' });
    this.firstMark = el('span', { class: 'mark', 'aria-hidden': 'true' }, icon('check'));
    this.firstTitle = el('b');
    this.firstText = el('span');
    this.first = el(
      'button',
      { class: 'priority', type: 'button', onclick: () => this.toggle() },
      icon('heart'),
      el('span', { class: 'words' }, this.firstTitle, this.firstText),
      this.firstMark,
    );
    this.count = el('output', { class: 'people-count', 'aria-live': 'polite' });
    this.fewer = el('button', { class: 'button quiet', type: 'button', onclick: () => this.change(-1) }, icon('minus'));
    this.more = el('button', { class: 'button quiet', type: 'button', onclick: () => this.change(1) }, icon('plus'));
    this.peopleText = el('span', { class: 'people-text' });
    this.peopleRow = el('div', { class: 'people', role: 'group' }, this.peopleText, this.fewer, this.count, this.more);
    this.take = el('button', { class: 'button large', type: 'button', autofocus: true, onclick: () => this.done() });
    this.later = el('button', { class: 'button large quiet', type: 'button', onclick: () => this.close() });
    this.body = el(
      'div',
      { class: 'ask-body' },
      el('section', {}, this.question, this.list),
      el('section', { class: 'stack' }, this.first, this.peopleRow),
    );
    this.below = moreOf(this.body);
    this.dialog = el(
      'dialog',
      { class: 'notice ask', 'aria-labelledby': 'ask-title' },
      el('div', { class: 'notice-head' }, this.heading, new NextLanguage()),
      this.body,
      el('div', { class: 'ask-end' }, this.below, new HelpButton(), this.later, this.take),
    );
  }

  connectedCallback() {
    this.append(this.dialog);
    languageChanges.addEventListener('change', () => this.render());
    this.dialog.addEventListener('click', (event) => {
      if (event.target === this.dialog) {
        this.close();
      }
    });
  }

  /** @returns {boolean} */
  get open() {
    return this.dialog.open;
  }

  /**
   * @param {Service} service
   * @param {boolean} priority chosen before
   */
  show(service, priority) {
    this.service = service;
    this.priority = priority;
    this.people = 1;
    this.render();
    openDialog(this.dialog);
    this.take.focus({ preventScroll: true });
    this.dialog.scrollTop = 0; // what to bring is read before the number is taken
    this.body.scrollTop = 0;
    this.below.check();
    this.dispatchEvent(new Event('shown'));
  }

  close() {
    if (this.dialog.open) {
      this.dialog.close();
      this.dispatchEvent(new Event('closed'));
    }
  }

  /** @private */
  toggle() {
    this.priority = !this.priority;
    this.render();
  }

  /**
   * @private
   * @param {number} by
   */
  change(by) {
    this.people = Math.max(1, Math.min(MOST_PEOPLE, this.people + by));
    this.render();
  }

  /** @private */
  done() {
    const detail = { priority: this.priority, people: this.people };
    this.dialog.close();
    this.dispatchEvent(new CustomEvent('take', { detail }));
  }

  /** @private */
  render() {
    const { service } = this;
    if (!service) {
      return;
    }
    const bring = service.requirements[language()] || service.requirements.id || [];
    say(this.heading, pick(service.names, service.name));
    say(this.question, t('Do you have these with you?'));
    fill(this.list, ...bring.map((thing) => el('li', {}, icon('check'), thing)));
    this.first.setAttribute('aria-pressed', String(this.priority));
    say(this.firstTitle, this.priority ? t('Your number goes ahead') : t('Senior, expecting or nursing, with a disability or a baby?'));
    say(this.firstText, this.priority ? t('Touch here to undo.') : t('You may go first: touch here.'));
    say(this.peopleText, t('How many people come with this matter?'));
    this.peopleRow.setAttribute('aria-label', t('How many people come with this matter?'));
    say(this.count, tn('{n} person', '{n} people', this.people));
    this.fewer.setAttribute('aria-label', t('One person fewer'));
    this.more.setAttribute('aria-label', t('One person more'));
    this.fewer.setAttribute('aria-disabled', String(this.people <= 1));
    this.more.setAttribute('aria-disabled', String(this.people >= MOST_PEOPLE));
    say(this.take, t('Take a number'));
    say(this.later, t('Back'));
    this.below.check();
  }
}

customElements.define('kiosk-ask', Ask);
