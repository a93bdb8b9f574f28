/**
 * Owns `<staff-quiet-calls>`: who at a counter needs help without a sound, for those who direct the
 * hall. Rings whatever else is silent; stays until two persons say that it is over, or one says why.
 * Give it the `hall`.
 *
 * @typedef {import('../../types').QuietCall} QuietCall
 */

import { newKey, post } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { ring } from '/web/staff/bell.js';
import { minutes, secondsSince } from '/web/staff/format.js';
import { icon } from '/web/staff/icons.js';
import { oneLine } from '/web/text.js';
import { View, part } from '/web/staff/view.js';

const RING_MS = 15000;

export class QuietCalls extends View {
  /** @type {import('/web/staff/hall.js').StaffHall} */
  hall = /** @type {any} */ (null);
  shown = '';

  /** @override */
  build() {
    this.hidden = true;
    this.shown = '';
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', t('Quiet calls for help'));
    this.append(el('div', { role: 'alert', 'data-part': 'list' }), el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }));
    this.follow(this.hall, 'event', (event) => event.detail.kind === 'quiet_called' && ring());
    this.follow(this.hall, 'care', () => this.render());
    this.every(RING_MS, () => this.calls.some((each) => each.step === 'called') && ring());
    this.every(30000, () => this.render());
  }

  /** @returns {QuietCall[]} that are not over */
  get calls() {
    return this.hall.care ? this.hall.care.quiet_calls : [];
  }

  /** @override */
  render() {
    const now = this.hall.now();
    const signature = JSON.stringify(this.calls);
    this.hidden = this.calls.length === 0;
    if (signature !== this.shown) {
      this.shown = signature;
      fill(part(this, '[data-part="list"]'), ...this.calls.map((each) => this.card(each)));
    }
    this.calls.forEach((each) => {
      const since = this.querySelector(`[data-call="${each.id}"] small`);
      if (since) {
        say(since, t('since {long}', { long: minutes(secondsSince(each.at, now)) }));
      }
    });
  }

  /** @param {QuietCall} each */
  card(each) {
    const reason = el('input', { type: 'text', maxLength: 200, id: `why-${each.id}` });
    return el('div', { class: 'banner danger quiet-call', 'data-call': each.id, 'data-step': each.step },
      icon('bell'),
      el('div', {},
        el('p', {}, el('b', {}, t('Counter {number} quietly asks for help.', { number: each.number })), ' ', each.name, ' ', el('small', {})),
        el('p', {}, each.step === 'confirmed'
          ? t('One person says that it is over. A second one ends it.')
          : t('Go there calmly, at best two of you. Do not speak of it in the hall.')),
        el('p', { class: 'quiet-tools' },
          each.step === 'called' ? el('button', { type: 'button', class: 'button small', onclick: () => this.act(each, 'going') }, t('I am on my way')) : null,
          el('button', { type: 'button', class: 'button quiet small', onclick: () => this.act(each, 'over') }, t('It is over'))),
        el('form', {
          class: 'quiet-why', onsubmit: (/** @type {Event} */ event) => {
            event.preventDefault();
            if (oneLine(reason.value)) {
              this.act(each, 'over', { reason: oneLine(reason.value) });
            } else {
              reason.focus();
            }
          },
        },
        el('label', { class: 'field', for: reason.id }, el('span', {}, t('Or end it alone, with a reason')), reason),
        el('button', { type: 'submit', class: 'button quiet small' }, t('End it')))));
  }

  /**
   * @param {QuietCall} each
   * @param {'going' | 'over'} step
   * @param {object} [body]
   */
  async act(each, step, body = {}) {
    await this.trying(async () => {
      await post(`/api/quiet-calls/${each.id}/${step}`, body, { as: 'staff', idempotencyKey: newKey(), retries: 2 });
    });
  }
}

customElements.define('staff-quiet-calls', QuietCalls);
