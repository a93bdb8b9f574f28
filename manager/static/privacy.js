/**
 * Owns the page of people's data: what is kept, of whom, why and how long; one visit's data.
 *
 * @typedef {import('../../web/types').Inventory} Inventory
 * @typedef {import('../../web/types').DataKind} DataKind
 * @typedef {import('../../web/types').Forgotten} Forgotten
 */

import { get, newKey, post } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { language, number, t } from '/web/i18n.js';
import { ask } from '/web/staff/dialog.js';
import { icon } from '/web/staff/icons.js';
import { View, part } from '/web/staff/view.js';

/** `<ramah-privacy>`; give it `today`. */
export class PrivacyView extends View {
  today = '';

  /** @override */
  build() {
    this.className = 'privacy';
    const day = el('input', { type: 'date', id: 'visit-day', max: this.today, required: true });
    const label = el('input', { type: 'text', id: 'visit-label', required: true, maxLength: 12, pattern: '[A-Za-z0-9\\-]+', autocomplete: 'off', placeholder: 'A012' });
    const wanted = () => ({ day: day.value, label: label.value.trim().toUpperCase() });
    const form = el('form', { class: 'filters', onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      this.take(wanted());
    } },
    el('label', { class: 'field' }, el('span', {}, t('Day')), day),
    el('label', { class: 'field' }, el('span', {}, t('Number')), label),
    el('div', { class: 'visit-acts' },
      el('button', { type: 'submit', class: 'button quiet' }, icon('download'), t('Everything about it as a file')),
      el('button', { type: 'button', class: 'button danger', onclick: () => form.reportValidity() && this.forget(wanted()) }, t('Erase what was said and noted'))));
    this.append(
      el('section', { class: 'card', 'aria-labelledby': 'visit-title' },
        el('h2', { id: 'visit-title' }, t('Somebody asks about their visit')),
        el('p', { class: 'soft' }, t('The number and the day on the paper lead to all that is kept of a visit. Erasing takes away the visitor\'s words, the answer, and what colleagues noted; times and counts stay.')),
        form,
        el('div', { class: 'notices', 'data-part': 'problem', role: 'status' })),
      el('section', { class: 'card', 'aria-labelledby': 'kept-title' },
        el('h2', { id: 'kept-title' }, t('What is kept')),
        el('p', { class: 'soft' }, t('All that this server keeps, made from its database. Nobody gives a name to take a number.')),
        el('div', { 'data-part': 'kinds' })));
    this.load();
  }

  load() {
    return this.trying(async () => {
      const told = /** @type {Inventory} */ (await get('/api/privacy', { as: 'staff' }));
      fill(part(this, '[data-part="kinds"]'), ...groups(told.kinds));
    });
  }

  /** @param {{day: string, label: string}} wanted */
  take(wanted) {
    return this.trying(async () => {
      const told = await get(`/api/privacy/visit?${new URLSearchParams(wanted)}`, { as: 'staff' });
      const file = URL.createObjectURL(new Blob([JSON.stringify(told, null, 2)], { type: 'application/json' }));
      el('a', { href: file, download: `ramah-${wanted.day}-${wanted.label}.json` }).click();
      URL.revokeObjectURL(file);
    });
  }

  /** @param {{day: string, label: string}} wanted */
  async forget(wanted) {
    const agreed = await ask({
      title: t('Erase the words of {label}?', wanted),
      intro: t('Nobody can bring them back. Backups of before still have them until they are replaced.'),
      confirm: t('Erase'),
      careful: true,
    });
    if (agreed) {
      await this.trying(async () => {
        const done = /** @type {Forgotten} */ (await post('/api/privacy/forget', wanted, { as: 'staff', idempotencyKey: newKey() }));
        this.said = t('Erased: {words} words of the visitor, {notes} notes of colleagues.', { words: number(done.words), notes: number(done.notes) });
      });
      if (this.said) {
        fill(part(this, '[data-part="problem"]'), el('p', { class: 'banner' }, this.said));
        this.said = '';
      }
    }
  }

  said = '';
}

/** @param {DataKind[]} kinds */
function groups(kinds) {
  const heads = [['visitors', t('About visitors')], ['staff', t('About those who work here')], ['nobody', t('About nobody')]];
  return heads.flatMap(([about, head]) => [
    el('h3', {}, head),
    ...kinds.filter((each) => each.about === about).map((each) => el('article', { class: 'data-kind', 'data-kind': each.key, lang: language() },
      el('p', { class: 'data-what' }, each.what),
      el('dl', {},
        el('dt', {}, t('Why')), el('dd', {}, each.why),
        el('dt', {}, t('How long')), el('dd', {}, each.kept)),
      el('details', {}, el('summary', {}, t('Where in the database')), el('p', { class: 'data-columns', translate: false }, each.columns.join(', '))))),
  ]);
}

customElements.define('ramah-privacy', PrivacyView);
