/**
 * Owns one person's figures: for that person, and for the manager to talk about with them. Never
 * a list, never a rank; each look is written to the log, and the page says so.
 *
 * @typedef {import('../../web/types').PersonFigures} PersonFigures
 * @typedef {import('../../web/types').StaffPerson} StaffPerson
 * @typedef {import('../../web/types').Kpi} Kpi
 */

import { language, t } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { get, newKey, post } from '/web/api.js';
import { icon } from '/web/staff/icons.js';
import { View, part } from '/web/staff/view.js';
import { tile, told } from '/manager/figures.js';
import { PeriodChoice } from '/manager/periodchoice.js';
import { spanWords } from '/manager/periodwords.js';
import { Pulse } from '/manager/pulse.js';
import { Thanks } from '/manager/thanks.js';

const SLOW_MS = 30000;

/** `<ramah-person>`; give it `today`, and `others` when it may show other people too. */
export class PersonView extends View {
  today = '';
  others = false;
  period = new PeriodChoice();
  /** Whose figures; empty for one's own, null while nobody is chosen. */
  /** @type {string | null} */
  who = null;
  asked = 0;
  /** @type {Kpi[]} */
  kpis = [];
  kpisIn = '';

  /** @override */
  build() {
    this.className = 'person-view reports';
    this.period.today = this.today;
    this.period.kinds = ['day', 'week', 'month', 'custom'];
    this.who = this.others ? null : '';
    this.follow(this.period, 'period', () => this.load());
    this.append(
      el('form', { class: 'card report-ask', 'aria-label': t('Choose whose figures'), onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
        this.period,
        this.others ? el('div', { class: 'filters', 'data-part': 'people' }) : null,
        el('p', { class: 'soft person-note' }, icon('info'), el('span', {}, this.others
          ? t('For a talk with the person, never to rank: services and visitors differ. Each look is written to the log.')
          : t('Only you and the manager can see this, and each look is written to the log. Services and visitors differ, so nobody is ranked.')))),
      el('h2', { 'data-part': 'title', class: 'person-title' }),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { class: 'report-body' }));
    if (!this.others) {
      this.append(new Thanks(), new Pulse());
    }
    if (this.others) {
      this.loadPeople();
    } else {
      this.load();
    }
  }

  async loadPeople() {
    await this.trying(async () => {
      const { people } = /** @type {{people: StaffPerson[]}} */ (await get('/api/people', { as: 'staff' }));
      const select = el('select', { 'data-filter': 'person' },
        el('option', { value: '' }, t('Please choose')), ...people.map((each) => el('option', { value: each.id }, each.name)));
      const show = el('button', { type: 'button', class: 'button small compare', disabled: true, onclick: () => this.look(select.value) }, t('Show the figures'));
      select.addEventListener('change', () => {
        show.disabled = !select.value;
        this.forget();
      });
      fill(part(this, '[data-part="people"]'), el('label', { class: 'field' }, el('span', {}, t('Person')), select), show);
    });
  }

  /** Another name is chosen: the figures of the one before must not stand under it. */
  forget() {
    this.who = null;
    this.asked += 1;
    fill(part(this, '[data-part="title"]'));
    fill(part(this, '.report-body'));
    fill(part(this, '[data-part="problem"]'));
  }

  /** @param {string} who */
  look(who) {
    this.who = who;
    this.load();
  }

  async load() {
    if (this.who === null) {
      return;
    }
    this.asked += 1;
    const mine = this.asked;
    const { span } = this.period;
    const body = part(this, '.report-body');
    body.setAttribute('aria-busy', 'true');
    await this.trying(async () => {
      if (!this.kpis.length || this.kpisIn !== language()) {
        this.kpis = (await get('/api/kpis', { as: 'staff' })).kpis;
        this.kpisIn = language();
      }
      const ask = Object.assign({ first: span.first, last: span.last }, this.who ? { person: this.who } : {});
      const found = /** @type {PersonFigures} */ (await post('/api/reports/person', ask, { as: 'staff', idempotencyKey: newKey(), timeout: SLOW_MS }));
      if (mine === this.asked) {
        this.show(found);
      }
    });
    body.removeAttribute('aria-busy');
  }

  /** @param {PersonFigures} found */
  show(found) {
    fill(part(this, '[data-part="title"]'), t('{name}, {days}', { name: found.name, days: spanWords(found) }));
    const turns = (found.figures.served || 0) + (found.figures.transferred || 0);
    if (!turns) {
      fill(part(this, '.report-body'), el('section', { class: 'card trouble' }, icon('calendar'), el('p', {}, t('Nobody was served here in this time.'))));
      return;
    }
    fill(part(this, '.report-body'), el('section', { 'aria-label': t('Figures') },
      el('div', { class: 'figures' }, ...this.kpis.filter((kpi) => kpi.key in found.figures).map((kpi) => {
        const all = found.everybody[kpi.key];
        return tile(kpi, found.figures[kpi.key], all === undefined ? '' : t('all together: {value}', { value: told(all, kpi.unit) }));
      }))));
  }
}

customElements.define('ramah-person', PersonView);
