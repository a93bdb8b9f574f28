/**
 * Owns choosing the days that figures are about: a kind of period, step by step, or own dates.
 *
 * @typedef {import('./period.js').Kind} Kind
 * @typedef {import('./period.js').Span} Span
 */

import { t } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { icon } from '/web/staff/icons.js';
import { View, part } from '/web/staff/view.js';
import { before, later, earlier, spanOf } from '/manager/period.js';
import { spanWords } from '/manager/periodwords.js';

/** `<ramah-period>`; give it `today`, `kinds` and `kind`. Fires `period` when other days are chosen. */
export class PeriodChoice extends View {
  today = '';
  /** @type {Kind[]} */
  kinds = ['day', 'week', 'month', 'year', 'custom'];
  /** @type {Kind} */
  kind = 'week';
  day = '';
  /** @type {Span} */
  custom = { first: '', last: '' };

  /** @override */
  build() {
    this.className = 'period-choice';
    this.day = this.day || this.today;
    this.custom = this.custom.first ? this.custom : spanOf('month', this.today, this.today);
    this.append(
      el('div', { class: 'kinds', role: 'group', 'aria-label': t('Period') },
        ...this.kinds.map((kind) => el('button', {
          type: 'button', class: 'button quiet small', 'data-kind': kind, onclick: () => this.choose(kind),
        }, kindName(kind)))),
      el('div', { class: 'period-days', 'data-part': 'days' }));
  }

  /** @returns {Span} */
  get span() {
    return this.kind === 'custom' ? this.custom : spanOf(this.kind, this.day, this.today);
  }

  /** @returns {Span} the days to compare with */
  get comparison() {
    return before(this.kind, this.span);
  }

  /** @param {Kind} kind */
  choose(kind) {
    this.kind = kind;
    this.changed();
  }

  /** @param {number} by */
  step(by) {
    const { span, kind } = this;
    const next = by < 0 ? earlier(span) : later(kind, span);
    this.day = next > this.today ? this.today : next;
    this.changed();
  }

  changed() {
    const had = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.step : undefined;
    this.render();
    const again = had && this.querySelector(`[data-step="${had}"]`);
    if (again instanceof HTMLElement) {
      again.focus();
    }
    this.dispatchEvent(new Event('period'));
  }

  /** @override */
  render() {
    for (const button of Array.from(this.querySelectorAll('[data-kind]'))) {
      button.setAttribute('aria-pressed', String(button.getAttribute('data-kind') === this.kind));
    }
    const place = part(this, '[data-part="days"]');
    if (this.kind === 'custom') {
      fill(place, this.date(t('From'), 'first'), this.date(t('To'), 'last'));
      return;
    }
    const end = this.span.last >= this.today;
    fill(place,
      el('button', { type: 'button', class: 'button quiet', 'data-step': 'back', 'aria-label': t('The period before'), onclick: () => this.step(-1) }, icon('previous')),
      el('span', { class: 'period-words number', role: 'status' }, spanWords(this.span)),
      el('button', { type: 'button', class: 'button quiet', 'data-step': 'on', 'data-part': 'later', 'aria-label': t('The period after'), disabled: end, onclick: () => this.step(1) }, icon('next')));
  }

  /**
   * @param {string} name
   * @param {'first' | 'last'} key
   */
  date(name, key) {
    const input = el('input', { type: 'date', value: this.custom[key], max: this.today, required: true });
    input.addEventListener('change', () => {
      if (input.value) {
        this.custom[key] = input.value;
        this.dispatchEvent(new Event('period'));
      }
    });
    return el('label', { class: 'field' }, el('span', {}, name), input);
  }
}

/** @param {Kind} kind */
function kindName(kind) {
  switch (kind) {
    case 'day':
      return t('Day');
    case 'week':
      return t('Week');
    case 'month':
      return t('Calendar month');
    case 'quarter':
      return t('Quarter');
    case 'half':
      return t('Half-year');
    case 'year':
      return t('365 days');
    default:
      return t('Custom dates');
  }
}

customElements.define('ramah-period', PeriodChoice);
