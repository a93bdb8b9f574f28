/**
 * Owns `<display-board>`: every counter of the hall and the number that stands there, all at once, from
 * one counter to forty. The words are as large as the room allows.
 *
 * @typedef {import('../../web/types').Queue} Queue
 * @typedef {import('../../web/types').Counter} Counter
 * @typedef {import('../../web/types').RecentCall} RecentCall
 */

import { el, say } from '/web/dom.js';
import { pick, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';
import { onResize, size, widest } from '/display/fit.js';
import { best } from '/display/grid.js';

const LABEL_WEIGHT = 800;
const NUMBER_WEIGHT = 700;
/** So few counters have room to say what each does, and for the name of its agency. */
const FEW = 2;
const SOME = 12;
/** In a hall of more counters, those that are closed give their room to the others. */
const SHOW_CLOSED = 6;

/** @typedef {'called' | 'serving' | 'before' | 'open' | 'break' | 'closed'} Place */

class Cell {
  constructor() {
    this.name = el('span', { class: 'name number' });
    this.label = el('span', { class: 'label number' });
    this.state = el('span', { class: 'state' });
    this.agency = el('span', { class: 'agency' });
    this.speaker = el('span', { class: 'speaker', hidden: true }, icon('sound'));
    this.root = el('li', { class: 'cell' }, this.name, this.label, this.state, this.agency, this.speaker);
  }
}

export class Board extends HTMLElement {
  constructor() {
    super();
    this.word = el('span');
    this.what = el('span');
    this.heading = el('h2', {}, this.word, icon('arrow'), this.what);
    this.list = el('ol', { class: 'cells' });
    /** @type {Cell[]} */
    this.cells = [];
    /** @type {Counter[]} */
    this.counters = [];
    this.fitted = '';
  }

  connectedCallback() {
    this.append(this.heading, this.list);
    onResize(this, () => this.measure()());
  }

  /**
   * @param {Queue} state
   * @param {RecentCall | null} newest
   * @param {RecentCall | null} spoken
   * @param {(call: RecentCall) => string} agencyOf
   */
  show(state, newest, spoken, agencyOf) {
    this.setAttribute('aria-label', t('Counters and their numbers'));
    this.counters = standing(state.counters);
    while (this.cells.length < this.counters.length) {
      const cell = new Cell();
      this.cells.push(cell);
      this.list.append(cell.root);
    }
    this.cells.splice(this.counters.length).forEach((cell) => cell.root.remove());
    const few = this.counters.length <= FEW;
    const many = this.counters.length > SOME;
    say(this.word, t('Counter'));
    say(this.what, t('Queue number'));
    this.heading.hidden = !many;
    this.fewOrMany(few, many);
    const latest = latestByCounter(state.recent_calls);
    this.counters.forEach((counter, index) => {
      const call = latest.get(counter.id) || null;
      const cell = this.cells[index];
      const place = placeOf(counter, call);
      const label = counter.current ? counter.current.label : place === 'before' && call ? call.label : '';
      say(cell.name, many ? String(counter.number) : nameOf(counter, few));
      say(cell.label, label);
      say(cell.state, few || !label ? wordsOf(place) : '');
      say(cell.agency, call && label && this.counters.length <= SOME && !few ? agencyOf(call) : '');
      Object.assign(cell.root.dataset, {
        state: place,
        newest: String(Boolean(newest && newest.counter === counter.id && label === newest.label)),
      });
      cell.speaker.hidden = !(spoken && spoken.counter === counter.id && label === spoken.label);
      cell.root.dataset.spoken = String(!cell.speaker.hidden);
      const words = nameOf(counter, true);
      cell.root.setAttribute('aria-label', [words, label, wordsOf(place)].filter(Boolean).join(', '));
    });
  }

  /**
   * @private
   * @param {boolean} few
   * @param {boolean} many
   */
  fewOrMany(few, many) {
    const room = few ? 'few' : many ? 'many' : 'some';
    if (this.dataset.room !== room) {
      this.dataset.room = room;
      this.fitted = '';
    }
  }

  /**
   * Choose columns and sizes; only when something that matters changed. Call after `show`.
   *
   * @returns {() => void} what sets them, when everything is measured
   */
  measure() {
    const box = this.list.getBoundingClientRect();
    if (this.cells.length === 0 || box.width === 0 || box.height === 0) {
      return () => {};
    }
    const label = widest(this.cells.map((cell) => cell.label.textContent || ''), LABEL_WEIGHT);
    const few = this.cells.length <= FEW;
    const names = few ? this.counters.map((each) => nameOf(each, false)) : this.cells.map((cell) => cell.name.textContent || '');
    const name = widest(names, NUMBER_WEIGHT);
    // a long name of a counter takes a second line, what it does a third
    const lines = (few ? 2 : 0) + (this.cells.some((cell) => cell.agency.textContent) ? 1 : 0);
    const facts = [this.cells.length, box.width, box.height, label, name, lines].join(' ');
    if (facts === this.fitted) {
      return () => {};
    }
    this.fitted = facts;
    const gap = Math.round(Math.min(window.innerWidth, window.innerHeight) * (this.cells.length > SOME ? 0.009 : 0.015));
    const found = best({ count: this.cells.length, width: box.width, height: box.height, gap, label, name, lines });
    return () => {
      this.dataset.shape = found.shape;
      this.list.style.gridTemplateColumns = `repeat(${found.columns}, minmax(0, 1fr))`;
      this.list.style.gridGap = `${gap}px`;
      size(this.list, found.size);
    };
  }
}

/**
 * Order by what stands above the counters, and leave out the closed ones of a large hall.
 *
 * @param {Counter[]} counters
 */
export function standing(counters) {
  const sorted = counters.slice().sort((one, other) => one.number - other.number);
  const there = sorted.filter((each) => each.current || each.state !== 'closed');
  return sorted.length <= SHOW_CLOSED || there.length === 0 ? sorted : there;
}

/**
 * @param {RecentCall[]} calls newest first
 * @returns {Map<string, RecentCall>} the latest of each counter
 */
function latestByCounter(calls) {
  const latest = new Map();
  for (const call of calls) {
    if (!latest.has(call.counter)) {
      latest.set(call.counter, call);
    }
  }
  return latest;
}

/**
 * @param {Counter} counter
 * @param {RecentCall | null} call
 * @returns {Place}
 */
function placeOf(counter, call) {
  if (counter.current) {
    return counter.current.state === 'called' ? 'called' : 'serving';
  }
  if (counter.state !== 'open') {
    return counter.state === 'break' ? 'break' : 'closed';
  }
  return call ? 'before' : 'open';
}

/**
 * @param {Counter} counter
 * @param {boolean} long with its own name, where there is room
 */
function nameOf(counter, long) {
  const number = t('Counter {number}', { number: counter.number });
  const own = long && Object.keys(counter.names).length ? pick(counter.names) : '';
  return own && own !== number ? `${number} · ${own}` : number;
}

/** @param {Place} place */
function wordsOf(place) {
  switch (place) {
    case 'called':
      return t('Please come');
    case 'serving':
      return t('Being served');
    case 'before':
    case 'open':
      return t('Ready for the next visitor');
    case 'break':
      return t('Back in a moment');
    default:
      return t('Closed for now');
  }
}

customElements.define('display-board', Board);
