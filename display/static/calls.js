/**
 * Owns `<display-calls>`: the calls before this one, for whoever looked away.
 *
 * @typedef {import('../../web/types').RecentCall} RecentCall
 */

import { el, say } from '/web/dom.js';
import { t } from '/web/i18n.js';

const ROWS = 6;

export class CallList extends HTMLElement {
  constructor() {
    super();
    this.heading = el('h2');
    this.list = el('ol', { class: 'rows' });
    this.rows = Array.from({ length: ROWS }, () => {
      const label = el('span', { class: 'label number' });
      const place = el('span', { class: 'place number' });
      const agency = el('span', { class: 'agency' });
      return { label, place, agency, row: el('li', {}, label, el('span', { class: 'to' }, place, agency)) };
    });
    this.none = el('p', { class: 'none' });
  }

  connectedCallback() {
    this.list.append(...this.rows.map((one) => one.row));
    this.append(this.heading, this.list, this.none);
  }

  /**
   * @param {RecentCall[]} calls newest first
   * @param {(call: RecentCall) => string} agencyOf the agency's name, where a hall has several
   */
  show(calls, agencyOf = () => '') {
    say(this.heading, t('Called before'));
    this.rows.forEach((one, index) => {
      const call = calls[index];
      one.row.hidden = !call;
      if (call) {
        say(one.label, call.label);
        say(one.place, t('Counter {number}', { number: call.number }));
        say(one.agency, agencyOf(call));
      }
    });
    this.list.hidden = calls.length === 0;
    this.none.hidden = calls.length > 0;
    say(this.none, t('Earlier numbers will appear here.'));
  }
}

/**
 * Pick what the list shows: the latest call of each ticket, without the one on the panel and
 * without calls whose turn has not come.
 *
 * @param {RecentCall[]} recent newest first
 * @param {RecentCall | null} current
 * @returns {RecentCall[]}
 */
export function callsBefore(recent, current) {
  if (!current) {
    return [];
  }
  const seen = new Set([current.ticket]);
  return recent.filter((call) => {
    const wanted = call.seq < current.seq && !seen.has(call.ticket);
    if (wanted) {
      seen.add(call.ticket);
    }
    return wanted;
  });
}

customElements.define('display-calls', CallList);
