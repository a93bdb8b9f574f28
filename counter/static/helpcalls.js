/**
 * Owns `<counter-help>`: a visitor asks for a person at the kiosk. Everybody at a counter sees and
 * hears it until somebody says that they go; give it the `hall`. Fires `told` with a sentence when
 * the answer was refused.
 *
 * @typedef {import('/web/staff/hall.js').StaffHall} StaffHall
 * @typedef {StaffHall['help'][number]} Help
 */

import { el, fill, say } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { ring } from '/web/staff/bell.js';
import { minutes, secondsSince } from '/web/staff/format.js';
import { icon } from '/web/staff/icons.js';
import { refusalOf } from '/web/staff/refusal.js';
import { View, keepList, part } from '/web/staff/view.js';

/** Soft, and seldom enough that it disturbs no conversation. */
const RING_MS = 20000;

export class HelpCalls extends View {
  hall = /** @type {StaffHall} */ (/** @type {any} */ (null));

  /** @override */
  build() {
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', t('Somebody asks for a person'));
    fill(this,
      el('h2', {}, icon('people'), t('Somebody asks for a person')),
      el('div', { role: 'status' }, el('ul', { class: 'help-calls' })));
    this.follow(this.hall, 'change', () => this.render());
    this.follow(this.hall, 'event', (event) => event.detail.kind === 'help_requested' && ring());
    this.every(10000, () => this.render());
    this.every(RING_MS, () => this.hall.help.length > 0 && ring());
  }

  /** @override */
  render() {
    const now = this.hall.now();
    const { help } = this.hall;
    this.hidden = help.length === 0;
    keepList(part(this, 'ul'), help, (each) => each.id, (each) => this.asking(each),
      (item, each) => say(part(item, 'small'), minutes(secondsSince(each.at, now))));
  }

  /** @param {Help} each */
  asking(each) {
    return el('li', {},
      el('b', {}, each.place),
      el('small', {}),
      el('button', { type: 'button', class: 'button quiet', onclick: () => this.take(each) }, t('I am on my way'),
        el('span', { class: 'hidden-visually' }, ` ${each.place}`)));
  }

  /** @param {Help} each */
  async take(each) {
    const refused = await refusalOf(() => this.hall.command(`/api/help/${each.id}/take`));
    if (refused) {
      this.dispatchEvent(new CustomEvent('told', { detail: refused }));
    }
  }
}

customElements.define('counter-help', HelpCalls);
