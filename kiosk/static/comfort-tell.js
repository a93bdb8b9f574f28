/**
 * Owns what a visitor sees behind the QR on a wall: one touch tells what is wrong, a sentence may
 * follow. Below it, a colleague's phone is paired with a code.
 *
 * @typedef {import('../../web/types').Place} Place
 * @typedef {import('../../web/types').PlaceItem} PlaceItem
 */

import { LinkError, post, ProblemError } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { icon } from '/web/icons.js';
import { oneLine } from '/web/text.js';

const TIMEOUT_MS = 20000;

export class TellPanel {
  /**
   * @param {HTMLElement} root
   * @param {string} path the place's address in the API
   * @param {Place} place
   * @param {() => void} paired told when this phone has become a colleague's
   */
  constructor(root, path, place, paired) {
    this.root = root;
    this.path = path;
    this.place = place;
    this.paired = paired;
    /** What was told just now, by its code. */
    this.told = '';
    this.busy = false;
    this.trouble = el('p', { class: 'banner warn', role: 'alert', hidden: true });
  }

  render() {
    const { items, name } = this.place;
    const told = items.find((each) => each.code === this.told);
    this.trouble.hidden = true;
    fill(this.root,
      el('h1', { class: 'comfort-place' }, name),
      told ? this.thanks(told) : el('p', { class: 'comfort-ask', id: 'ask' }, t('Is something not well here? Touch it, and we come.')),
      el('ul', { class: 'comfort-items', 'aria-label': t('What is not well?') }, ...items.map((each) => el('li', {}, this.item(each)))),
      this.trouble,
      el('p', { class: 'soft' }, t('No name is asked for. Please write no names or phone numbers.')),
      this.pairing());
    const head = told && this.root.querySelector('.comfort-thanks h2');
    if (head instanceof HTMLElement) {
      head.tabIndex = -1;
      head.focus();
    }
  }

  /** @param {PlaceItem} each */
  item(each) {
    const known = each.state !== null;
    return el('button', {
      type: 'button', class: 'button quiet comfort-item', 'data-item': each.code, 'data-state': each.state || '',
      onclick: () => this.tell(each.code, ''),
    }, el('b', {}, each.name), known ? el('small', {}, icon('check'), stateWords(each.state)) : null);
  }

  /** @param {PlaceItem} told */
  thanks(told) {
    const text = el('textarea', { rows: 2, maxLength: 200, id: 'more' });
    return el('section', { class: 'comfort-thanks' },
      el('h2', {}, icon('heart'), t('Thank you. We have been told: {item}', { item: told.name })),
      el('label', { class: 'field', for: 'more' }, el('span', {}, t('Would you like to add a sentence? (optional)')), text),
      el('button', { type: 'button', class: 'button', onclick: () => oneLine(text.value) && this.tell(told.code, oneLine(text.value)) }, t('Send')));
  }

  /**
   * @param {string} item
   * @param {string} said
   */
  async tell(item, said) {
    if (this.busy) {
      return;
    }
    this.busy = true;
    try {
      this.place = await post(`${this.path}/tell`, { item, said }, { timeout: TIMEOUT_MS });
      this.told = said ? '' : item;
      this.render();
      if (said) {
        const ask = this.root.querySelector('.comfort-ask');
        if (ask instanceof HTMLElement) {
          say(ask, t('Thank you. Your words help us to mend it.'));
          ask.tabIndex = -1;
          ask.focus();
        }
      }
    } catch (error) {
      this.failed(error);
    }
    this.busy = false;
  }

  /** @param {unknown} error */
  failed(error) {
    if (!(error instanceof LinkError || error instanceof ProblemError)) {
      throw error;
    }
    say(this.trouble, error.detail);
    this.trouble.hidden = false;
  }

  pairing() {
    const code = el('input', { type: 'text', id: 'code', autocomplete: 'off', autocapitalize: 'characters', spellcheck: false, maxLength: 20 });
    const send = async (/** @type {Event} */ event) => {
      event.preventDefault();
      if (this.busy || !code.value.trim()) {
        return;
      }
      this.busy = true;
      try {
        await post('/api/pair', { code: code.value.trim() }, { timeout: TIMEOUT_MS });
        this.paired();
      } catch (error) {
        this.failed(error);
        this.trouble.scrollIntoView({ block: 'center' });
      }
      this.busy = false;
    };
    return el('details', { class: 'comfort-pair' },
      el('summary', {}, t('I work here')),
      el('form', { class: 'comfort-code', onsubmit: send },
        el('label', { class: 'field', for: 'code' }, el('span', {}, t('Code from the manager, once for this phone')), code),
        el('button', { type: 'submit', class: 'button' }, t('Connect'))));
  }
}

/** @param {PlaceItem['state']} state */
export function stateWords(state) {
  return state === 'working' ? t('We know: somebody is on it') : t('We know, and are coming');
}
