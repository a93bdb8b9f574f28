/**
 * Owns the log over any days: filtered, sorted and paged on the server, explained, downloaded.
 *
 * @typedef {import('./turns-model.js').LogTurn} LogTurn
 * @typedef {import('../../web/types').LogChoice} LogChoice
 * @typedef {import('../../web/types').LogChoices} LogChoices
 */

import { number, ownName, t, tn } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { get, LinkError, ProblemError } from '/web/api.js';
import { duration } from '/web/staff/format.js';
import { icon } from '/web/staff/icons.js';
import { View, part } from '/web/staff/view.js';
import { Download } from '/manager/download.js';
import { CHANNELS, channelName } from '/manager/channels.js';
import { shifted } from '/manager/period.js';
import { statusName } from '/manager/turns.js';

const PAGE = 100;
const TYPING_MS = 300;
const SLOW_MS = 30000;
const OUTCOMES = ['served', 'no_show', 'cancelled_by_visitor', 'cancelled_by_staff', 'transferred', 'expired', 'unfinished', 'waiting', 'called', 'serving', 'held'];

/** `<ramah-log>`; give it the `hall`. */
export class Log extends View {
  /** @type {import('/web/hall.js').Hall} */
  hall = /** @type {any} */ (null);
  /** @type {Record<string, string>} */
  ask = { from: '', to: '', service: '', agency: '', counter: '', outcome: '', priority: '', channel: '', q: '' };
  sort = '-issued';
  /** @type {(string | null)[]} cursors of the pages before and of this one */
  cursors = [null];
  /** @type {string | null} */
  following = null;
  typing = 0;
  asked = 0;
  /** The choices of the filters are there. */
  offered = false;
  download = new Download();

  /** @override */
  build() {
    this.className = 'log';
    this.offered = false;
    const today = this.hall.state ? this.hall.state.day : '';
    this.ask.from = this.ask.from || (today && shifted(today, -6));
    this.ask.to = this.ask.to || today;
    this.download.query = () => this.query();
    this.append(el('div', { class: 'turns card' },
      el('div', { class: 'turns-head' },
        el('h2', { id: 'log-title' }, t('The log')),
        el('p', { class: 'soft', 'data-part': 'total', role: 'status' }),
        this.download,
      ),
      el('form', { class: 'filters', role: 'search', 'aria-label': t('Filter the turns'), onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
        this.input('from', t('From'), 'date'), this.input('to', t('To'), 'date'),
        this.select('service', t('Service')),
        this.select('agency', t('Agency')),
        this.select('counter', t('Counter')),
        this.select('outcome', t('Outcome'), OUTCOMES.map((each) => [each, statusName(each)])),
        this.select('priority', t('Class'), [['regular', t('Regular')], ['priority', t('Priority')]]),
        this.select('channel', t('Taken at'), CHANNELS.map((each) => [each, channelName(each)])),
        this.input('q', t('Number'), 'search'),
        el('button', { type: 'button', class: 'button quiet small', 'data-part': 'clear', onclick: () => this.clear() }, t('Clear filters')),
      ),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { class: 'turns-scroll', tabIndex: 0, role: 'region', 'aria-labelledby': 'log-title' },
        el('table', { class: 'table', id: 'log-table' }, el('thead', {}, el('tr', {}, ...columns().map((column) => this.header(column)))), el('tbody', {})),
        el('p', { class: 'soft nothing', hidden: true }, t('Nothing matches. Try fewer filters.'))),
      el('nav', { class: 'pages', 'aria-label': t('Pages of the table') },
        el('button', { type: 'button', class: 'button quiet small', 'data-part': 'previous', onclick: () => this.turn(-1) }, icon('previous'), t('Previous')),
        el('span', { class: 'number', 'data-part': 'page' }),
        el('button', { type: 'button', class: 'button quiet small', 'data-part': 'next', onclick: () => this.turn(1) }, t('Next'), icon('next'))),
      el('details', { class: 'explained', ontoggle: () => this.explain() }, el('summary', {}, t('What the columns mean')), el('dl', { 'data-part': 'columns' })),
    ));
    this.load();
  }

  /** Fill the choices; what was taken out of the settings can still be asked for, as the log has it. */
  async offer() {
    this.offered = true;
    try {
      const choices = /** @type {LogChoices} */ (await get('/api/log/choices', { as: 'staff', retries: 2 }));
      /** @param {LogChoice} each */
      const named = (each) => (each.past ? t('{name} (no longer here)', { name: each.name }) : each.name);
      this.choose('service', choices.services.map((each) => [each.key, `${each.key} · ${named(each)}`]));
      this.choose('agency', choices.agencies.map((each) => [each.key, named(each)]));
      this.choose('counter', choices.counters.map((each) => [each.key, named(Object.assign({}, each, { name: each.key }))]));
      part(this, '[data-field="agency"]').hidden = choices.agencies.length === 0;
    } catch (error) {
      this.offered = false;
      if (!(error instanceof ProblemError || error instanceof LinkError)) {
        throw error;
      }
      // the log itself says what is wrong; the next look asks again
    }
  }

