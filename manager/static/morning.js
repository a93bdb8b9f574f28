/**
 * Owns the morning read: what visitors said yesterday, what still waits for an answer, and the few
 * figures that say where to help today.
 *
 * @typedef {import('../../web/types').Morning} MorningRead
 * @typedef {import('../../web/types').Word} Word
 * @typedef {import('../../web/types').StaffPerson} StaffPerson
 */

import { get } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { face, faceWord } from '/web/faces.js';
import { number, t, time, tn } from '/web/i18n.js';
import { icon } from '/web/icons.js';
import { duration, minutes } from '/web/staff/format.js';
import { View, part } from '/web/staff/view.js';
import { dayWords } from '/manager/periodwords.js';
import { goTo, keepingDrafts } from '/manager/acts.js';
import { faultCard, missedCard, missedKey } from '/manager/fault.js';
import { channelWord, wordCard } from '/manager/word.js';

const SLOW_MS = 30000;

/** `<ramah-morning>`. */
export class MorningView extends View {
  /** @type {StaffPerson[]} */
  people = [];
  /** @type {MorningRead | null} */
  told = null;

  /** @override */
  build() {
    this.className = 'morning';
    this.append(el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }), el('div', { class: 'morning-body' }));
    this.load();
  }

  async load() {
    await this.trying(async () => {
      const [morning, people] = await Promise.all([
        get('/api/morning', { as: 'staff', timeout: SLOW_MS }), get('/api/people', { as: 'staff' })]);
      this.people = people.people;
      this.told = morning;
      this.show();
    });
  }

  show() {
    const { told } = this;
    if (!told) {
      return;
    }
    const open = new Set(told.open.map((each) => each.id));
    // a face without a sentence is counted, not listed: nobody reads forty empty cards
    const others = told.words.filter((each) => !open.has(each.id) && (each.said || each.thanks || each.low || each.blacked));
    fill(part(this, '.morning-body'),
      el('section', { 'aria-labelledby': 'open-title' },
        el('h2', { id: 'open-title' }, t('Waits for an answer')),
        told.open_number > told.open.length ? el('p', { class: 'banner warn' }, t('{n} wait; here are the most urgent.', { n: number(told.open_number) })) : null,
        told.open.length ? this.list(told.open) : el('p', { class: 'soft' }, t('Nothing waits for an answer. Well done.'))),
      el('section', { 'aria-labelledby': 'said-title' },
        el('h2', { id: 'said-title' }, told.day ? t('What visitors said: {day}', { day: dayWords(told.day) }) : t('What visitors said')),
        told.words.length ? faces(told.words) : el('p', { class: 'soft' }, t('No words from that day yet.')),
        told.alike.length ? alike(told.alike) : null,
        this.list(others)),
      this.comfort(told),
      el('section', { class: 'card morning-figures', 'aria-labelledby': 'help-today' },
        el('h2', { id: 'help-today' }, t('Where to help today')),
        el('ul', {}, ...figures(told).map((line) => el('li', {}, line)))));
  }

  /** @param {Word[]} words */
  list(words) {
    return el('div', { class: 'words' }, ...words.map((each) => wordCard(each, this.people, (word) => this.changed(word))));
  }

  /**
   * Missed checks and what is not mended, like words: read, handed on, done.
   *
   * @param {MorningRead} told
   */
  comfort(told) {
    const { faults, missed } = told.comfort;
    if (!faults.length && !missed.length) {
      return null;
    }
    const again = (/** @type {string} */ key, /** @type {Partial<MorningRead['comfort']>} */ change) => {
      this.told = Object.assign({}, this.told, { comfort: Object.assign({}, told.comfort, change) });
      this.showAgain(key);
    };
    return el('section', { 'aria-labelledby': 'comfort-title' },
      el('h2', { id: 'comfort-title' }, t('Comfort of the hall')),
      el('div', { class: 'words' },
        ...faults.map((each) => faultCard(each, this.people, (now) => again(now.id, { faults: faults.map((one) => one.id === now.id ? now : one) }))),
        ...missed.map((each) => missedCard(each, this.people, (now) => again(missedKey(now), { missed: missed.map((one) => one.place === now.place ? now : one) })))));
  }

  /** @param {string} key of the card that something was done about */
  showAgain(key) {
    if (!keepingDrafts(this, () => this.show())) {
      goTo(this.querySelector(`[data-key="${key}"]`));
    }
  }

  /** @param {Word} word */
  changed(word) {
    if (!this.told) {
      return;
    }
    const swap = (/** @type {Word[]} */ words) => words.map((each) => each.id === word.id ? word : each);
    // an answered word stays in sight until the page is opened again, so that it can be corrected
    this.told = Object.assign({}, this.told, { open: swap(this.told.open), words: swap(this.told.words) });
    this.showAgain(word.id);
  }
}

