/** Owns `<ramah-languages>` and `<ramah-contrast>`: how a visitor sets up the screen for themself. */

import { el, fill, say } from '/web/dom.js';
import { language, languageChanges, ownName, setLanguage, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';

export class LanguageSwitch extends HTMLElement {
  connectedCallback() {
    this.setAttribute('role', 'group');
    languageChanges.addEventListener('change', () => this.render());
    this.render();
  }

  /** @private */
  render() {
    const offered = (document.documentElement.dataset.languages || 'id en').split(' ');
    this.setAttribute('aria-label', t('Language'));
    if (this.children.length !== offered.length) {
      fill(this, ...offered.map((lang) => this.button(lang)));
    }
    for (const button of this.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(button.lang === language()));
    }
  }

  /**
   * @private
   * @param {string} lang
   */
  button(lang) {
    const remember = this.hasAttribute('remember');
    const choose = () => setLanguage(lang, { remember });
    return el('button', { class: 'button quiet', type: 'button', lang, onclick: choose }, ownName(lang));
  }
}

export class ContrastSwitch extends HTMLElement {
  constructor() {
    super();
    this.text = el('span');
  }

  connectedCallback() {
    this.button = el(
      'button',
      { class: 'button quiet', type: 'button', onclick: () => this.toggle() },
      icon('contrast'),
      this.text,
    );
    this.append(this.button);
    languageChanges.addEventListener('change', () => this.render());
    this.render();
  }

  /** Back to the office's own look. */
  reset() {
    delete document.documentElement.dataset.contrast;
    this.render();
  }

  /** High contrast on or off. */
  toggle() {
    const root = document.documentElement;
    if (root.dataset.contrast === 'high') {
      delete root.dataset.contrast;
    } else {
      root.dataset.contrast = 'high';
    }
    this.render();
  }

  /** @private */
  render() {
    say(this.text, t('High contrast'));
    if (this.button) {
      const high = document.documentElement.dataset.contrast === 'high';
      this.button.setAttribute('aria-pressed', String(high));
    }
  }
}

customElements.define('ramah-languages', LanguageSwitch);
customElements.define('ramah-contrast', ContrastSwitch);
