/**
 * Owns the host's lists: who asked for a person, who looks lost, and finding any number of today.
 * Each takes the `desk`; they follow the hall and ask the server for nothing.
 *
 * @typedef {import('./desk.js').Desk} Desk
 * @typedef {import('/web/staff/hall.js').Ticket} Ticket
 * @typedef {import('/web/staff/hall.js').Asked} Asked
 */

import { el, fill, say } from '/web/dom.js';
import { number, t, time, tn } from '/web/i18n.js';
import { ring } from '/web/staff/bell.js';
import { minutes, secondsSince } from '/web/staff/format.js';
import { icon } from '/web/staff/icons.js';
import { refusalOf } from '/web/staff/refusal.js';
import { View, keepList, part } from '/web/staff/view.js';
import { askChange, askSendOn } from '/counter/visitquestions.js';

const RING_MS = 20000;
/** Who set out so long ago is there, whether or not anybody said so. */
const MET_MS = 15 * 60000;
const SHOWN = 20;

class DeskView extends View {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));

  get now() {
    return this.desk.hall.now();
  }

  /** @param {string} words */
  tell(words) {
    if (words) {
      this.dispatchEvent(new CustomEvent('told', { detail: words }));
    }
  }
}

/** `<host-asking>`: who asked for a person; one sets out, and says when they are there. */
export class Asking extends DeskView {
  /** @override */
  build() {
    fill(this, el('section', { class: 'card host-asking', 'aria-labelledby': 'asking-title' },
      el('h2', { id: 'asking-title' }, icon('people'), t('Somebody asks for a person')),
      el('ul', { class: 'line-list', 'aria-live': 'polite' })));
    this.follow(this.desk, 'change', () => this.render());
    this.follow(this.desk.hall, 'event', (event) => event.detail.kind === 'help_requested' && ring());
    this.every(10000, () => this.render());
    this.every(RING_MS, () => this.desk.hall.help.length > 0 && ring());
  }

  /** @override */
  render() {
    const calls = this.desk.hall.asked.filter((each) => !each.coming || this.now - Date.parse(each.coming) < MET_MS);
    this.hidden = calls.length === 0;
    keepList(part(this, 'ul'), calls, (each) => `${each.id} ${each.coming ? 'coming' : ''}`, (each) => this.line(each),
      (item, each) => say(part(item, 'small'), words(each, this.now)));
  }

  /** @param {Asked} each */
  line(each) {
    const act = each.coming
      ? { words: t('I am here'), path: `/api/help/${each.id}/here` }
      : { words: t('I am coming'), path: `/api/help/${each.id}/take` };
    const run = async () => this.tell(await refusalOf(() => this.desk.hall.command(act.path)));
    return el('li', { class: 'line host-line' },
      el('div', { class: 'line-words' }, el('span', {}, each.place), el('small', {})),
      el('button', { type: 'button', class: each.coming ? 'button' : 'button accent', onclick: run }, act.words,
        el('span', { class: 'hidden-visually' }, ` ${each.place}`)));
  }
}

/**
 * @param {Asked} each
 * @param {number} now
 */
function words(each, now) {
  const long = minutes(secondsSince(each.at, now));
  if (!each.coming) {
    return t('asked {long} ago', { long });
  }
  return each.who ? t('asked {long} ago; {name} is on the way', { long, name: each.who }) : t('asked {long} ago; somebody is on the way', { long });
}

/**
 * @param {Desk} desk
 * @param {Ticket} ticket
 * @returns {HTMLElement} a number with what can be done about it
 */
function ticketLine(desk, ticket) {
  const missed = ticket.state === 'no_show' || ticket.state === 'held';
  const button = (/** @type {string} */ text, /** @type {() => unknown} */ run) => el('button', { type: 'button', class: 'button quiet small', onclick: run }, text,
    el('span', { class: 'hidden-visually' }, ` ${ticket.label}`));
  return el('li', { class: 'line host-line' },
    el('b', { class: 'line-label number' }, ticket.label),
    el('div', { class: 'line-words' }, el('span', {}, desk.serviceName(ticket.service)), el('small', {})),
    el('div', { class: 'host-acts' },
      missed ? button(t('Bring back'), () => desk.bringBack(ticket.id)) : button(t('Other service'), () => askSendOn(desk, current(desk, ticket))),
      missed ? null : button(t('Correct'), () => askChange(desk, current(desk, ticket)))));
}

/**
 * @param {Desk} desk
 * @param {Ticket} ticket
 * @returns {Ticket} as it is now, not as it was when its line was drawn
 */