/** @param {Word[]} words */
function faces(words) {
  return el('ul', { class: 'face-counts' }, ...[4, 3, 2, 1].map((mark) => el('li', { class: 'chip', 'data-face': String(mark) },
    face(mark), `${faceWord(mark)}: ${number(words.filter((each) => each.face === mark).length)}`)));
}

/** @param {MorningRead['alike']} told */
function alike(told) {
  return el('section', { class: 'card', 'aria-labelledby': 'alike-title' },
    el('h3', { id: 'alike-title' }, t('Worth a look')),
    el('p', { class: 'soft' }, t('Many equal words at one counter, or words given at once: perhaps a group, perhaps one hand.')),
    el('ul', {}, ...told.map((each) => el('li', {}, [
      time(each.at),
      each.counter === null ? '' : t('Counter {number}', { number: each.counter }),
      each.device || channelWord(each.channel),
      tn('{n} word in ten minutes', '{n} words in ten minutes', each.n),
      each.face === null ? '' : t('all of them: {face}', { face: faceWord(each.face) }),
      each.hasty ? tn('{n} within three seconds after the service', '{n} within three seconds after the service', each.hasty) : '',
    ].filter(Boolean).join(' · ')))));
}

/**
 * @param {MorningRead} told
 * @returns {(string | HTMLElement)[]}
 */
function figures(told) {
  const { acted, calls } = told;
  /** @type {(string | HTMLElement)[]} */
  const lines = told.waits.map((each) => each.most_s === null
    ? t('{service}: {n} of {called} waited longer than promised ({minutes} min).', { service: each.service, n: number(each.longer), called: number(each.called), minutes: each.target_minutes })
    : t('{service}: {n} of {called} waited longer than promised ({minutes} min); 9 of 10 were called within {long}.', { service: each.service, n: number(each.longer), called: number(each.called), minutes: each.target_minutes, long: minutes(each.most_s) }));
  if (told.n && told.lowest.length) {
    lines.push(t('Lowest in the survey of the last 13 weeks ({n} answers): {names}.', { n: number(told.n), names: told.lowest.map((each) => each.name).join('; ') }));
  }
  if (calls.asked) {
    lines.push(calls.mean_s === null
      ? tn('{n} visitor asked for a person, and nobody came.', '{n} visitors asked for a person, and nobody came.', calls.asked)
      : t('{n} asked for a person; somebody set out after {long} on average.', { n: number(calls.asked), long: minutes(calls.mean_s) }));
  }
  if (calls.met) {
    lines.push(t('{n} of them were met; half waited at most {long}.', { n: number(calls.met), long: duration(calls.arrival_s) }));
  }
  if (told.thanks) {
    lines.push(el('span', { class: 'morning-thanks' }, icon('heart'), tn('{n} thank-you to pass on; the officers see theirs under My figures.', '{n} thank-yous to pass on; the officers see theirs under My figures.', told.thanks)));
  }
  if (acted.low) {
    lines.push(acted.mean_hours === null
      ? tn('{n} low word in 90 days, not answered yet.', '{n} low words in 90 days, none answered yet.', acted.low)
      : t('Low words in 90 days: {low}, answered: {acted}, in time: {in_time}, on average after {hours} h.', { low: number(acted.low), acted: number(acted.acted), in_time: number(acted.in_time), hours: number(acted.mean_hours) }));
  }
  return lines.length ? lines : [t('No long waits, no calls for a person. A calm day.')];
}

customElements.define('ramah-morning', MorningView);
