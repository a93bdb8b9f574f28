/**
 * Owns `<staff-quiet-calls>`: who at a counter needs help without a sound, for those who direct the
 * hall. Rings whatever else is silent; stays until two persons say that it is over, or one says why.
 * Give it the `hall`.
 *
 * @typedef {import('../../types').QuietCall} QuietCall
 */

import { get, LinkError, newKey, post, ProblemError } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { ring } from '/web/staff/bell.js';
import { minutes, secondsSince } from '/web/staff/format.js';
import { icon } from '/web/staff/icons.js';
import { oneLine } from '/web/text.js';
import { View, part } from '/web/staff/view.js';

const RING_MS = 15000;

export class QuietCalls extends View {
  /** @type {import('/web/hall.js').Hall} */
  hall = /** @type {any} */ (null);
  /** @type {QuietCall[]} */
  calls = [];
  reading = 0;
  shown = '';

  /** @override */
  build() {
    this.hidden = true;
    this.shown = '';
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', t('Quiet calls for help'));
    this.append(el('div', { role: 'alert', 'data-part': 'list' }), el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }));
    this.follow(this.hall, 'event', (event) => {
      const { kind } = event.detail;
      if (kind === 'quiet_called') {
        ring();
      }
      if (kind === 'quiet_called' || kind === 'quiet_call_changed') {
        this.load();
      }
    });
    this.follow(this.hall, 'snapshot', () => this.load());
    this.every(RING_MS, () => this.calls.some((each) => each.step === 'called') && ring());
    this.every(30000, () => this.render());
    this.load();
  }

  async load() {
    this.reading += 1;
    const mine = this.reading;
    try {
      const { calls } = await get('/api/quiet-calls', { as: 'staff' });
      if (mine === this.reading) {
        this.calls = calls;
        this.render();
      }
    } catch (error) {
      if (!(error instanceof LinkError || error instanceof ProblemError)) {
        throw error;
      }
      // the bar tells of a lost link; the next snapshot loads again
    }
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
      await this.load();
    });
  }
}

customElements.define('staff-quiet-calls', QuietCalls);
