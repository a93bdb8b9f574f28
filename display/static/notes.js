/**
 * Owns `<display-notes>`: the quiet line at the foot: pauses, breaks, and a kind word.
 *
 * @typedef {import('../../web/types').Queue} Queue
 * @typedef {import('../../web/types').Service} Service
 */

import { el, say } from '/web/dom.js';
import { pick, t, time, zoneLabel } from '/web/i18n.js';
import { openingTime, waitRange } from '/web/waits.js';

const STAY_MS = 10000;
/** More letters than this stand smaller, so that the line keeps its place and nothing moves. */
const LONG = 90;
/** The end of giving numbers is told from an hour before. */
const SOON_MS = 3600000;

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

  /**
   * @param {Queue} state
   * @param {number} now ms
   */
  show(state, now) {
    const before = this.notes;
    this.notes = notesOf(state, now);
    if (!before.includes(this.notes[0])) {
      this.index = 0; // news comes first
    }
    this.render();
  }

  /** @private */
  render() {
    if (this.notes.length) {
      const words = this.notes[this.index % this.notes.length];
      say(this.text, words);
      this.dataset.size = words.length > LONG ? 'long' : 'short';
    }
  }
}

/** A place that somebody is said to be on for longer was forgotten: nothing is said of it. */
const CARED_MS = 4 * 3600000;

/**
 * @param {Queue} state
 * @param {number} now ms
 * @returns {string[]} a kind line for each place of the hall where somebody mends something now
 */
function caredFor(state, now) {
  const places = new Map();
  for (const each of state.cared || []) {
    if (now - Date.parse(each.since) < CARED_MS) {
      places.set(each.place, t('{place}: we are putting it right just now. Thank you for your patience.', { place: pick(each.names) }));
    }
  }
  return Array.from(places.values());
}

/**
 * Say what visitors would ask: pauses, longer queues, opening hours. What the manager has to say to
 * all is not among them: it has a place of its own, see notice.js.
 *
 * @param {Queue} state
 * @param {number} now ms
 * @returns {string[]}
 */
export function notesOf(state, now) {
  const notes = caredFor(state, now);
  for (const service of state.services) {
    const line = statusOf(service, now);
    if (line) {
      notes.push(line);
    }
  }
  for (const counter of state.counters) {
    if (counter.state === 'break') {
      notes.push(t('Counter {number} is on a short break. Your place in the queue is kept.', { number: counter.number }));
    }
  }
  if (typeof state.waits_right === 'number') {
    notes.push(t('Our estimates of the wait were right for {n} of the last 100 visitors who waited.', { n: state.waits_right }));
  }
  notes.push(t('Please take a seat and make yourself comfortable. We call the numbers in turn.'));
  notes.push(t('Missed your number? No need to take a new one; our staff will help you.'));
  return notes;
}

/**
 * @param {Service} service
 * @param {number} now ms
 * @returns {string} nothing when there is nothing to say
 */
function statusOf(service, now) {
  const name = pick(service.names, service.name);
  if (service.paused) {
    const notice = service.notice || t('This service is taking a short pause. Those who wait keep their place.');
    return `${name}: ${notice}`;
  }
  if (!service.open) {
    return service.next_opening
      ? t('{service}: numbers are given again {time}.', { service: name, time: openingTime(service.next_opening, now) })
      : '';
  }
  const { estimate } = service;
  if (estimate && service.waiting > 0 && estimate.low_minutes > service.target_minutes) {
    return t('The queue for {service} is longer than usual: {wait}. Thank you for your patience.', {
      service: name,
      wait: waitRange(estimate),
    });
  }
  if (service.open_until && Date.parse(service.open_until) - now < SOON_MS) {
    return t('{service}: numbers are given until {time}.', { service: name, time: `${time(service.open_until)} ${zoneLabel()}`.trim() });
  }
  return '';
}

customElements.define('display-notes', QuietLine);