function current(desk, ticket) {
  return desk.hall.tickets.find((each) => each.id === ticket.id) || ticket;
}

/**
 * @param {Desk} desk
 * @param {Ticket} ticket
 * @param {number} now
 */
function standing(desk, ticket, now) {
  if (ticket.state === 'no_show') {
    return t('called at {time}, nobody came', { time: time(ticket.called_at || ticket.since) });
  }
  if (ticket.state === 'held') {
    return ticket.hold_reason || t('on hold');
  }
  if (ticket.due && Date.parse(ticket.due) > now) {
    return t('Booked {time}, not yet', { time: time(ticket.due) });
  }
  const waited = minutes(secondsSince(ticket.due || ticket.since, now));
  const extra = ticket.priority === 'priority' ? `${t('Priority')} · ` : '';
  return extra + (ticket.told ? t('waits {long}; told at most {n} min', { long: waited, n: number(ticket.told) }) : t('waits {long}', { long: waited }));
}

/**
 * @param {Desk} desk
 * @param {number} now
 * @returns {Ticket[]} who waits longer than was told, the longest first, and who was called and did not come
 */
export function lost(desk, now) {
  const over = (/** @type {Ticket} */ ticket) => {
    const service = desk.service(ticket.service);
    const most = ticket.told || (service ? service.target_minutes : 0);
    return secondsSince(ticket.due || ticket.since, now) - most * 60;
  };
  const late = desk.hall.listed('waiting')
    .filter((ticket) => !(ticket.due && Date.parse(ticket.due) > now) && over(ticket) > 0)
    .sort((one, other) => over(other) - over(one));
  return desk.hall.listed('no_show').concat(late);
}

/** `<host-lost>`: long waits and missed calls. */
export class Lost extends DeskView {
  /** @override */
  build() {
    fill(this, el('section', { class: 'card', 'aria-labelledby': 'lost-title' },
      el('h2', { id: 'lost-title' }, t('Who may need you')),
      el('ul', { class: 'line-list' }),
      el('p', { class: 'soft', 'data-part': 'rest' })));
    this.follow(this.desk, 'change', () => this.render());
    this.every(10000, () => this.render());
  }

  /** @override */
  render() {
    const { now } = this;
    const found = lost(this.desk, now);
    keepList(part(this, 'ul'), found.slice(0, SHOWN), (each) => `${each.id} ${each.state} ${each.service}`, (each) => ticketLine(this.desk, each),
      (item, each) => say(part(item, 'small'), standing(this.desk, each, now)));
    say(part(this, '[data-part="rest"]'), found.length ? found.length > SHOWN ? t('{n} more', { n: number(found.length - SHOWN) }) : ''
      : t('Nobody waits longer than was told, and nobody missed a call.'));
  }
}

/** `<host-lines>`: any number of today, found by typing a part of it. */
export class Lines extends DeskView {
  /** @override */
  build() {
    const input = el('input', { type: 'search', class: 'input', id: 'host-find', autocomplete: 'off', oninput: () => this.render() });
    fill(this, el('section', { class: 'card', 'aria-labelledby': 'find-title' },
      el('h2', { id: 'find-title' }, t('A number of today')),
      el('p', { class: 'soft', 'data-part': 'waiting' }),
      el('label', { class: 'field', for: 'host-find' }, el('span', {}, t('Which number is on the paper?')), input),
      el('ul', { class: 'line-list' }),
      el('p', { class: 'soft', 'data-part': 'none', role: 'status' })));
    this.follow(this.desk, 'change', () => this.render());
  }

  /** @override */
  render() {
    const input = /** @type {HTMLInputElement} */ (part(this, 'input'));
    const wanted = input.value.replace(/\s/g, '').toUpperCase();
    const here = this.desk.hall.tickets.filter((each) => ['waiting', 'held', 'no_show'].includes(each.state));
    const found = wanted ? here.filter((each) => each.label.toUpperCase().includes(wanted)) : [];
    say(part(this, '[data-part="waiting"]'), tn('{n} waiting', '{n} waiting', here.filter((each) => each.state === 'waiting').length));
    keepList(part(this, 'ul'), found.slice(0, SHOWN), (each) => `${each.id} ${each.state} ${each.service}`, (each) => ticketLine(this.desk, each),
      (item, each) => say(part(item, 'small'), standing(this.desk, each, this.now)));
    say(part(this, '[data-part="none"]'), wanted && !found.length ? t('No such number waits now.') : '');
  }
}

customElements.define('host-asking', Asking);
customElements.define('host-lost', Lost);
customElements.define('host-lines', Lines);
