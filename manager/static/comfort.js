/**
 * Owns the comfort of the hall as the manager sees it: today's checks, what is not mended, how fast
 * things are mended by month, the sheets for the walls and the phones of those who check.
 *
 * @typedef {import('../../web/types').ComfortDay} ComfortDay
 * @typedef {import('../../web/types').Round} Round
 * @typedef {import('../../web/types').ComfortMonth} ComfortMonth
 * @typedef {import('../../web/types').Phone} Phone
 * @typedef {import('../../web/types').StaffPerson} StaffPerson
 */

import { del, get, newKey, post } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { language, number, t, time } from '/web/i18n.js';
import { icon } from '/web/staff/icons.js';
import { oneLine } from '/web/text.js';
import { View, part } from '/web/staff/view.js';
import { faultCard } from '/manager/fault.js';
import { sure } from '/manager/acts.js';
import { minutes } from '/web/staff/format.js';
import { monthWords } from '/manager/periodwords.js';

const SLOW_MS = 30000;
/** Checks come due, and words and photos are added, without an event. */
const LOOK_MS = 10000;
const HEARD = ['comfort_checked', 'fault_reported', 'fault_changed', 'configured'];

/** `<ramah-comfort>`; give it the `hall`. */
export class ComfortView extends View {
  /** @type {import('/web/hall.js').Hall} */
  hall = /** @type {any} */ (null);
  /** @type {StaffPerson[]} */
  people = [];
  /** @type {ComfortDay | null} */
  told = null;
  /** Asked while it reads, it reads once more afterwards. */
  reading = false;
  again = false;

  /** @override */
  build() {
    this.className = 'comfort-view';
    this.append(
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { 'data-part': 'body' }),
      el('div', { 'data-part': 'tools' }));
    this.follow(this.hall, 'event', (event) => HEARD.includes(event.detail.kind) && this.load());
    this.follow(this.hall, 'snapshot', () => this.load());
    this.every(LOOK_MS, () => !document.hidden && this.load());
    this.load();
  }

  async load() {
    this.again = this.reading;
    if (this.reading) {
      return;
    }
    this.reading = true;
    await this.read();
    this.reading = false;
    if (this.again && !this.ending.signal.aborted) {
      await this.load();
    }
  }

  async read() {
    await this.trying(async () => {
      const [told, people] = await Promise.all([
        get('/api/comfort', { as: 'staff', timeout: SLOW_MS }),
        this.people.length ? { people: this.people } : get('/api/people', { as: 'staff' })]);
      const first = !this.told;
      this.told = told;
      this.people = people.people;
      // who writes just now what was done keeps the words
      if (first || !this.querySelector('details[open]')) {
        this.show();
      }
      if (first && told.rounds.length) {
        await this.showTools();
      }
    });
  }

  show() {
    const { told } = this;
    if (!told) {
      return;
    }
    const body = part(this, '[data-part="body"]');
    if (!told.rounds.length && !told.open.length) {
      fill(body, el('section', { class: 'card' },
        el('h2', {}, t('No places yet')),
        el('p', {}, t('The technician writes them into the settings: toilets, seats, water, nursing room ... Each gets a QR for its wall.'))));
      return;
    }
    fill(body,
      el('section', { class: 'card', 'aria-labelledby': 'rounds-title' },
        el('h2', { id: 'rounds-title' }, t('Looked at today')),
        el('ul', { class: 'rounds' }, ...told.rounds.map(round))),
      el('section', { 'aria-labelledby': 'faults-title' },
        el('h2', { id: 'faults-title' }, t('Not mended yet')),
        told.open.length ? null : el('p', { class: 'soft' }, t('Nothing is broken or dirty as far as we know. Well done.')),
        el('div', { class: 'words' }, ...told.open.map((each) => faultCard(each, this.people, () => this.load())))),
      told.mended.length ? el('section', { class: 'card', 'aria-labelledby': 'mended-title' },
        el('h2', { id: 'mended-title' }, t('Mended today')),
        el('ul', { class: 'plain-list' }, ...told.mended.map((each) => el('li', {},
          el('b', {}, each.place_name), ` · ${each.item_name} · `, t('after {long}', { long: minutes(each.minutes * 60) }), each.action ? ` · ${each.action}` : '')))) : null,
      told.months.length ? months(told.months) : null);
  }

  /** Sheets and phones: made once, so that a name being typed is not lost. */
  async showTools() {
    const { phones } = /** @type {{phones: Phone[]}} */ (await get('/api/comfort/phones', { as: 'staff' }));
    const query = `language=${language()}`;
    fill(part(this, '[data-part="tools"]'),
      el('section', { class: 'card', 'aria-labelledby': 'sheets-title' },
        el('h2', { id: 'sheets-title' }, t('Sheets for the walls')),
        el('p', { class: 'soft' }, t('One page a place, with its QR: visitors tell what is wrong, paired phones check.')),
        el('p', { class: 'row' },
          el('a', { class: 'button quiet small', href: `/api/comfort/sheets?size=a5&${query}`, target: '_blank' }, icon('note'), t('All, A5 (PDF)')), ' ',
          el('a', { class: 'button quiet small', href: `/api/comfort/sheets?size=a6&${query}`, target: '_blank' }, t('All, A6 (PDF)'))),
        el('details', {}, el('summary', {}, t('A single sheet, or a new QR')),
          el('ul', { class: 'plain-list sheet-list' }, ...(this.told ? this.told.rounds : []).map((each) => el('li', {},
            el('b', {}, each.name), ' ',
            el('a', { class: 'button quiet small', href: `/api/comfort/sheets?place=${encodeURIComponent(each.place)}&${query}`, target: '_blank' }, t('Sheet'), el('span', { class: 'hidden-visually' }, ` ${each.name}`)), ' ',
            sure(t('New QR'), t('The QR on the wall ends: really?'), () => this.send(() => post(`/api/comfort/doors/${encodeURIComponent(each.place)}/renew`, {}, { as: 'staff', idempotencyKey: newKey() })), { about: each.name })))))),
      this.phones(phones));
  }

  /** @param {Phone[]} phones */
  phones(phones) {
    const name = el('input', { type: 'text', maxLength: 40, id: 'phone-name' });
    const code = el('p', { class: 'banner ok', role: 'status', hidden: true });
    const make = async (/** @type {Event} */ event) => {
      event.preventDefault();
      if (!oneLine(name.value)) {
        name.focus();
        return;
      }
      await this.trying(async () => {
        const made = await post('/api/comfort/phones', { name: oneLine(name.value) }, { as: 'staff', idempotencyKey: newKey() });
        code.hidden = false;
        fill(code, el('span', {}, t('Scan a sheet with that phone, touch "I work here", and type:'), ' ', el('b', { class: 'number pair-code' }, made.code), ' ', t('It counts for {n} minutes.', { n: made.minutes })));
        name.value = '';
      });
    };
    return el('section', { class: 'card', 'aria-labelledby': 'phones-title' },
      el('h2', { id: 'phones-title' }, t('Phones of those who check')),
      el('p', { class: 'soft' }, t('They check places and mend what is wrong, and see nothing else.')),
      phones.length ? el('ul', { class: 'plain-list' }, ...phones.map((each) => el('li', {},
        el('b', {}, each.name), ' ',
        sure(t('End'), t('It can check no more: really?'), () => this.send(() => del(`/api/comfort/phones/${each.id}`, undefined, { as: 'staff', idempotencyKey: newKey() })), { about: each.name })))) : null,
      el('form', { class: 'row phone-new', onsubmit: make },
        el('label', { class: 'field', for: 'phone-name' }, el('span', {}, t('Whose phone?')), name),
        el('button', { type: 'submit', class: 'button small' }, t('Make a code'))),
      code);
  }

  /** @param {() => Promise<unknown>} work */
  async send(work) {
    await this.trying(async () => {
      await work();
      await this.showTools();
    });
  }
}

