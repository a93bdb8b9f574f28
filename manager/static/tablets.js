/**
 * Owns the tablets at the counters that ask visitors how it was: which there are, what they bring,
 * and the code that pairs a new one.
 *
 * @typedef {import('../../web/types').Tablet} TabletNow
 */

import { del, get, newKey, post } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { day, number, t, tn } from '/web/i18n.js';
import { oneLine } from '/web/text.js';
import { View, part } from '/web/staff/view.js';

/** `<ramah-tablets>`; give it the `hall`. */
export class Tablets extends View {
  /** @type {import('/web/hall.js').Hall} */
  hall = /** @type {any} */ (null);

  /** @override */
  build() {
    const details = el('details', { class: 'card', ontoggle: () => details.open && this.load() },
      el('summary', {}, t('Tablets at the counters')),
      el('p', { class: 'soft' }, t('After each visit the tablet asks the visitor how it was. It can do nothing else.')),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { 'data-part': 'list' }),
      this.form(),
      el('div', { 'data-part': 'code', role: 'status' }));
    this.append(details);
  }

  /** @private */
  form() {
    const counters = this.hall.state ? this.hall.state.counters : [];
    const select = el('select', {}, ...counters.map((each) => el('option', { value: String(each.number) }, t('Counter {number}', { number: each.number }))));
    const name = el('input', { type: 'text', maxLength: 64 });
    return el('form', { class: 'filters tablet-new', onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); this.make(Number(select.value), name.value); } },
      el('label', { class: 'field' }, el('span', {}, t('Counter')), select),
      el('label', { class: 'field' }, el('span', {}, t('Name (optional)')), name),
      el('button', { type: 'submit', class: 'button small' }, t('Make a code')));
  }

  async load() {
    await this.trying(async () => {
      /** @type {{tablets: TabletNow[]}} */
      const { tablets } = await get('/api/tablets', { as: 'staff' });
      fill(part(this, '[data-part="list"]'), tablets.length
        ? el('ul', { class: 'plans' }, ...tablets.map((each) => this.line(each)))
        : el('p', { class: 'soft' }, t('No tablet yet.')));
    });
  }

  /**
   * @private
   * @param {TabletNow} tablet
   */
  line(tablet) {
    const where = tablet.counter === null ? t('any counter (demo)') : t('Counter {number}', { number: tablet.counter });
    const brought = tn('{n} word in 28 days', '{n} words in 28 days', tablet.words);
    const last = tablet.last ? t('the last on {day}', { day: day(tablet.last) }) : '';
    return el('li', {}, el('b', {}, tablet.name), ' ', el('small', { class: 'soft' }, [where, brought, last].filter(Boolean).join(' · ')), ' ',
      el('button', { type: 'button', class: 'button quiet small', onclick: () => this.end(tablet) }, t('Disconnect'),
        el('span', { class: 'hidden-visually' }, ` ${tablet.name}`)));
  }

  /**
   * @private
   * @param {number} counter
   * @param {string} name
   */
  async make(counter, name) {
    await this.trying(async () => {
      const called = oneLine(name) || t('Tablet {number}', { number: counter });
      const made = await post('/api/tablets/code', { counter, name: called }, { as: 'staff', idempotencyKey: newKey() });
      fill(part(this, '[data-part="code"]'), el('p', { class: 'banner ok' },
        t('On the tablet open {page} and type {code} within {n} minutes.', { page: location.host + made.page, code: made.code, n: number(made.minutes) })));
    });
  }

  /**
   * @private
   * @param {TabletNow} tablet
   */
  async end(tablet) {
    await this.trying(async () => {
      await del(`/api/tablets/${tablet.id}`, undefined, { as: 'staff' });
    });
    await this.load();
  }
}

customElements.define('ramah-tablets', Tablets);
