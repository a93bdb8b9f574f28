/**
 * Owns `<display-counters>`: in a small hall, what each counter does now.
 *
 * @typedef {import('../../web/types').Counter} Counter
 */

import { el, say } from '/web/dom.js';
import { pick, t } from '/web/i18n.js';

export const MOST = 2;

export class CounterBoards extends HTMLElement {
  constructor() {
    super();
    this.boards = Array.from({ length: MOST }, () => {
      const name = el('h2');
      const label = el('p', { class: 'label number' });
      const state = el('p', { class: 'state' });
      return { name, label, state, root: el('section', { class: 'board' }, name, label, state) };
    });
  }

  connectedCallback() {
    this.append(...this.boards.map((board) => board.root));
  }

  /** @param {Counter[]} counters */
  show(counters) {
    this.boards.forEach((board, index) => {
      const counter = counters[index];
      board.root.hidden = !counter;
      if (counter) {
        const number = t('Counter {number}', { number: counter.number });
        const own = Object.keys(counter.names).length ? pick(counter.names) : '';
        say(board.name, own && own !== number ? `${number} · ${own}` : number);
        say(board.label, counter.current ? counter.current.label : '');
        say(board.state, stateOf(counter));
        board.root.dataset.state = counter.current ? counter.current.state : counter.state;
      }
    });
  }
}

/** @param {Counter} counter */
function stateOf(counter) {
  if (counter.current) {
    return counter.current.state === 'called' ? t('Please come') : t('Being served');
  }
  if (counter.state === 'open') {
    return t('Ready for the next visitor');
  }
  return counter.state === 'break' ? t('Back in a moment') : t('Closed for now');
}

customElements.define('display-counters', CounterBoards);
