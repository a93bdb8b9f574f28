/**
 * Owns one visitor's word as the manager sees it: what was said, by when it wants an answer, and
 * reading, handing on, answering and blacking out.
 *
 * @typedef {import('../../web/types').Word} Word
 * @typedef {import('../../web/types').StaffPerson} StaffPerson
 */

import { el } from '/web/dom.js';
import { face, faceWord } from '/web/faces.js';
import { day, t, time } from '/web/i18n.js';
import { icon } from '/web/icons.js';
import { minutes } from '/web/staff/format.js';
import { acts, handOn, sure, whatWasDone } from '/manager/acts.js';

/**
 * @param {Word} word
 * @param {StaffPerson[]} people who may see to it
 * @param {(word: Word) => void} changed told of the word as it is after something was done
 * @returns {HTMLElement}
 */
export function wordCard(word, people, changed) {
  const { trouble, does } = acts(`/api/feedback/${encodeURIComponent(word.id)}`, changed);
  const waits = word.low && !word.acted;
  return el('article', { class: 'card word', 'data-face': String(word.face), 'data-key': word.id },
    el('header', { class: 'word-head' },
      face(word.face),
      el('div', { class: 'word-words' }, el('b', {}, faceWord(word.face)), el('small', { class: 'soft' }, about(word))),
      ...chips(word)),
    word.blacked ? el('p', { class: 'soft' }, t('The sentence was erased because it named a person.')) : word.said ? el('blockquote', {}, word.said) : null,
    word.action ? el('p', { class: 'word-done' }, icon('check'), el('span', {}, word.action)) : null,
    trouble,
    el('div', { class: 'word-tools' },
      word.read ? null : el('button', { type: 'button', class: 'button quiet small', onclick: () => does('read') }, t('Read')),
      waits || (word.low && !word.helped) ? whatWasDone(t('What was done? The visitor can read it.'), word.action || '', (action) => does('act', { action })) : null,
      waits && people.length ? handOn(word.label, people, (person) => does('assign', { person })) : null,
      word.said ? sure(t('Erase the sentence'), t('It names a person: really erase it?'), () => does('black-out'), { picture: icon('erase') }) : null));
}

/** @param {string} channel how a word was given */
export function channelWord(channel) {
  return { phone: t('Phone'), tablet: t('Tablet'), kiosk: t('Kiosk') }[channel] || channel;
}

/** @param {Word} word */
function about(word) {
  return [
    word.label,
    word.service,
    word.counter === null ? '' : t('Counter {number}', { number: word.counter }),
    word.wait_s === null ? '' : t('waited {long}', { long: minutes(word.wait_s) }),
    `${day(word.at)}, ${time(word.at)}`,
    word.device || channelWord(word.channel),
  ].filter(Boolean).join(' · ');
}

/**
 * @param {Word} word
 * @returns {(HTMLElement | null)[]}
 */
function chips(word) {
  return [
    word.thanks ? el('span', { class: 'chip ok' }, t('Thanks to the officer')) : null,
    word.late ? el('span', { class: 'chip danger' }, t('Late')) : null,
    word.due && !word.acted && !word.late ? el('span', { class: 'chip warn' }, t('To be answered by {day}, {time}', { day: day(word.due), time: time(word.due) })) : null,
    word.helped === false || (word.reopened && !word.acted) ? el('span', { class: 'chip danger' }, t('It did not help')) : null,
    word.owner && !word.acted ? el('span', { class: 'chip brand' }, word.owner) : null,
    word.helped ? el('span', { class: 'chip ok' }, t('It helped')) : null,
    word.acted && word.helped === null ? el('span', { class: 'chip ok' }, t('Done')) : null,
  ];
}