  /**
   * @private
   * @param {string} key
   * @param {string[][]} choices
   * @param {HTMLSelectElement} select
   */
  choose(key, choices, select = /** @type {HTMLSelectElement} */ (part(this, `[data-ask="${key}"]`))) {
    fill(select, el('option', { value: '' }, t('All')), ...choices.map(([value, words]) => el('option', { value }, words)));
    select.value = this.ask[key];
  }

  /**
   * @param {string} key
   * @param {string} name
   * @param {string} type
   */
  input(key, name, type) {
    const input = el('input', { type, value: this.ask[key], 'data-ask': key });
    input.addEventListener(type === 'date' ? 'change' : 'input', () => {
      this.ask[key] = input.value; // at once: another field may be touched before the pause is over
      window.clearTimeout(this.typing);
      this.typing = window.setTimeout(() => this.afresh(), type === 'date' ? 0 : TYPING_MS);
    });
    return el('label', { class: 'field' }, el('span', {}, name), input);
  }

  /**
   * @param {string} key
   * @param {string} name
   * @param {string[][]} [choices]
   */
  select(key, name, choices = []) {
    const select = el('select', { 'data-ask': key, onchange: () => this.change(key, select.value) });
    this.choose(key, choices, select);
    return el('label', { class: 'field', 'data-field': key }, el('span', {}, name), select);
  }

  /** @param {Column} column */
  header(column) {
    const name = el('span', {}, column.name);
    return el('th', { scope: 'col', class: column.figure ? 'figure' : '', 'data-column': column.key },
      column.sort ? el('button', { type: 'button', class: 'sort', onclick: () => this.sortBy(column.sort || '') }, name, el('span', { class: 'order', 'aria-hidden': 'true' })) : name);
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  change(key, value) {
    this.ask[key] = value;
    this.afresh();
  }

  /** Another question: from its first page. */
  afresh() {
    window.clearTimeout(this.typing);
    this.cursors = [null];
    this.load();
  }

  /** All turns of the chosen days again. */
  clear() {
    for (const field of Array.from(this.querySelectorAll('[data-ask]'))) {
      const key = field.getAttribute('data-ask') || '';
      if (key !== 'from' && key !== 'to') {
        this.ask[key] = '';
        /** @type {HTMLInputElement} */ (field).value = '';
      }
    }
    this.afresh();
    part(this, '[data-ask="service"]').focus();
  }

  /** Say how many turns the question finds; the page need not wait for it. */
  async count() {
    const query = this.query().toString();
    const place = part(this, '[data-part="total"]');
    if (place.dataset.of === query) {
      return;
    }
    place.dataset.of = query;
    fill(place);
    try {
      const { rows } = /** @type {{rows: number}} */ (await get(`/api/log/count?${query}`, { as: 'staff', timeout: SLOW_MS }));
      if (place.dataset.of === query) {
        fill(place, tn('{n} turn', '{n} turns', rows));
      }
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LinkError)) {
        throw error;
      }
      place.dataset.of = ''; // the page's own look says what is wrong; the next one asks again
    }
  }

  /** @param {string} key */
  sortBy(key) {
    this.sort = this.sort === `-${key}` ? key : `-${key}`;
    this.cursors = [null];
    this.load();
  }

  /** @param {number} by */
  turn(by) {
    if (by > 0 && this.following) {
      this.cursors.push(this.following);
    } else if (by < 0 && this.cursors.length > 1) {
      this.cursors.pop();
    }
    this.load();
    part(this, '.turns-scroll').scrollTop = 0;
  }

  query() {
    const query = new URLSearchParams();
    for (const key of Object.keys(this.ask)) {
      if (this.ask[key]) {
        query.set(key, this.ask[key].trim());
      }
    }
    return query;
  }

  async load() {
    this.asked += 1;
    const mine = this.asked;
    if (!this.offered) {
      this.offer();
    }
    const query = this.query();
    this.download.renew();
    query.set('format', 'json');
    query.set('limit', String(PAGE));
    query.set('sort', this.sort);
    const cursor = this.cursors[this.cursors.length - 1];
    if (cursor) {
      query.set('cursor', cursor);
    }
    try {
      const answer = /** @type {{turns: LogTurn[], next?: string}} */ (await get(`/api/log?${query}`, { as: 'staff', timeout: SLOW_MS }));
      if (mine === this.asked) {
        this.following = answer.next || null;
        this.show(answer.turns);
        fill(part(this, '[data-part="problem"]'));
        part(this, '[data-part="clear"]').hidden = !Object.keys(this.ask).some((key) => key !== 'from' && key !== 'to' && this.ask[key]);
        this.count();
      }
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LinkError)) {
        throw error;
      }
      if (mine === this.asked) {
        this.following = null;
        this.show([]); // the rows of another question must not stand under this one
        part(this, '.nothing').hidden = true;
        fill(part(this, '[data-part="problem"]'), el('p', { class: 'banner warn' }, error.detail, ' ',
          error instanceof LinkError ? el('button', { type: 'button', class: 'button quiet small', onclick: () => this.load() }, t('Try again')) : null));
      }
    }
  }

  /** @param {LogTurn[]} turns */
  show(turns) {
    const all = columns();
    fill(part(this, 'tbody'), ...turns.map((turn) => el('tr', {}, ...all.map((column, at) =>
      (at ? el('td', { class: column.figure ? 'figure' : '' }, column.value(turn)) : el('th', { scope: 'row', class: 'number' }, column.value(turn)))))));
    part(this, '.nothing').hidden = turns.length > 0;
    for (const column of all) {
      const order = this.sort === column.sort ? 'ascending' : this.sort === `-${column.sort}` ? 'descending' : 'none';
      const header = part(this, `[data-column="${column.key}"]`);
      header.setAttribute('aria-sort', order);
      const place = header.querySelector('.order');
      if (place) {
        fill(place, order === 'none' ? null : icon(order === 'descending' ? 'down' : 'up'));
      }
    }
    const first = (this.cursors.length - 1) * PAGE;
    fill(part(this, '[data-part="page"]'), turns.length ? t('{from} to {to}', { from: number(first + 1), to: number(first + turns.length) }) : '');
    /** @type {HTMLButtonElement} */ (part(this, '[data-part="previous"]')).disabled = this.cursors.length < 2;
    /** @type {HTMLButtonElement} */ (part(this, '[data-part="next"]')).disabled = !this.following;
  }

  async explain() {
    const list = part(this, '[data-part="columns"]');
    if (list.childElementCount) {
      return;
    }
    const answer = /** @type {{columns: {name: string, meaning: string}[]}} */ (await get('/api/log/columns', { as: 'staff' }));
    fill(list, ...answer.columns.flatMap((each) => [el('dt', {}, each.name), el('dd', {}, each.meaning)]));
  }
}

