/**
 * Owns the list of who changed or looked at what: by day and person, page by page, and as a file.
 *
 * @typedef {import('../../web/types').Deed} Deed
 * @typedef {import('../../web/types').DeedList} DeedList
 */

import { dateFormat, language, t } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { get, LinkError, ProblemError } from '/web/api.js';
import { icon } from '/web/staff/icons.js';
import { DeedHead } from '/manager/deedhead.js';
import { View, part } from '/web/staff/view.js';
import { shifted } from '/manager/period.js';

const SLOW_MS = 30000;
/** @type {Intl.DateTimeFormatOptions} */
const WHEN = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

/** `<ramah-deeds>`; give it `today`. */
export class Deeds extends View {
  today = '';
  /** @type {Record<string, string>} */
  ask = { from: '', to: '', person: '' };
  /** @type {string[]} cursors of the pages before and of this one */
  cursors = [''];
  following = '';
  asked = 0;
  head = new DeedHead();

  /** @override */
  build() {
    this.className = 'log deeds';
    this.ask.from = this.ask.from || (this.today && shifted(this.today, -6));
    this.ask.to = this.ask.to || this.today;
    this.append(el('div', { class: 'turns card' },
      el('div', { class: 'turns-head' },
        el('h2', { id: 'deeds-title' }, t('Who did what')),
        el('div', { class: 'downloads' }, ...['csv', 'jsonl'].map((form) =>
          el('a', { class: 'button quiet small', download: '', 'data-format': form }, icon('download'), form === 'csv' ? 'CSV' : t('Chain'))))),
      el('p', { class: 'soft' }, t('Log-ins, also those that failed, passwords, settings, files that were taken, screens and keys, for two years. What was done at the counters is in the log.')),
      el('form', { class: 'filters', role: 'search', 'aria-label': t('Filter the list'), onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
        this.date('from', t('From')), this.date('to', t('To')),
        el('label', { class: 'field' }, el('span', {}, t('Person')),
          el('select', { 'data-ask': 'person', onchange: (/** @type {Event} */ event) => this.change('person', /** @type {HTMLSelectElement} */ (event.target).value) }))),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { class: 'turns-scroll', tabIndex: 0, role: 'region', 'aria-labelledby': 'deeds-title' },
        el('table', { class: 'table' },
          el('thead', {}, el('tr', {}, ...[t('Time'), t('Who'), t('What'), t('From where')].map((name) => el('th', { scope: 'col' }, el('span', {}, name))))),
          el('tbody', {})),
        el('p', { class: 'soft nothing', hidden: true }, t('Nothing in these days.'))),
      el('nav', { class: 'pages', 'aria-label': t('Pages of the table') },
        el('button', { type: 'button', class: 'button quiet small', 'data-part': 'previous', onclick: () => this.turn(-1) }, icon('previous'), t('Newer')),
        el('button', { type: 'button', class: 'button quiet small', 'data-part': 'next', onclick: () => this.turn(1) }, t('Older'), icon('next'))),
      this.head));
    this.load();
  }

  /**
   * @param {string} key
   * @param {string} name
   */
  date(key, name) {
    const input = el('input', { type: 'date', value: this.ask[key], max: this.today, 'data-ask': key });
    input.addEventListener('change', () => this.change(key, input.value));
    return el('label', { class: 'field' }, el('span', {}, name), input);
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  change(key, value) {
    this.ask[key] = value;
    this.cursors = [''];
    this.load();
  }

  /** @param {number} by */
  turn(by) {
    if (by > 0) {
      this.cursors.push(this.following);
    } else {
      this.cursors.pop();
    }
    this.load();
  }

  /** @returns {URLSearchParams} */
  query() {
    return new URLSearchParams(Object.entries(this.ask).filter(([, value]) => value));
  }

  async load() {
    this.asked += 1;
    const mine = this.asked;
    const query = this.query();
    for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (this.querySelectorAll('[data-format]'))) {
      const wanted = new URLSearchParams(query);
      if (link.dataset.format === 'jsonl') {
        wanted.delete('person'); // the chain is of everybody
      }
      link.href = `/api/deeds?${wanted}&format=${link.dataset.format}&language=${language()}`;
    }
    const cursor = this.cursors[this.cursors.length - 1];
    if (cursor) {
      query.set('cursor', cursor);
    }
    try {
      const found = /** @type {DeedList} */ (await get(`/api/deeds?${query}`, { as: 'staff', timeout: SLOW_MS }));
      if (mine === this.asked) {
        this.show(found);
      }
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LinkError)) {
        throw error;
      }
      if (mine === this.asked) {
        fill(part(this, '[data-part="problem"]'), el('p', { class: 'banner warn' }, error.detail));
      }
    }
  }

  /** @param {DeedList} found */
  show(found) {
    fill(part(this, '[data-part="problem"]'));
    const select = /** @type {HTMLSelectElement} */ (part(this, '[data-ask="person"]'));
    fill(select, el('option', { value: '' }, t('All')), ...found.people.map((each) =>
      el('option', { value: each.actor }, each.name === each.role ? each.name : `${each.name} (${each.role})`)));
    select.value = this.ask.person;
    fill(part(this, 'tbody'), ...found.deeds.map(row));
    part(this, '.nothing').hidden = found.deeds.length > 0;
    part(this, 'table').hidden = found.deeds.length === 0;
    this.following = found.next || '';
    /** @type {HTMLButtonElement} */ (part(this, '[data-part="previous"]')).disabled = this.cursors.length === 1;
    /** @type {HTMLButtonElement} */ (part(this, '[data-part="next"]')).disabled = !this.following;
    this.head.show(found.chain);
    part(this, '.pages').hidden = this.cursors.length === 1 && !this.following;
  }
}

/** @param {Deed} deed */
function row(deed) {
  return el('tr', {},
    el('th', { scope: 'row' }, el('time', { class: 'number', dateTime: deed.at }, dateFormat(WHEN).format(new Date(deed.at)))),
    el('td', {}, el('span', {}, deed.name), deed.role === deed.name ? null : el('small', { class: 'soft' }, deed.role)),
    el('td', { class: 'deed-text' }, deed.text),
    el('td', { class: 'number' }, deed.place || '–'));
}

customElements.define('ramah-deeds', Deeds);
