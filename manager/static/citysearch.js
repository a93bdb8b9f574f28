/** Owns finding a number in all halls: whoever calls the city has a paper, and knows no hall's code. */

import { get } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { t, time } from '/web/i18n.js';
import { View, part } from '/web/staff/view.js';

/** @typedef {import('../../web/types').FoundTicket} FoundTicket */

/** `<ramah-city-search>` */
export class CitySearch extends View {
  /** @override */
  build() {
    this.className = 'city-search';
    const label = el('input', { type: 'search', maxLength: 12, required: true, autocomplete: 'off', autocapitalize: 'characters' });
    this.append(
      el('section', { class: 'card', 'aria-labelledby': 'search-title' },
        el('h2', { id: 'search-title' }, t('Find a number')),
        el('form', { class: 'search-form', onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); this.find(label.value); } },
          el('label', { class: 'field' }, el('span', {}, t('Number on the paper')), label),
          el('button', { type: 'submit', class: 'button' }, t('Find'))),
        el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
        el('div', { 'data-part': 'found', 'aria-live': 'polite' })));
  }

  /** @param {string} label */
  async find(label) {
    await this.trying(async () => {
      const query = new URLSearchParams({ label: label.trim() });
      const found = /** @type {FoundTicket[]} */ ((await get(`/api/city/tickets?${query}`, { as: 'staff' })).tickets);
      fill(part(this, '[data-part="found"]'), found.length
        ? el('ul', { class: 'plain' }, ...found.map((each) => el('li', {},
          el('b', { class: 'number' }, each.label), ' · ', each.hall, ' · ', each.service, ' · ',
          t('taken at {time}', { time: time(each.issued) }), ' · ', stateWords(each))))
        : el('p', { class: 'soft' }, t('No hall has this number today.')));
    });
  }
}

/** @param {FoundTicket} ticket */
function stateWords(ticket) {
  /** @type {Record<string, string>} */
  const words = {
    waiting: t('waiting'),
    called: t('called'),
    serving: t('being served'),
    held: t('on hold'),
    no_show: t('did not come'),
    done: t('served'),
    cancelled: t('cancelled'),
    expired: t('left over at closing'),
    transferred: t('sent on'),
  };
  return words[ticket.state] || ticket.state;
}

customElements.define('ramah-city-search', CitySearch);
