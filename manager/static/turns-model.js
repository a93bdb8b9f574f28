/**
 * Owns what the table of turns shows: which rows, in which order, on which page. Words are sorted as
 * the reader reads them, numbers in them by their size.
 *
 * @typedef {import('../../web/types').LogTurn} LogTurn
 *
 * @typedef {'label' | 'service_name' | 'counter' | 'issued' | 'called' | 'started' | 'ended' | 'wait_s' | 'service_s' | 'status'} Column
 *
 * @typedef {object} View
 * @property {string} service code, empty for all
 * @property {string} status outcome or state, empty for all
 * @property {string} text
 * @property {Column} sort
 * @property {boolean} down
 * @property {number} page from 0
 */

import { language } from '/web/i18n.js';

export const PAGE_SIZE = 100;

/** @type {Column[]} */
export const COLUMNS = [
  'label', 'service_name', 'counter', 'issued', 'called', 'started', 'ended', 'wait_s', 'service_s', 'status',
];

/** @returns {View} newest first */
export function firstView() {
  return { service: '', status: '', text: '', sort: 'issued', down: true, page: 0 };
}

/**
 * @param {{ticket: string, leg: number}} turn
 * @returns {string} what tells it from all others
 */
export function keyOf(turn) {
  return `${turn.ticket} ${turn.leg}`;
}

/**
 * @param {readonly LogTurn[]} turns
 * @param {readonly LogTurn[]} changed as they stand now
 * @param {readonly {ticket: string, leg: number}[]} gone
 * @returns {LogTurn[]} each in its place, new ones last
 */
export function merged(turns, changed, gone) {
  if (!changed.length && !gone.length) {
    return /** @type {LogTurn[]} */ (turns);
  }
  const rows = new Map(turns.concat(changed).map((turn) => [keyOf(turn), turn]));
  gone.forEach((each) => rows.delete(keyOf(each)));
  return Array.from(rows.values());
}

/**
 * @param {LogTurn} turn
 * @returns {string} how it ended, or where it stands
 */
export function statusOf(turn) {
  return turn.outcome || turn.state;
}

/** @returns {(one: string, other: string) => number} which of two words comes first: F2 before F10 */
export function wordOrder() {
  return new Intl.Collator([language(), 'id'], { numeric: true }).compare;
}

/**
 * @param {readonly LogTurn[]} turns
 * @param {View} view
 * @param {(status: string) => string} [nameOf] a status as the reader sees it
 * @returns {LogTurn[]} all rows that match, in order
 */
export function choose(turns, view, nameOf = (status) => status) {
  const text = view.text.trim().toLowerCase();
  const found = turns.filter(
    (turn) =>
      (!view.service || turn.service === view.service) &&
      (!view.status || statusOf(turn) === view.status) &&
      (!text || wordsOf(turn).includes(text)),
  );
  const sign = view.down ? -1 : 1;
  const words = wordOrder();
  const newest = (/** @type {LogTurn} */ one, /** @type {LogTurn} */ other) => Date.parse(other.issued) - Date.parse(one.issued);
  /** @param {LogTurn} turn */
  const key = (turn) => (view.sort === 'status' ? nameOf(statusOf(turn)) : valueOf(turn, view.sort));
  return found.sort((one, other) => compare(key(one), key(other), sign, words) || newest(one, other));
}

/**
 * @param {readonly LogTurn[]} rows
 * @param {number} page
 * @returns {{rows: readonly LogTurn[], page: number, pages: number, from: number, to: number}}
 */
export function pageOf(rows, page) {
  const pages = Math.max(1, Math.ceil(rows.length / PAGE_SIZE));
  const at = Math.min(Math.max(0, page), pages - 1);
  const from = at * PAGE_SIZE;
  const to = Math.min(rows.length, from + PAGE_SIZE);
  return { rows: rows.slice(from, to), page: at, pages, from, to };
}

/**
 * Sort by a column; the second touch on it turns the order round.
 *
 * @param {View} view
 * @param {Column} column
 * @returns {View}
 */
export function sortedBy(view, column) {
  const again = view.sort === column;
  const words = column === 'label' || column === 'service_name' || column === 'status';
  return Object.assign({}, view, { sort: column, down: again ? !view.down : !words, page: 0 });
}

/**
 * @param {LogTurn} turn
 * @param {Exclude<Column, 'status'>} column
 * @returns {string | number | null}
 */
function valueOf(turn, column) {
  if (column === 'issued' || column === 'called' || column === 'started' || column === 'ended') {
    const at = turn[column];
    return at === null ? null : Date.parse(at); // by the instant: a clock that went back says an hour twice
  }
  return turn[column];
}

/**
 * What is not known comes last, whichever way the rest is sorted.
 *
 * @param {string | number | null} one
 * @param {string | number | null} other
 * @param {number} sign
 * @param {(one: string, other: string) => number} words
 */
function compare(one, other, sign, words) {
  if (one === null || other === null) {
    return one === other ? 0 : one === null ? 1 : -1;
  }
  return sign * (typeof one === 'number' ? one - Number(other) : words(one, String(other)));
}

/** @param {LogTurn} turn */
function wordsOf(turn) {
  return `${turn.label} ${turn.service_name} ${turn.counter === null ? '' : turn.counter}`.toLowerCase();
}
