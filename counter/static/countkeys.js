/**
 * Owns `<counter-unnumbered>`: visitors without a number, counted by one key for each kind; on the
 * counter page and the host's. Give it the `hall` and the `kinds`. Fires `told` when one was refused.
 *
 * @typedef {import('/web/staff/hall.js').StaffHall} StaffHall
 * @typedef {import('../../web/types').Kind} Kind
 */

import { el, fill, say } from '/web/dom.js';
import { number, pick, t, tn } from '/web/i18n.js';
import { isShortcut, shortcuts } from '/counter/keys.js';
import { refusalOf } from '/web/staff/refusal.js';
import { View, part } from '/web/staff/view.js';

/** Letters that no action has as delivered, one for each kind there can be. */
const KEYS = Array.from('vwxycdefg');
/** So fast only a scanner types. */
const HAND_MS = 80;
const UNDO_MS = 15000;

export class Unnumbered extends View {
  hall = /** @type {StaffHall} */ (/** @type {any} */ (null));
  /** @type {Kind[]} */
  kinds = [];
  last = '';
  timer = 0;
  typed = -Infinity;

  /** @override */
  build() {
    this.setAttribute('role', 'group');
    this.setAttribute('aria-label', t('Without a number'));
    fill(this,
      el('div', { class: 'unnumbered-head' },
        el('p', { class: 'strong' }, t('Without a number')),
        el('button', { type: 'button', class: 'button quiet small', 'data-part': 'uncount', hidden: true, onclick: () => this.count(this.last, true) }, t('Undo'))),
      el('div', { class: 'unnumbered-keys' }, ...this.kinds.map((kind, place) => {
        const key = keyAt(place);
        // the count stands beside the button: two quick touches of one that says the same are two visitors
        return el('div', { class: 'unnumbered-key', 'data-kind': kind.code },
          el('button', { type: 'button', class: 'button quiet', onclick: () => this.count(kind.code) },
            el('span', {}, pick(kind.names, kind.code)), key ? el('kbd', { 'aria-hidden': 'true' }, key.toUpperCase()) : null),
          el('b', { class: 'number' }));
      })),
      el('p', { class: 'hidden-visually', role: 'status' }));
    this.hidden = this.kinds.length === 0;
    this.follow(this.hall, 'change', () => this.render());
    this.follow(document, 'keydown', (event) => this.key(event));
  }

  /** @override */
  render() {
    for (const each of Array.from(this.querySelectorAll('[data-kind]'))) {
      say(part(each, 'b'), number(this.hall.door.counted[each.getAttribute('data-kind') || ''] || 0));
      /** @type {HTMLButtonElement} */ (part(each, 'button')).disabled = !this.hall.online;
    }
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key.length !== 1) {
      return;
    }
    const quick = event.timeStamp - this.typed < HAND_MS;
    this.typed = event.timeStamp;
    const place = KEYS.indexOf(event.key.toLowerCase());
    if (!quick && place >= 0 && place < this.kinds.length && keyAt(place) && isShortcut(event)) {
      event.preventDefault();
      this.count(this.kinds[place].code);
    }
  }

  /**
   * @param {string} what
   * @param {boolean} [undo]
   */
  async count(what, undo = false) {
    const refused = await refusalOf(() => this.hall.command('/api/reception/count', { what, undo }));
    if (refused) {
      this.dispatchEvent(new CustomEvent('told', { detail: refused }));
      return;
    }
    this.last = undo ? '' : what;
    part(this, '[data-part="uncount"]').hidden = undo;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => { part(this, '[data-part="uncount"]').hidden = true; }, UNDO_MS);
    const kind = this.kinds.find((each) => each.code === what);
    const name = kind ? pick(kind.names, kind.code) : what;
    const today = tn('{n} today', '{n} today', this.hall.door.counted[what] || 0);
    say(part(this, '[role="status"]'), undo ? t('Taken back: {name}', { name }) : `${name}: ${today}`);
  }
}

/**
 * @param {number} place of a kind
 * @returns {string} its key; empty where another action has it or shortcuts are off
 */
function keyAt(place) {
  const { on, map } = shortcuts();
  const key = KEYS[place] || '';
  return on && !Object.values(map).includes(key) ? key : '';
}

customElements.define('counter-unnumbered', Unnumbered);
