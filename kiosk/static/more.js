/** Owns `<kiosk-more>`: a button that leads to what lies below the edge of a list, dialog or ticket. */

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
    this.kind = /** @type {'services' | 'offices' | 'words'} */ ('services');
    this.button = el('button', { class: 'button quiet', type: 'button', onclick: () => this.go() }, this.text, icon('down'));
  }

  connectedCallback() {
    this.hidden = true;
    this.append(this.button);
  }

  /** @param {HTMLElement} list the element that scrolls */
  watch(list) {
    this.list = this.list || list;
    list.addEventListener('scroll', () => this.tell(), { passive: true });
    new ResizeObserver(() => this.check()).observe(list);
    languageChanges.addEventListener('change', () => this.check());
  }

  /**
   * @param {HTMLElement} list the one of the watched that is on the screen
   * @param {'services' | 'offices' | 'words'} kind
   */
  watchOn(list, kind) {
    this.list = list;
    this.kind = kind;
    this.check();
  }

  /** Look whether something is hidden; call after the list changed. */
  check() {
    const { list } = this;
    if (!list) {
      return;
    }
    const at = list.scrollTop;
    this.hidden = true; // it takes room itself: it goes as soon as everything fits without it
    const overflows = list.clientHeight > 0 && list.scrollHeight - list.clientHeight > NEAR_PX;
    this.hidden = list.hidden || !overflows;
    list.scrollTop = at;
    // text that scrolls must be reached by keys too; other text is no stop on the way
    if (this.kind === 'words') {
      list.tabIndex = this.hidden ? -1 : 0;
    }
    this.tell();
  }

  /** @private Say where the rest is. */
  tell() {
    const { list } = this;
    if (list) {
      const atEnd = list.scrollTop >= list.scrollHeight - list.clientHeight - NEAR_PX;
      this.classList.toggle('back', atEnd);
      say(this.text, wordsOf(this.kind, atEnd));
    }
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

/**
 * @param {'services' | 'offices' | 'words'} kind
 * @param {boolean} atEnd
 */
function wordsOf(kind, atEnd) {
  switch (kind) {
    case 'offices':
      return atEnd ? t('Back to the first offices') : t('More offices below');
    case 'services':
      return atEnd ? t('Back to the first services') : t('More services below');
    default:
      return atEnd ? t('Back to the top') : t('More below');
  }
}

/**
 * Give a scroller of a dialog or a ticket its button.
 *
 * @param {HTMLElement} list
 * @returns {More}
 */
export function moreOf(list) {
  const more = new More();
  more.kind = 'words';
  more.watch(list);
  return more;
}

customElements.define('kiosk-more', More);
