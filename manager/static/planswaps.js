/**
 * Owns the shifts that officers offer, as the manager decides on them.
 *
 * @typedef {import('../../web/types').Swap} Swap
 * @typedef {import('../../web/types').SwapList} SwapList
 */

import { get, newKey, post } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { clockWords, t } from '/web/i18n.js';
import { View, part } from '/web/staff/view.js';
import { dayWords } from '/manager/periodwords.js';

const LOOK_MS = 30000;

/** `<ramah-plan-swaps>`; says `accepted` when a plan has a new version. */
export class PlanSwaps extends View {
  /** @override */
  build() {
    this.className = 'plan-swaps';
    this.append(
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { 'data-part': 'list' }));
    this.every(LOOK_MS, () => !document.hidden && this.load());
    this.load();
  }

  async load() {
    await this.trying(async () => this.show(await get('/api/rota/swaps', { as: 'staff' })));
  }

  /** @param {SwapList} told */
  show({ swaps }) {
    fill(part(this, '[data-part="list"]'), swaps.length ? el('section', { class: 'card', 'aria-labelledby': 'swaps-title' },
      el('h2', { id: 'swaps-title' }, t('Shifts that are offered')),
      el('ul', { class: 'care-list' }, ...swaps.map((each) => this.swap(each)))) : null);
  }

  /** @param {Swap} each */
  swap(each) {
    const { shift, gives } = each;
    const when = (/** @type {{start: string, end: string, counter: number}} */ its) => `${clockWords(its.start)}–${clockWords(its.end)}, ${t('Counter {n}', { n: String(its.counter) })}`;
    return el('li', { class: 'care-item', 'data-swap': each.id },
      el('div', { class: 'care-words' },
        el('b', {}, `${each.officer}, ${dayWords(each.day)}`),
        el('small', { class: 'soft' }, shift ? when(shift) : t('This shift is no more in the plan.')),
        el('small', {}, !each.taker ? t('Nobody takes it yet.')
          : gives ? t('{name} would take it and gives {shift}.', { name: each.taker, shift: when(gives) }) : t('{name} would take it.', { name: each.taker }))),
      each.taker && shift ? el('button', { type: 'button', class: 'button small', 'aria-label': t('Accept the swap of {name}', { name: each.officer }), onclick: () => this.decide(each, 'accept') }, t('Accept')) : null,
      el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('Refuse the swap of {name}', { name: each.officer }), onclick: () => this.decide(each, 'refuse') }, t('Refuse')));
  }

  /**
   * @param {Swap} each
   * @param {'accept' | 'refuse'} step
   */
  async decide(each, step) {
    await this.trying(async () => {
      this.show(await post(`/api/rota/swaps/${each.id}/${step}`, {}, { as: 'staff', idempotencyKey: newKey() }));
      if (step === 'accept') {
        this.dispatchEvent(new CustomEvent('accepted'));
      }
    });
  }
}

customElements.define('ramah-plan-swaps', PlanSwaps);
