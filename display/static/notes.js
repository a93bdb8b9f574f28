/**
 * Owns `<display-notes>`: the quiet line at the foot: pauses, breaks, and a kind word.
 *
 * @typedef {import('../../web/types').Queue} Queue
 */

import { el, say } from '/web/dom.js';
import { pick, t } from '/web/i18n.js';

const STAY_MS = 10000;

export class QuietLine extends HTMLElement {
  constructor() {
    super();
    this.text = el('p');
    /** @type {string[]} */
    this.notes = [];
    this.index = 0;
  }

  connectedCallback() {
    this.append(this.text);
    window.setInterval(() => {
      this.index += 1;
      this.render();
    }, STAY_MS);
  }

  /** @param {Queue} state */
  show(state) {
    this.notes = notesOf(state);
    this.render();
  }

  /** @private */
  render() {
    if (this.notes.length) {
      say(this.text, this.notes[this.index % this.notes.length]);
    }
  }
}

/**
 * @param {Queue} state
 * @returns {string[]}
 */
export function notesOf(state) {
  const notes = [];
  for (const service of state.services) {
    if (service.paused) {
      const notice = service.notice || t('This service is taking a short pause. Those who wait keep their place.');
      notes.push(`${pick(service.names, service.name)}: ${notice}`);
    }
  }
  for (const counter of state.counters) {
    if (counter.state === 'break') {
      notes.push(t('Counter {number} is on a short break. Your place in the queue is kept.', { number: counter.number }));
    }
  }
  notes.push(t('Please take a seat and make yourself comfortable. We call the numbers in turn.'));
  notes.push(t('Missed your number? No need to take a new one; our staff will help you.'));
  return notes;
}

customElements.define('display-notes', QuietLine);
