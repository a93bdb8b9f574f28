/** Owns the table of a day's turns: filters, sorted columns, pages of a hundred. */

import { language, number, t, time, tn } from '/web/i18n.js';
import { el, fill, say } from '/web/dom.js';
import { duration } from '/web/staff/format.js';
import { icon } from '/web/staff/icons.js';
import { View, keepList, part } from '/web/staff/view.js';
import { COLUMNS, choose, firstView, keyOf, pageOf, sortedBy, statusOf, wordOrder } from '/manager/turns-model.js';

/**
 * @typedef {import('./day.js').Day} Day
 * @typedef {import('./turns-model.js').LogTurn} LogTurn
 * @typedef {import('./turns-model.js').Column} Column
 */

const TYPING_MS = 150;

/** `<ramah-turns>`; give it the `day`. */
export class TurnsTable extends View {
  /** @type {Day} */
  day = /** @type {any} */ (null);
  view = firstView();
  typing = 0;
  /** @type {unknown} */
  shown = null;

  /** @override */
  build() {
    this.className = 'turns card';
    this.shown = null;
    const id = 'turns-table';
    this.append(
      el('div', { class: 'turns-head' },
        el('h2', { id: 'turns-title' }, t('All turns')),
        el('p', { class: 'soft', 'data-part': 'count', role: 'status' }),
        el('div', { class: 'downloads', role: 'group', 'aria-label': t('Download') },
          ...['xlsx', 'csv-sheet'].map((form) => el('a', { class: 'button quiet small', 'data-form': form, download: '' },
            icon('download'), form === 'xlsx' ? 'XLSX' : 'CSV'))),
      ),
      el('div', { class: 'filters', role: 'search', 'aria-label': t('Filter the turns') },
        this.filter('service', t('Service')),
        this.filter('status', t('Outcome')),
        el('label', { class: 'field' }, el('span', {}, t('Search')),
          el('input', { type: 'search', value: this.view.text, placeholder: t('Number or counter'), 'aria-controls': id, oninput: (/** @type {Event} */ event) => this.type(event) })),
      ),
      el('div', { class: 'turns-scroll', tabIndex: 0, role: 'region', 'aria-labelledby': 'turns-title' },
        el('table', { class: 'table', id },
          el('thead', {}, el('tr', {}, ...COLUMNS.map((column) => this.header(column)))),
          el('tbody', {}),
        ),
        el('p', { class: 'soft nothing' }),
      ),
      el('nav', { class: 'pages', 'aria-label': t('Pages of the table') },
        el('button', { type: 'button', class: 'button quiet small', 'data-part': 'previous', onclick: () => this.turn(-1) }, icon('previous'), t('Previous')),
        el('span', { 'data-part': 'page', class: 'number' }),
        el('button', { type: 'button', class: 'button quiet small', 'data-part': 'next', onclick: () => this.turn(1) }, t('Next'), icon('next')),
      ),
    );
    this.follow(this.day, 'change', () => this.render());
  }

  /**
   * @param {'service' | 'status'} key
   * @param {string} name
   */
  filter(key, name) {
    const select = el('select', { 'data-filter': key, onchange: () => this.change({ [key]: select.value }) });
    return el('label', { class: 'field' }, el('span', {}, name), select);
  }

  /** @param {Column} column */
  header(column) {
    return el('th', { scope: 'col', class: isFigure(column) ? 'figure' : '', 'data-column': column },
      el('button', { type: 'button', class: 'sort', onclick: () => this.sort(column) }, columnName(column), el('span', { class: 'order', 'aria-hidden': 'true' })));
  }

  /** @param {Event} event */
  type(event) {
    const { value } = /** @type {HTMLInputElement} */ (event.target);
    window.clearTimeout(this.typing);
    this.typing = window.setTimeout(() => this.change({ text: value }), TYPING_MS);
  }

  /** @param {Partial<import('./turns-model.js').View>} change */
  change(change) {
    this.view = Object.assign({}, this.view, change, { page: 0 });
    this.render();
  }

  /** @param {Column} column */
  sort(column) {
    this.view = sortedBy(this.view, column);
    this.render();
  }

  /** @param {number} by */
  turn(by) {
    this.view = Object.assign({}, this.view, { page: this.view.page + by });
    this.render();
    part(this, '.turns-scroll').scrollTop = 0;
  }

  /** @override */
  render() {
    const { turns, day } = this.day;
    if (this.shown === turns && this.dataset.view === JSON.stringify(this.view) && this.dataset.day === day) {
      return;
    }
    this.shown = turns;
    this.dataset.view = JSON.stringify(this.view);
    this.dataset.day = day;
    this.renderFilters(turns || []);
    const rows = choose(turns || [], this.view, statusName);
    const page = pageOf(rows, this.view.page);
    this.view.page = page.page;
    for (const column of COLUMNS) {
      const order = this.view.sort === column ? (this.view.down ? 'descending' : 'ascending') : 'none';
      const header = part(this, `[data-column="${column}"]`);
      header.setAttribute('aria-sort', order);
      fill(part(header, '.order'), order === 'none' ? null : icon(order === 'descending' ? 'down' : 'up'));
    }
    keepList(part(this, 'tbody'), page.rows, keyOf, () => el('tr', {}), showRow);
    part(this, 'table').hidden = rows.length === 0;
    const nothing = part(this, '.nothing');
    nothing.hidden = rows.length > 0;
    say(nothing, !turns ? t('Just a moment …') : turns.length ? t('Nothing matches. Try fewer filters.') : t('No numbers were taken on this day.'));
    say(part(this, '[data-part="count"]'), turns ? tn('{n} turn', '{n} turns', rows.length) : '');
    part(this, '.pages').hidden = page.pages < 2;
    say(part(this, '[data-part="page"]'), t('{from} to {to} of {all}', { from: number(page.from + 1), to: number(page.to), all: number(rows.length) }));
    /** @type {HTMLButtonElement} */ (part(this, '[data-part="previous"]')).disabled = page.page === 0;
    /** @type {HTMLButtonElement} */ (part(this, '[data-part="next"]')).disabled = page.page >= page.pages - 1;
    for (const link of Array.from(this.querySelectorAll('[data-form]'))) {
      /** @type {HTMLAnchorElement} */ (link).href = `/api/log?from=${day}&to=${day}&format=${link.getAttribute('data-form')}&language=${language()}`;
    }
  }

