/** Owns the keys on the screen, because a kiosk has none: letters, a space, and one to erase. */

import { el } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { icon } from '/web/icons.js';

const KEYS = 'qwertyuiopasdfghjklzxcvbnm';

export class ScreenKeys {
  /**
   * @param {(sign: string) => void} type
   * @param {() => void} erase
   */
  constructor(type, erase) {
    this.space = el('button', { class: 'button quiet space', type: 'button', onclick: () => type(' ') }, '␣');
    this.erase = el('button', { class: 'button quiet', type: 'button', onclick: erase }, icon('erase'));
    this.node = el('div', { class: 'search-keys', role: 'group' },
      ...Array.from(KEYS, (sign) => el('button', { class: 'button quiet', type: 'button', onclick: () => type(sign) }, sign.toUpperCase())),
      this.space, this.erase);
    this.render();
  }

  /** Say what the keys are, in the language of the page. */
  render() {
    this.node.setAttribute('aria-label', t('Keyboard'));
    this.space.setAttribute('aria-label', t('Space'));
    this.erase.setAttribute('aria-label', t('Erase the last letter'));
  }
}
