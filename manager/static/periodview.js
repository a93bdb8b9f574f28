/** Owns a part of a page about a period: the choice, its title, and the latest answer alone. */

import { el, say } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { View, part } from '/web/staff/view.js';
import { PeriodChoice } from '/manager/periodchoice.js';
import { spanWords } from '/manager/periodwords.js';

/** Extend it with `read` and `show`; give it `today`. */
export class PeriodView extends View {
  today = '';
  period = new PeriodChoice();
  asked = 0;

  /** @override */
  build() {
    this.period.today = this.today;
    this.period.kind = 'month';
    this.follow(this.period, 'period', () => this.load());
    this.append(
      el('form', { class: 'card report-ask', 'aria-label': t('Choose the report'), onsubmit: (/** @type {Event} */ event) => event.preventDefault() }, this.period),
      el('h2', { 'data-part': 'title' }),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { class: 'report-body' }));
    this.load();
  }

  async load() {
    this.asked += 1;
    const mine = this.asked;
    const { span } = this.period;
    say(part(this, '[data-part="title"]'), spanWords(span));
    await this.trying(async () => {
      const found = await this.read(new URLSearchParams({ from: span.first, to: span.last }));
      if (mine === this.asked) {
        this.show(found);
      }
    });
  }

  /**
   * Ask the server for the period.
   *
   * @param {URLSearchParams} _query
   * @returns {Promise<any>}
   */
  async read(_query) {}

  /** @param {any} _found what `read` returned */
  show(_found) {}
}
