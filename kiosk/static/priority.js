/** Owns `<kiosk-priority>`: a kind question; touched, the next number goes ahead. The reason is never asked. */

import { el, say } from '/web/dom.js';
import { languageChanges, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';

export class PriorityToggle extends HTMLElement {
  constructor() {
    super();
    this.on = false;
    this.title_ = el('b');
    this.text = el('span');
    this.mark = el('span', { class: 'mark', 'aria-hidden': 'true' }, icon('check'));
    this.button = el(
      'button',
      { class: 'priority', type: 'button', 'aria-pressed': 'false', onclick: () => this.set(!this.on) },
      icon('heart'),
      el('span', { class: 'words' }, this.title_, this.text),
      this.mark,
    );
  }

  connectedCallback() {
    this.append(this.button);
    languageChanges.addEventListener('change', () => this.render());
    this.render();
  }

  /** @param {boolean} on */
  set(on) {
    if (this.on !== on) {
      this.on = on;
      this.render();
    }
  }

  /** @private */
  render() {
    this.button.setAttribute('aria-pressed', String(this.on));
    say(this.title_, this.on ? t('Your next number goes ahead') : t('Senior, expecting or nursing, with a disability or a baby?'));
    say(
      this.text,
      this.on
        ? t('Now choose your service. Touch here to undo.')
        : t('You may go first: touch here.'),
    );
  }
}

customElements.define('kiosk-priority', PriorityToggle);
