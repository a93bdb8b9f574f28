/**
 * Owns `<counter-help>`: a visitor asks for a person at the kiosk. Everybody at a counter sees and
 * hears it until somebody says that they go; give it the `hall`. Fires `told` with a sentence when
 * the answer was refused.
 *
 * @typedef {import('../../web/types').Help} Help
 */

import { get, LinkError, ProblemError } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { oneAtATime, soon } from '/web/soon.js';
import { ring } from '/counter/bell.js';
import { minutes, secondsSince } from '/counter/format.js';
import { icon } from '/counter/icons.js';
import { takeHelp } from '/counter/takehelp.js';
import { View, keepList, part } from '/counter/view.js';

const LOAD_MS = 250;
/** Soft, and seldom enough that it disturbs no conversation. */
const RING_MS = 20000;

export class HelpCalls extends View {
  hall = /** @type {import('/web/hall.js').Hall} */ (/** @type {any} */ (null));
  /** @type {Help[]} */
  help = [];
  load = oneAtATime(() => this.read());

  /** @override */
  build() {
    const load = soon(() => this.load(), LOAD_MS, this.ending.signal);
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', t('Somebody asks for a person'));
    fill(this,
      el('h2', {}, icon('people'), t('Somebody asks for a person')),
      el('div', { role: 'status' }, el('ul', { class: 'help-calls' })));
    this.follow(this.hall, 'snapshot', load);
    this.follow(this.hall, 'event', (event) => {
      if (event.detail.kind === 'help_requested') {
        ring();
        load();
      } else if (event.detail.kind === 'help_taken') {
        load();
      }
    });
    this.every(10000, () => this.render());
    this.every(RING_MS, () => this.help.length > 0 && ring());
    load();
  }

  /** @private */
  async read() {
    try {
      const told = /** @type {{requests: Help[]}} */ (await get('/api/help', { as: 'staff' }));
      this.help = told.requests;
      this.render();
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LinkError)) {
        throw error;
      }
    }
  }

  /** @override */
  render() {
    const now = this.hall.now();
    this.hidden = this.help.length === 0;
    keepList(part(this, 'ul'), this.help, (each) => each.id, (each) => this.asking(each),
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
    const refused = await takeHelp(each.id);
    if (refused) {
      this.dispatchEvent(new CustomEvent('told', { detail: refused }));
    }
    await this.load();
  }
}

customElements.define('counter-help', HelpCalls);
