/**
 * Owns what the phone page says in each state of a ticket. Pure: state in, sentences out.
 *
 * @typedef {import('../../web/types').Track} Track
 * @typedef {object} Said
 * @property {string} big the one thing to know
 * @property {string} range the wait, if it can be told honestly
 * @property {string} next what happens next
 * @property {boolean} over nothing will change any more
 */

import { t, time, tn } from '/web/i18n.js';
import { notOpenYet, waitRange } from '/web/waits.js';

/**
 * @param {Track} track
 * @returns {Said}
 */
export function words(track) {
  const where = counterWords(track);
  switch (track.state) {
    case 'waiting':
      return waiting(track);
    case 'called':
      return said(t('Your turn. Please come to {counter}.', { counter: where }), t('We are looking forward to seeing you.'));
    case 'serving':
      return said(t('You are being served at {counter}.', { counter: where }), '');
    case 'held':
      return said(t('Your number is kept for you.'), t('Come to our staff when you are ready; no new number is needed.'));
    case 'no_show':
      return said(
        t('We called you, and perhaps just missed you.'),
        t('No need to take a new number. Please see our staff, they will help you.'),
      );
    case 'cancelled':
      return over(t('Your number was given back.'), t('Thank you for telling us. You are always welcome to take a new one.'));
    case 'done':
      return over(t('All done. Thank you for your visit.'), t('Have a good day, and a safe way home.'));
    default:
      return ended();
  }
}

/** @returns {Said} for a token that is not known any more */
export function ended() {
  return over(
    t('This number belongs to a day that is over.'),
    t('Thank you for your visit. You are always welcome to take a new number.'),
  );
}

/**
 * @param {Track} track
 * @returns {string} "Counter 3", or the counter's own name
 */
export function counterWords(track) {
  const { counter } = track;
  if (!counter) {
    return t('the counter');
  }
  const named = counter.name && counter.name !== String(counter.number);
  return named ? counter.name : t('Counter {number}', { number: counter.number });
}

/**
 * @param {Track} track
 * @returns {Said}
 */
function waiting(track) {
  const range = waitRange(track.estimate);
  if (track.not_yet && track.due_at) {
    return said(
      t('Your appointment is at {time}.', { time: time(track.due_at) }),
      t('It is not your turn yet. Please be here a little before; we call you then.'),
    );
  }
  if (!track.attended) {
    const first = track.ahead === 0 ? t('You are first in line.') : tn('{n} person ahead of you', '{n} people ahead of you', track.ahead);
    return { ...said(first, notOpenYet(track.starts)), range: track.ahead ? range : '' };
  }
  if (track.ahead === 0) {
    return said(t('You are next.'), t('Please come close to the counters; we call you in a moment.'));
  }
  return {
    big: tn('{n} person ahead of you', '{n} people ahead of you', track.ahead),
    range,
    next: t('Please take a seat and make yourself comfortable. This page follows by itself.'),
    over: false,
  };
}

/**
 * @param {string} big
 * @param {string} next
 * @returns {Said}
 */
function said(big, next) {
  return { big, range: '', next, over: false };
}

/**
 * @param {string} big
 * @param {string} next
 * @returns {Said}
 */
function over(big, next) {
  return { big, range: '', next, over: true };
}
