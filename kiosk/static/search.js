/**
 * Owns `<kiosk-search>`: finding one of many services by a word, with keys on the screen, because
 * a kiosk has none. Looks at names, agencies and what to bring, in every language; accents and
 * case do not matter. Fires `search` with the words.
 *
 * @typedef {import('../../web/types').Service} Service
 * @typedef {import('../../web/types').Agency} Agency
 */

import { el, say } from '/web/dom.js';
import { languageChanges, t, tn } from '/web/i18n.js';
import { icon } from '/web/icons.js';
import { HelpButton } from '/kiosk/help.js';
import { ScreenKeys } from '/kiosk/screenkeys.js';

const LONGEST = 30;
/** So many results stand beside the keys even on the smallest screen. */
const FEW_FOUND = 3;

export class Search extends HTMLElement {
  constructor() {
    super();
    this.words = '';
    this.input = el('input', { class: 'input', type: 'text', autocomplete: 'off', maxLength: LONGEST, id: 'search-words', inputMode: 'none' });
    this.leaveText = el('span');
    this.leave = el('button', { class: 'button quiet', type: 'button', onclick: () => this.close() }, icon('back'), this.leaveText);
    this.found = el('p', { class: 'found', role: 'status' });
    this.count = 0;
    this.fold = el('button', { class: 'button quiet fold', type: 'button', onclick: () => this.setFolded(!this.folded) });
    this.keys = new ScreenKeys((sign) => this.type(sign), () => this.set(this.input.value.slice(0, -1)));
  }

  connectedCallback() {
    this.hidden = true;
    this.append(el('div', { class: 'search-line' }, this.leave, this.input, this.fold, this.found, new HelpButton()), this.keys.node);
    this.input.addEventListener('input', () => this.set(this.input.value));
    this.input.addEventListener('pointerdown', () => this.setFolded(false));
    languageChanges.addEventListener('change', () => this.render());
    this.render();
  }

  /** @returns {boolean} whether the keys made room for what was found; only small screens need it */
  get folded() {
    return this.classList.contains('folded');
  }

  /** @param {boolean} folded */
  setFolded(folded) {
    this.classList.toggle('folded', folded);
    this.renderFold();
    this.dispatchEvent(new Event('search'));
  }

  open() {
    this.hidden = false;
    this.setFolded(false);
    this.set('');
    this.input.focus();
  }

  close() {
    this.hidden = true;
    this.set('');
  }

  /** @param {number} count how many services fit */
  tell(count) {
    let words = tn('{n} service fits', '{n} services fit', count);
    if (!this.words) {
      words = t('Type a word, such as "KTP"');
    } else if (count === 0) {
      words = t('Nothing found yet. Our staff are happy to help.');
    }
    say(this.found, words);
    this.count = count;
    this.renderFold();
  }

  /** @private */
  renderFold() {
    const large = (document.documentElement.dataset.text || 'normal') !== 'normal';
    this.fold.hidden = !this.folded && this.count <= (large ? 0 : FEW_FOUND);
    say(this.fold, this.folded ? t('Keyboard') : t('Show all {n}', { n: String(this.count) }));
  }

  /**
   * @private
   * @param {string} sign
   */
  type(sign) {
    this.set((this.input.value + sign).slice(0, LONGEST));
  }

  /**
   * @private
   * @param {string} words
   */
  set(words) {
    this.input.value = words;
    this.words = plain(words);
    this.dispatchEvent(new Event('search'));
  }

  /** @private */
  render() {
    say(this.leaveText, t('Back'));
    this.input.setAttribute('aria-label', t('Search for a service'));
    this.keys.render();
    this.renderFold();
  }
}

/**
 * @param {Service} service
 * @param {Agency | undefined} agency
 * @param {string} words as `plain` gives them; every one must be found
 * @returns {boolean}
 */
export function fits(service, agency, words) {
  const text = plain(
    [
      service.code,
      ...Object.keys(service.names).map((lang) => service.names[lang]),
      ...(agency ? Object.keys(agency.names).map((lang) => agency.names[lang]) : []),
      ...Object.keys(service.requirements).map((lang) => service.requirements[lang].join(' ')),
    ].join(' '),
  );
  return words.split(' ').every((word) => text.includes(word));
}

/**
 * @param {string} text
 * @returns {string} small letters without accents and signs
 */
export function plain(text) {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

customElements.define('kiosk-search', Search);
