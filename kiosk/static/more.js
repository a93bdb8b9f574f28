/** Owns `<kiosk-more>`: a button that leads to the services below the edge of the screen. */

import { el, say } from '/web/dom.js';
import { languageChanges, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';

const NEAR_PX = 12;

export class More extends HTMLElement {
  constructor() {
    super();
    /** @type {HTMLElement | null} */
    this.list = null;
    this.text = el('span');
    /** What is below the edge, for the words on the button. */
    this.kind = /** @type {'services' | 'offices'} */ ('services');
    this.button = el('button', { class: 'button quiet', type: 'button', onclick: () => this.go() }, this.text, icon('down'));
  }

  connectedCallback() {
    this.hidden = true;
    this.append(this.button);
  }

  /** @param {HTMLElement} list the element that scrolls */
  watch(list) {
    this.list = this.list || list;
    list.addEventListener('scroll', () => this.check(), { passive: true });
    window.addEventListener('resize', () => this.check());
    languageChanges.addEventListener('change', () => this.check());
  }

  /**
   * @param {HTMLElement} list the one of the watched that is on the screen
   * @param {'services' | 'offices'} kind
   */
  watchOn(list, kind) {
    this.list = list;
    this.kind = kind;
  }

  /** Look whether something is hidden; call after the list changed. */
  check() {
    const { list } = this;
    if (!list) {
      return;
    }
    const hidden = list.scrollHeight - list.clientHeight;
    // this button takes room itself: it goes as soon as everything fits without it
    const own = this.hidden ? 0 : this.getBoundingClientRect().bottom - list.getBoundingClientRect().bottom;
    const overflows = this.hidden ? hidden > NEAR_PX : hidden > own;
    this.hidden = list.hidden || !overflows;
    const atEnd = list.scrollTop >= hidden - NEAR_PX;
    this.classList.toggle('back', atEnd);
    const offices = this.kind === 'offices';
    const below = offices ? t('More offices below') : t('More services below');
    const first = offices ? t('Back to the first offices') : t('Back to the first services');
    say(this.text, atEnd ? first : below);
  }

  /** @private One screenful on, or back to the top. */
  go() {
    const { list } = this;
    if (list) {
      const back = this.classList.contains('back');
      list.scrollTop = back ? 0 : list.scrollTop + list.clientHeight * 0.85;
    }
  }
}

customElements.define('kiosk-more', More);
