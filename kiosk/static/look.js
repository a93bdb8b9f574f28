/**
 * Owns what a visitor made of the screen: language, contrast, letters, reach, speech. It goes with
 * its visitor when the number leaves the screen, and stays for one more number where a touch asks.
 * Also owns `<kiosk-keep>`, that touch, and `<kiosk-language>`, one button for the next language.
 */

import { el, fill, say } from '/web/dom.js';
import { language, languageChanges, ownName, setLanguage, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';

const home = document.documentElement.lang;

/** @returns {string} the language offered after this one */
export function nextLanguage() {
  const offered = (document.documentElement.dataset.languages || 'id en').split(' ');
  return offered[(offered.indexOf(language()) + 1) % offered.length];
}

export class Look {
  /**
   * @param {import('/kiosk/options.js').Options} options
   * @param {import('/web/switches.js').ContrastSwitch} contrast
   * @param {Keep} keep
   */
  constructor(options, contrast, keep) {
    this.options = options;
    this.contrast = contrast;
    this.keep = keep;
  }

  /** Whether a visitor made it another than the office's. */
  get own() {
    const { options } = this;
    const high = document.documentElement.dataset.contrast === 'high';
    return high || options.size > 0 || options.low || options.spoken || language() !== home;
  }

  /** The visitor is done: back to the office's look, unless one more number was asked for like this. */
  leave() {
    if (this.keep.on) {
      this.keep.set(false);
    } else {
      this.reset();
    }
  }

  reset() {
    this.keep.set(false);
    this.contrast.reset();
    this.options.reset();
    if (language() !== home) {
      setLanguage(home);
    }
  }
}

export class Keep extends HTMLElement {
  constructor() {
    super();
    this.on = false;
    this.words = el('span');
    this.more = el('span', { class: 'hidden-visually' });
    this.button = el('button', { class: 'button quiet', type: 'button', onclick: () => this.set(!this.on) }, icon('pin'), this.words, ' ', this.more);
  }

  connectedCallback() {
    this.hidden = true;
    this.append(this.button);
    languageChanges.addEventListener('change', () => this.render());
    this.render();
  }

  /** @param {boolean} on */
  set(on) {
    this.on = on;
    this.render();
  }

  /** @private */
  render() {
    this.button.setAttribute('aria-pressed', String(this.on));
    say(this.words, t('Keep this look'));
    say(this.more, t('for the next number'));
  }
}

export class NextLanguage extends HTMLElement {
  constructor() {
    super();
    this.button = el('button', { class: 'button quiet', type: 'button', onclick: () => setLanguage(nextLanguage()) });
  }

  connectedCallback() {
    if (!this.button.parentNode) {
      this.append(this.button);
      languageChanges.addEventListener('change', () => this.render());
    }
    this.render();
  }

  /** @private */
  render() {
    const next = nextLanguage();
    this.hidden = next === language();
    fill(this.button, icon('globe'), el('span', { lang: next }, ownName(next)));
  }
}

customElements.define('kiosk-keep', Keep);
customElements.define('kiosk-language', NextLanguage);
