/**
 * Owns `<kiosk-options>`: how the visitor wants the screen: larger text, everything lower down,
 * spoken guidance. Keys: F2 speech, F3 contrast, F4 text, F6 low reach. Fires `change`.
 */

import { NextLanguage } from '/kiosk/look.js';
import { moreOf } from '/kiosk/more.js';
import { openDialog } from '/web/dialogs.js';
import { el, say } from '/web/dom.js';
import { languageChanges, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';

const SIZES = ['normal', 'large', 'largest'];

export class Options extends HTMLElement {
  constructor() {
    super();
    this.size = 0;
    this.low = false;
    this.spoken = false;
    /** Which voice speaks; set by the page. */
    this.source = () => 'clips';
    this.openWords = el('span', { class: 'words' });
    this.opener = el('button', { class: 'button quiet', type: 'button', onclick: () => this.open() }, icon('settings'), this.openWords);
    this.heading = el('h2', { id: 'options-title' });
    this.text = this.choice('text', () => this.setSize((this.size + 1) % SIZES.length));
    this.reach = this.choice('low', () => this.setLow(!this.low));
    this.voice = this.choice('sound', () => this.setSpoken(!this.spoken));
    this.done = el('button', { class: 'button large', type: 'button', onclick: () => this.dialog.close() });
    this.lines = el('div', { class: 'lines stack' }, this.text.button, this.reach.button, this.voice.button);
    this.below = moreOf(this.lines);
    this.dialog = el(
      'dialog',
      { class: 'notice', 'aria-labelledby': 'options-title' },
      el('div', { class: 'notice-head' }, this.heading, new NextLanguage()),
      this.lines,
      el('div', { class: 'ask-end' }, this.below, this.done),
    );
  }

  connectedCallback() {
    this.append(this.opener);
    document.body.append(this.dialog); // outside the low bar, whose buttons look otherwise
    languageChanges.addEventListener('change', () => this.render());
    this.dialog.addEventListener('click', (event) => {
      if (event.target === this.dialog) {
        this.dialog.close();
      }
    });
    this.render();
  }

  /**
   * @private
   * @param {Parameters<typeof icon>[0]} sign
   * @param {() => void} change
   */
  choice(sign, change) {
    const title = el('b');
    const more = el('span');
    const button = el('button', { class: 'option', type: 'button', onclick: change }, icon(sign), el('span', { class: 'words' }, title, more));
    return { button, title, more };
  }

  open() {
    this.render(); // voices of a browser come late
    openDialog(this.dialog);
    this.text.button.focus();
    this.below.check();
  }

  /** Back to the office's own look. */
  reset() {
    if (this.dialog.open) {
      this.dialog.close();
    }
    this.setSize(0);
    this.setLow(false);
    this.setSpoken(false);
  }

  nextSize() {
    this.setSize((this.size + 1) % SIZES.length);
  }

  /** @param {number} size */
  setSize(size) {
    this.size = size;
    document.documentElement.dataset.text = SIZES[size];
    this.changed();
  }

  /** @param {boolean} low */
  setLow(low) {
    this.low = low;
    document.documentElement.dataset.reach = low ? 'low' : 'normal';
    this.changed();
  }

  /** @param {boolean} spoken */
  setSpoken(spoken) {
    this.spoken = spoken;
    this.changed();
  }

  /** @private */
  changed() {
    this.render();
    this.dispatchEvent(new Event('change'));
  }

  /** @private */
  render() {
    say(this.openWords, t('Text and voice'));
    say(this.heading, t('How would you like the screen?'));
    say(this.text.title, t('Larger text'));
    say(this.text.more, [t('Now: normal'), t('Now: large'), t('Now: largest')][this.size]);
    this.text.button.setAttribute('aria-pressed', String(this.size > 0));
    say(this.reach.title, t('Everything lower down'));
    say(this.reach.more, t('For visitors in a wheelchair, and children'));
    this.reach.button.setAttribute('aria-pressed', String(this.low));
    say(this.voice.title, t('Spoken guidance'));
    const source = this.source() === 'browser' ? t('voice: this device') : t('voice: recorded sentences');
    say(this.voice.more, `${t('Reads the screen aloud; works with keys alone')} (${source})`);
    this.voice.button.setAttribute('aria-pressed', String(this.spoken));
    say(this.done, t('Done'));
    this.below.check();
  }
}

customElements.define('kiosk-options', Options);