  /** @param {LogTurn[]} turns */
  renderFilters(turns) {
    /** @type {Map<string, string>} */
    const services = new Map();
    /** @type {Set<string>} */
    const found = new Set();
    for (const turn of turns) {
      services.set(turn.service, `${turn.service} · ${turn.service_name}`);
      found.add(statusOf(turn));
    }
    const words = wordOrder();
    const byName = (/** @type {string[]} */ one, /** @type {string[]} */ other) => words(one[1], other[1]);
    const names = Array.from(services).sort(byName);
    const statuses = Array.from(found, (status) => [status, statusName(status)]).sort(byName);
    options(part(this, '[data-filter="service"]'), names, this.view.service);
    options(part(this, '[data-filter="status"]'), statuses, this.view.status);
  }
}

/**
 * @param {Element} select
 * @param {string[][]} choices
 * @param {string} chosen kept even when no row has it just now
 */
function options(select, choices, chosen) {
  const all = [['', t('All')]].concat(choices);
  const signature = JSON.stringify(all);
  const box = /** @type {HTMLSelectElement} */ (select);
  if (box.dataset.shown !== signature) {
    box.dataset.shown = signature;
    fill(box, ...all.map(([value, name]) => el('option', { value }, name)));
  }
  box.value = chosen;
}

/**
 * @param {HTMLElement} row
 * @param {LogTurn} turn
 */
function showRow(row, turn) {
  const signature = JSON.stringify(turn);
  if (row.dataset.shown === signature) {
    return;
  }
  row.dataset.shown = signature;
  const at = (/** @type {string | null} */ moment) => (moment ? time(moment) : '–');
  const status = statusOf(turn);
  const extra = [turn.recalls ? tn('called again {n} time', 'called again {n} times', turn.recalls) : '', turn.people > 1 ? tn('{n} person', '{n} people', turn.people) : ''];
  fill(row,
    el('th', { scope: 'row', class: 'number' }, turn.label, turn.priority === 'priority' ? star() : null),
    el('td', {}, turn.service_name),
    el('td', { class: 'figure' }, turn.counter === null ? '–' : String(turn.counter)),
    el('td', { class: 'figure' }, at(turn.issued)),
    el('td', { class: 'figure' }, at(turn.called)),
    el('td', { class: 'figure' }, at(turn.started)),
    el('td', { class: 'figure' }, at(turn.ended)),
    el('td', { class: 'figure' }, duration(turn.wait_s)),
    el('td', { class: 'figure' }, duration(turn.service_s)),
    el('td', {}, el('span', { class: statusTone(status) }, statusName(status)), el('small', { class: 'soft extra' }, extra.filter(Boolean).join(' · '))),
  );
}

function star() {
  return el('span', { class: 'priority', title: t('Priority') }, icon('star'), el('span', { class: 'hidden-visually' }, t('Priority')));
}

/** @param {Column} column */
function isFigure(column) {
  return column !== 'label' && column !== 'service_name' && column !== 'status';
}

/** @param {Column} column */
function columnName(column) {
  switch (column) {
    case 'label':
      return t('Number');
    case 'service_name':
      return t('Service');
    case 'counter':
      return t('Counter');
    case 'issued':
      return t('Taken');
    case 'called':
      return t('Called');
    case 'started':
      return t('Started');
    case 'ended':
      return t('Ended');
    case 'wait_s':
      return t('Wait');
    case 'service_s':
      return t('Service time');
    default:
      return t('Outcome');
  }
}

/** @param {string} status an outcome, or the state of a turn that has not ended */
export function statusName(status) {
  switch (status) {
    case 'served':
    case 'done':
      return t('Served');
    case 'no_show':
      return t('Did not come');
    case 'cancelled_by_visitor':
      return t('Cancelled by the visitor');
    case 'cancelled_by_staff':
      return t('Cancelled by staff');
    case 'cancelled':
      return t('Cancelled');
    case 'transferred':
      return t('Sent on');
    case 'expired':
      return t('Left over at closing');
    case 'unfinished':
      return t('Begun, not finished');
    case 'waiting':
      return t('Waiting');
    case 'called':
      return t('Called');
    case 'serving':
      return t('Being served');
    case 'held':
      return t('Held');
    default:
      return t('Closed at day end');
  }
}

/** @param {string} status */
function statusTone(status) {
  if (status === 'served') {
    return 'chip ok';
  }
  if (status === 'called' || status === 'serving') {
    return 'chip brand';
  }
  return status === 'no_show' || status === 'expired' || status === 'unfinished' ? 'chip warn' : 'chip';
}

customElements.define('ramah-turns', TurnsTable);
