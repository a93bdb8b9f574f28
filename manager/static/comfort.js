/**
 * Owns the comfort of the hall as the manager sees it: today's checks, what is not mended, how fast
 * things are mended by month, the sheets for the walls and the phones of those who check.
 *
 * @typedef {import('../../web/types').ComfortDay} ComfortDay
 * @typedef {import('../../web/types').Fault} Fault
 * @typedef {import('../../web/types').Round} Round
 * @typedef {import('../../web/types').ComfortMonth} ComfortMonth
 * @typedef {import('../../web/types').Phone} Phone
 * @typedef {import('../../web/types').StaffPerson} StaffPerson
 */

import { del, get, newKey, post } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { language, number, t, time } from '/web/i18n.js';
import { icon } from '/web/staff/icons.js';
import { oneLine } from '/web/text.js';
import { keepList, View, part } from '/web/staff/view.js';
import { faultCard, openFor } from '/manager/fault.js';
import { goTo, keepingDrafts, sure } from '/manager/acts.js';
import { minutes } from '/web/staff/format.js';
import { monthWords } from '/manager/periodwords.js';

const SLOW_MS = 30000;
/** While a code waits to be typed on a phone. */
const LOOK_MS = 10000;

/** `<ramah-comfort>`; give it the `hall`. */
export class ComfortView extends View {
  /** @type {import('/web/hall.js').Hall} */
  hall = /** @type {any} */ (null);
  /** @type {StaffPerson[]} */
  people = [];
  /** @type {ComfortDay | null} */
  told = null;
  /** @type {Phone[]} */
  phones = [];
  /** What stands there now, by the name of its part. @type {Record<string, string>} */
  shown = {};
  /** A code was made: its phone may be paired at any moment. */
  awaited = false;