/**
 * @typedef {object} Column
 * @property {string} key
 * @property {string} name
 * @property {string} [sort]
 * @property {boolean} [figure]
 * @property {(turn: LogTurn) => string} value
 */

/** @returns {Column[]} */
function columns() {
  return [
    { key: 'label', name: t('Number'), sort: 'label', value: (turn) => (turn.priority === 'priority' ? `${turn.label} ★` : turn.label) },
    { key: 'day', name: t('Day'), value: (turn) => turn.day },
    { key: 'service', name: t('Service'), sort: 'service', value: (turn) => turn.service_name },
    { key: 'counter', name: t('Counter'), sort: 'counter', figure: true, value: (turn) => (turn.counter === null ? '–' : String(turn.counter)) },
    { key: 'staff', name: t('Staff'), value: (turn) => turn.staff || '–' },
    { key: 'issued', name: t('Taken'), sort: 'issued', figure: true, value: (turn) => clock(turn.issued) },
    { key: 'called', name: t('Called'), sort: 'called', figure: true, value: (turn) => clock(turn.called) },
    { key: 'started', name: t('Started'), sort: 'started', figure: true, value: (turn) => clock(turn.started) },
    { key: 'ended', name: t('Ended'), sort: 'ended', figure: true, value: (turn) => clock(turn.ended) },
    { key: 'wait_s', name: t('Wait'), sort: 'wait_s', figure: true, value: (turn) => duration(turn.wait_s) },
    { key: 'walk_s', name: t('Walk'), sort: 'walk_s', figure: true, value: (turn) => duration(turn.walk_s) },
    { key: 'service_s', name: t('Service time'), sort: 'service_s', figure: true, value: (turn) => duration(turn.service_s) },
    { key: 'recalls', name: t('Called again'), sort: 'recalls', figure: true, value: (turn) => String(turn.recalls) },
    { key: 'outcome', name: t('Outcome'), sort: 'outcome', value: (turn) => statusName(turn.outcome || turn.state) },
    { key: 'from', name: t('Sent from'), value: (turn) => turn.transferred_from || '–' },
    { key: 'to', name: t('Sent to'), value: (turn) => turn.transferred_to || '–' },
    { key: 'appointment', name: t('Appointment'), figure: true, value: (turn) => clock(turn.appointment) },
    { key: 'people', name: t('People'), figure: true, value: (turn) => String(turn.people) },
    { key: 'channel', name: t('Taken at'), value: (turn) => channelName(turn.channel) },
    { key: 'language', name: t('Language'), value: (turn) => ownName(turn.language) },
  ];
}

/** @param {string | null | undefined} moment ISO 8601 with the office's offset, so its clock is in the text */
function clock(moment) {
  return moment ? moment.slice(11, 19) : '–';
}

customElements.define('ramah-log', Log);