/** @param {Round} each */
function round(each) {
  const missed = each.slots.filter((slot) => slot.state === 'missed').length;
  return el('li', { class: 'round' },
    el('div', { class: 'round-head' }, el('b', {}, each.name), each.who ? el('small', { class: 'soft' }, ` ${each.who}`) : null,
      missed ? el('span', { class: 'chip warn' }, t('{n} missed', { n: number(missed) })) : null),
    each.slots.length
      ? el('ol', { class: 'slots' }, ...each.slots.map((slot) => el('li', { class: 'slot', 'data-state': slot.state },
        el('span', { class: 'number' }, `${time(slot.start)}–${time(slot.due)}`), el('b', {}, slotWords(slot)))))
      : el('p', { class: 'soft' }, t('Looked at when somebody passes.')));
}

/** @param {Round['slots'][number]} slot */
function slotWords(slot) {
  switch (slot.state) {
    case 'done':
      return t('done {time}', { time: time(slot.done || slot.start) });
    case 'missed':
      return t('missed');
    case 'now':
      return t('due now');
    default:
      return t('later');
  }
}

/** @param {ComfortMonth[]} list */
function months(list) {
  return el('section', { class: 'card', 'aria-labelledby': 'months-title' },
    el('h2', { id: 'months-title' }, t('By month')),
    el('div', { class: 'table-wrap', tabIndex: 0, role: 'group', 'aria-labelledby': 'months-title' },
      el('table', { class: 'table' },
        el('thead', {}, el('tr', {}, ...[t('Month'), t('Checks made'), t('Faults'), t('Mended'), t('Half were mended within')].map((head, at) => el('th', { scope: 'col', class: at ? 'figure' : '' }, head)))),
        el('tbody', {}, ...list.map(({ month, of }) => el('tr', {},
          el('th', { scope: 'row' }, monthWords(month)),
          el('td', { class: 'figure' }, of.due ? t('{done} of {due}', { done: number(of.done), due: number(of.due) }) : '–'),
          el('td', { class: 'figure' }, number(of.faults)),
          el('td', { class: 'figure' }, number(of.mended)),
          el('td', { class: 'figure' }, of.median_minutes === null ? '–' : minutes(of.median_minutes * 60))))))));
}

customElements.define('ramah-comfort', ComfortView);
