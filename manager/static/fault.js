/**
 * Owns one fault of the hall's comfort, and one place whose checks were missed, as the manager sees
 * them: reading, handing on, mending, erasing what shows a person.
 *
 * @typedef {import('../../web/types').Fault} Fault
 * @typedef {import('../../web/types').Missed} Missed
 * @typedef {import('../../web/types').StaffPerson} StaffPerson
 */

import { el } from '/web/dom.js';
import { day, number, t, time } from '/web/i18n.js';
import { icon } from '/web/icons.js';
import { minutes } from '/web/staff/format.js';
import { acts, handOn, sure, whatWasDone } from '/manager/acts.js';
import { dayWords } from '/manager/periodwords.js';

/**
 * @param {Fault} fault
 * @param {StaffPerson[]} people who may see to it
 * @param {(fault: Fault) => void} changed told of it as it is after something was done
 * @returns {HTMLElement}
 */
export function faultCard(fault, people, changed) {
  const { trouble, does } = acts(`/api/comfort/faults/${encodeURIComponent(fault.id)}`, changed);
  const label = `${fault.place_name}: ${fault.item_name}`;
  const told = fault.notes.filter((each) => each.said);
  const photos = fault.notes.filter((each) => each.photo);
  const open = fault.state !== 'mended';
  return el('article', { class: 'card word fault', 'data-key': fault.id, 'data-state': fault.state },
    el('header', { class: 'word-head' },
      el('div', { class: 'word-words' }, el('b', {}, label), el('small', { class: 'soft' }, about(fault))),
      ...chips(fault)),
    fault.blacked ? el('p', { class: 'soft' }, t('Words and photos were erased because they named or showed somebody.')) : null,
    ...told.map((each) => el('blockquote', {}, each.said)),
    photos.length ? el('div', { class: 'fault-photos' }, ...photos.map((each) => el('a', { href: each.photo, target: '_blank' },
      el('img', { src: each.photo || '', alt: t('Photo: {label}', { label }), loading: 'lazy' })))) : null,
    fault.action ? el('p', { class: 'word-done' }, icon('check'), el('span', {}, fault.action)) : null,
    trouble,
    open ? el('div', { class: 'word-tools' },
      fault.read ? null : el('button', { type: 'button', class: 'button quiet small', onclick: () => does('seen') }, t('Read')),
      fault.state === 'working' ? null : el('button', { type: 'button', class: 'button quiet small', onclick: () => does('begin') }, t('I am on it')),
      whatWasDone(t('What was done? It counts as mended then.'), '', (action) => does('mend', { action })),
      people.length ? handOn(label, people, (person) => does('assign', { person })) : null,
      told.length || photos.length ? sure(t('Erase words and photos'), t('They show or name somebody: really erase?'), () => does('black-out'), { picture: icon('erase') }) : null) : null);
}

/** @param {Fault} fault */
function about(fault) {
  const times = fault.notes.filter((each) => !each.photo).length;
  return [
    fault.channel === 'visitor' ? t('a visitor told it') : t('found in a check'),
    times > 1 ? t('told {n} times', { n: number(times) }) : '',
    `${day(fault.at)}, ${time(fault.at)}`,
  ].filter(Boolean).join(' · ');
}

/**
 * @param {Fault} fault
 * @returns {string} for how long it has not been mended
 */
export function openFor(fault) {
  return t('open for {long}', { long: minutes(fault.minutes * 60) });
}

/**
 * @param {Fault} fault
 * @returns {(HTMLElement | null)[]}
 */
function chips(fault) {
  if (fault.state === 'mended') {
    return [el('span', { class: 'chip ok' }, t('mended after {long}', { long: minutes(fault.minutes * 60) }))];
  }
  return [
    el('span', { class: 'chip warn', 'data-part': 'long' }, openFor(fault)),
    fault.state === 'working' ? el('span', { class: 'chip brand' }, fault.on_it ? t('{name} is on it', { name: fault.on_it }) : t('Somebody is on it')) : null,
    fault.owner && fault.state !== 'working' ? el('span', { class: 'chip brand' }, fault.owner) : null,
  ];
}

/** @param {Missed} missed */
export function missedKey(missed) {
  return `missed ${missed.place}`;
}

/**
 * @param {Missed} missed
 * @param {StaffPerson[]} people
 * @param {(missed: Missed) => void} changed
 * @returns {HTMLElement}
 */
export function missedCard(missed, people, changed) {
  const { trouble, does } = acts(`/api/comfort/missed/${missed.day}/${encodeURIComponent(missed.place)}`, changed);
  return el('article', { class: 'card word missed', 'data-key': missedKey(missed) },
    el('header', { class: 'word-head' },
      el('div', { class: 'word-words' },
        el('b', {}, t('{place}: looked at {done} of {due} times', { place: missed.place_name, done: number(missed.done), due: number(missed.due) })),
        el('small', { class: 'soft' }, dayWords(missed.day))),
      missed.owner && !missed.action ? el('span', { class: 'chip brand' }, missed.owner) : null,
      missed.action ? el('span', { class: 'chip ok' }, t('Done')) : null),
    missed.action ? el('p', { class: 'word-done' }, icon('check'), el('span', {}, missed.action)) : null,
    trouble,
    el('div', { class: 'word-tools' },
      missed.read ? null : el('button', { type: 'button', class: 'button quiet small', onclick: () => does('read') }, t('Read')),
      whatWasDone(t('What was done about it?'), missed.action || '', (action) => does('act', { action })),
      missed.action || !people.length ? null : handOn(missed.place_name, people, (person) => does('assign', { person }))));
}