  /** @override */
  build() {
    this.className = 'comfort-view';
    this.shown = {};
    this.append(
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { 'data-part': 'none' }),
      el('div', { 'data-part': 'rounds' }),
      el('section', { 'aria-labelledby': 'faults-title', 'data-part': 'open', hidden: true },
        el('h2', { id: 'faults-title' }, t('Not mended yet')),
        el('p', { class: 'soft', 'data-part': 'well' }, t('Nothing is broken or dirty as far as we know. Well done.')),
        el('div', { class: 'words', 'data-part': 'faults' })),
      el('div', { 'data-part': 'mended' }),
      el('div', { 'data-part': 'months' }),
      el('div', { 'data-part': 'sheets' }),
      el('div', { 'data-part': 'phones' }));
    this.follow(this.hall, 'comfort', (event) => this.hear(event.detail[language()]));
    this.every(LOOK_MS, () => this.awaited && !document.hidden && this.look());
    this.load();
  }

  /** What the day was when the page was opened; from then on the feed tells it. */
  async load() {
    await this.trying(async () => {
      const [told, people, phones] = await Promise.all([
        get('/api/comfort', { as: 'staff', timeout: SLOW_MS }),
        get('/api/people', { as: 'staff' }),
        get('/api/comfort/phones', { as: 'staff' })]);
      this.told = this.told || told;  // what was heard meanwhile is newer
      this.people = people.people;
      this.phones = phones.phones;
      this.show();
    });
  }

  /** @param {ComfortDay} told */
  hear(told) {
    this.told = told;
    this.show();
  }

  async look() {
    await this.trying(async () => {
      this.phones = (await get('/api/comfort/phones', { as: 'staff' })).phones;
      this.listPhones();
    });
  }

  show() {
    const { told } = this;
    if (!told) {
      return;
    }
    const places = told.rounds.map(({ place, name }) => ({ place, name }));
    const none = !told.rounds.length && !told.open.length;
    this.anew('none', none, () => none ? nowhere() : null);
    this.anew('rounds', told.rounds, () => none ? null : el('section', { class: 'card', 'aria-labelledby': 'rounds-title' },
      el('h2', { id: 'rounds-title' }, t('Looked at today')),
      el('ul', { class: 'rounds' }, ...told.rounds.map(round))));
    part(this, '[data-part="open"]').hidden = none;
    part(this, '[data-part="well"]').hidden = told.open.length > 0;
    keepList(part(this, '[data-part="faults"]'), told.open, (each) => each.id,
      () => el('div', {}), (box, each) => this.fault(box, each));
    this.anew('mended', told.mended, () => told.mended.length ? mended(told.mended) : null);
    this.anew('months', told.months, () => told.months.length ? months(told.months) : null);
    this.anew('sheets', [places, told.sheets], () => places.length ? this.sheets(places, told.sheets) : null);
    this.anew('phones', places.length > 0, () => places.length ? this.phoneCard() : null);
    this.listPhones();
  }

  /**
   * Write a part only when what it tells has changed, so that focus and place are not lost.
   *
   * @param {string} name
   * @param {unknown} told
   * @param {() => HTMLElement | null} make
   */
  anew(name, told, make) {
    const text = JSON.stringify(told);
    if (this.shown[name] !== text) {
      this.shown[name] = text;
      fill(part(this, `[data-part="${name}"]`), make());
    }
  }

  /**
   * Who writes just now what was done, or is about to choose, keeps the card; it says how long all the same.
   *
   * @param {HTMLElement} box
   * @param {Fault} fault
   */
  fault(box, fault) {
    const told = JSON.stringify([Object.assign({}, fault, { minutes: 0 }), this.people.length]);
    const held = box.querySelector('details[open]') || box.contains(document.activeElement);
    if (this.shown[fault.id] !== told && !held) {
      this.shown[fault.id] = told;
      fill(box, faultCard(fault, this.people, (now) => this.changed(box, now)));
      return;
    }
    const long = box.querySelector('[data-part="long"]');
    if (long) {
      say(long, openFor(fault));
    }
  }

  /**
   * @param {HTMLElement} box
   * @param {Fault} now
   */
  changed(box, now) {
    const writes = keepingDrafts(box, () => {
      fill(box);
      this.shown[now.id] = '';
      this.fault(box, now);
    });
    if (!writes) {
      goTo(box.firstElementChild);
    }
  }

  /**
   * @param {{place: string, name: string}[]} places
   * @param {boolean} reached whether phones can open what the QRs say
   */
  sheets(places, reached) {
    if (!reached) {
      return el('section', { class: 'card', 'aria-labelledby': 'sheets-title' },
        el('h2', { id: 'sheets-title' }, t('Sheets for the walls')),
        el('p', { class: 'banner warn' }, icon('link'), el('span', {}, t("No phone can open this server's address now. Sheets for the walls come once it is in the network, or once the office's public address is set."))));
    }
    const query = `language=${language()}`;
    return el('section', { class: 'card', 'aria-labelledby': 'sheets-title' },
      el('h2', { id: 'sheets-title' }, t('Sheets for the walls')),
      el('p', { class: 'soft' }, t('One page a place, with its QR: visitors tell what is wrong, paired phones check.')),
      el('p', { class: 'row' },
        el('a', { class: 'button quiet small', href: `/api/comfort/sheets?size=a5&${query}`, target: '_blank' }, icon('note'), t('All, A5 (PDF)')), ' ',
        el('a', { class: 'button quiet small', href: `/api/comfort/sheets?size=a6&${query}`, target: '_blank' }, t('All, A6 (PDF)'))),
      el('details', {}, el('summary', {}, t('A single sheet, or a new QR')),
        el('ul', { class: 'plain-list sheet-list' }, ...places.map((each) => el('li', {},
          el('b', {}, each.name), ' ',
          el('a', { class: 'button quiet small', href: `/api/comfort/sheets?place=${encodeURIComponent(each.place)}&${query}`, target: '_blank' }, t('Sheet'), el('span', { class: 'hidden-visually' }, ` ${each.name}`)), ' ',
          sure(t('New QR'), t('The QR on the wall ends: really?'), () => this.renew(each), { about: each.name }))))),
      el('p', { class: 'banner ok', role: 'status', 'data-part': 'renewed', hidden: true }));
  }

  /** @param {{place: string, name: string}} each */
  async renew(each) {
    await this.trying(async () => {
      await post(`/api/comfort/doors/${encodeURIComponent(each.place)}/renew`, {}, { as: 'staff', idempotencyKey: newKey() });
      const line = part(this, '[data-part="renewed"]');
      line.hidden = false;
      say(line, t('{place} has a new QR. Please print its sheet and hang it up.', { place: each.name }));
    });
  }

  phoneCard() {
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
        this.awaited = true;
        code.hidden = false;
        fill(code, el('span', {}, t('Scan a sheet with that phone, touch "I work here", and type:'), ' ', el('b', { class: 'number pair-code' }, made.code), ' ', t('It counts for {n} minutes.', { n: made.minutes })));
        name.value = '';
      });
    };
    return el('section', { class: 'card', 'aria-labelledby': 'phones-title' },
      el('h2', { id: 'phones-title' }, t('Phones of those who check')),
      el('p', { class: 'soft' }, t('They check places and mend what is wrong, and see nothing else.')),
      el('ul', { class: 'plain-list', 'data-part': 'phone-list' }),
      el('form', { class: 'row phone-new', onsubmit: make },
        el('label', { class: 'field', for: 'phone-name' }, el('span', {}, t('Whose phone?')), name),
        el('button', { type: 'submit', class: 'button small' }, t('Make a code'))),
      code);
  }

  listPhones() {
    const list = this.querySelector('[data-part="phone-list"]');
    if (!list) {
      return;
    }
    list.toggleAttribute('hidden', this.phones.length === 0);
    keepList(list, this.phones, (each) => each.id, (each) => el('li', {},
      el('b', {}, each.name), ' ',
      sure(t('End'), t('It can check no more: really?'), () => this.end(each), { about: each.name })));
  }

  /** @param {Phone} phone */
  async end(phone) {
    await this.trying(async () => {
      await del(`/api/comfort/phones/${phone.id}`, undefined, { as: 'staff', idempotencyKey: newKey() });
      this.phones = this.phones.filter((each) => each.id !== phone.id);
      this.listPhones();
    });
  }
}

function nowhere() {
  return el('section', { class: 'card' },
    el('h2', {}, t('No places yet')),
    el('p', {}, t('Enter them under Settings, Comfort of the hall: toilets, seats, water, nursing room ... Each gets a QR for its wall.')));
}

/** @param {Fault[]} list */
function mended(list) {
  return el('section', { class: 'card', 'aria-labelledby': 'mended-title' },
    el('h2', { id: 'mended-title' }, t('Mended today')),
    el('ul', { class: 'plain-list' }, ...list.map((each) => el('li', {},
      el('b', {}, each.place_name), ` · ${each.item_name} · `, t('after {long}', { long: minutes(each.minutes * 60) }), each.action ? ` · ${each.action}` : ''))));
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
