/**
 * Owns what an office shows of itself: publishing the result of a period, what is published, and the
 * evidence pack in one touch.
 *
 * @typedef {import('../../web/types').PublishedList} PublishedList
 * @typedef {import('../../web/types').Published} Published
 */

import { get, newKey, post } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { language, t } from '/web/i18n.js';
import { icon } from '/web/staff/icons.js';
import { View, part } from '/web/staff/view.js';
import { dayWords, spanWords } from '/manager/periodwords.js';

/** `<ramah-published>`; give it the `span` and whether there is an index in it. */
export class PublishedResults extends View {
  span = { first: '', last: '' };
  may = false;

  /** @override */
  build() {
    const query = new URLSearchParams({ from: this.span.first, to: this.span.last, language: language() });
    this.append(el('section', { class: 'card', 'aria-labelledby': 'published-title' },
      el('h3', { id: 'published-title' }, t('Publish and hand in')),
      el('div', { class: 'report-tools' },
        this.may ? el('button', { type: 'button', class: 'button small', 'data-part': 'publish', onclick: () => this.publish() }, t('Publish {period}', { period: spanWords(this.span) })) : null,
        el('a', { class: 'button quiet small', href: `/api/evidence?${query}`, download: '' }, icon('download'), t('Evidence pack (ZIP)')),
        el('a', { class: 'button quiet small', href: `/api/survey/paper?kind=form&language=${language()}`, target: '_blank' }, icon('note'), t('Empty questionnaire (PDF)'))),
      el('p', { class: 'soft' }, t('The pack holds published results, plans with their days, service standards, opening hours, and complaints with the time to their answer. Nothing personal.')),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { 'data-part': 'list' })));
    this.load();
  }

  async load() {
    await this.trying(async () => this.show(await get('/api/survey/published', { as: 'staff' })));
  }

  async publish() {
    await this.trying(async () => this.show(await post('/api/survey/published', this.span, { as: 'staff', idempotencyKey: newKey() })));
  }

  /** @param {PublishedList} told */
  show(told) {
    fill(part(this, '[data-part="list"]'), told.results.length
      ? el('div', {}, el('p', {}, t('Anybody can read:'), ' ', el('a', { href: told.page, target: '_blank' }, location.host + told.page)),
        el('ul', { class: 'plans' }, ...told.results.map((each) => this.line(each))))
      : el('p', { class: 'soft' }, t('Nothing is published yet, so the poster has no QR code.')));
  }

  /** @param {Published} each */
  line(each) {
    const words = spanWords(each);
    return el('li', {}, el('b', {}, words), ` ${language() === 'en' ? each.converted : each.converted.replace('.', ',')} ${each.letter} `,
      el('small', { class: 'soft' }, t('published on {day} by {name}', { day: dayWords(each.published), name: each.by })), ' ',
      el('button', { type: 'button', class: 'button quiet small', onclick: () => this.withdraw(each) }, t('Take back'), el('span', { class: 'hidden-visually' }, ` ${words}`)));
  }

  /** @param {Published} each */
  async withdraw(each) {
    await this.trying(async () => this.show(await post(`/api/survey/published/${each.id}/withdraw`, {}, { as: 'staff', idempotencyKey: newKey() })));
  }
}

customElements.define('ramah-published', PublishedResults);
