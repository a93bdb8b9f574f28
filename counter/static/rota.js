/**
 * Owns an officer's own rota, made for a phone: one's shifts, offering one to colleagues, taking theirs.
 *
 * @typedef {import('../../web/types').MyRota} MyRota
 * @typedef {import('../../web/types').OwnShift} OwnShift
 * @typedef {import('../../web/types').Swap} Swap
 */

import { get, LinkError, newKey, post, ProblemError } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { clockWords, dateFormat, language, t } from '/web/i18n.js';
import { ask } from '/web/staff/dialog.js';
import { Boot, app } from '/web/staff/boot.js';
import { SERVES } from '/web/staff/home.js';
import { TopBar } from '/web/staff/topbar.js';

const LOOK_MS = 60000;

/** @type {MyRota | null} */
let told = null;
let trouble = '';
let timer = 0;

const boot = new Boot({
  heading: () => t('My rota'),
  purpose: () => t('Log in to see when and where you work.'),
  again: () => t('Please log in again.'),
  shut: () => t('The rota cannot be read yet'),
  roles: SERVES,
  begin() {
    load();
    timer = window.setInterval(() => !document.hidden && load(), LOOK_MS);
  },
  leave() {
    window.clearInterval(timer);
    told = null;
  },
  relearn() {
    show();
  },
});

async function load() {
  await does(() => get('/api/rota/mine', { as: 'staff' }));
}

/** @param {() => Promise<MyRota>} work */
async function does(work) {
  try {
    told = await work();
    trouble = '';
  } catch (error) {
    if (!(error instanceof ProblemError || error instanceof LinkError)) {
      throw error;
    }
    trouble = error.detail;
  }
  show();
}

/** @param {string} path @param {object} [body] */
function send(path, body = {}) {
  return does(() => post(`/api/rota/swaps${path}`, body, { as: 'staff', idempotencyKey: newKey() }));
}

function show() {
  if (!boot.person) {
    return;
  }
  boot.show('rota');
  const focus = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : '';
  const bar = new TopBar();
  bar.heading = t('My rota');
  bar.person = boot.person;
  bar.addEventListener('logout', () => boot.logOut());
  fill(app, bar, el('main', { class: 'page rota-page' },
    el('h1', {}, t('My rota')),
    el('div', { class: 'notices', role: 'alert' }, trouble ? el('p', { class: 'banner warn' }, trouble) : null),
    told ? own(told) : el('p', { class: 'soft' }, t('Just a moment.')),
    told ? offers(told) : null,
    el('p', {}, el('a', { class: 'button quiet', href: '/counter' }, t('To the counter')))));
  document.title = `${t('My rota')} · Ramah`;
  const again = focus ? app.querySelector(`[data-key="${focus}"]`) : null;
  if (again instanceof HTMLElement) {
    again.focus();
  }
}

/** @param {MyRota} now */
function own(now) {
  if (!now.shifts.length) {
    return el('p', { class: 'card' }, !now.planned
      ? t('You are not among the officers of the plan yet. Please ask your manager.')
      : now.until ? t('You have no shifts until {day}.', { day: dayWords(now.until) }) : t('No plan is saved yet. It appears here as soon as it is.'));
  }
  const weeks = [...new Set(now.shifts.map((each) => monday(each.day)))];
  return el('section', { 'aria-labelledby': 'own-title' },
    el('h2', { id: 'own-title' }, t('When and where you work')),
    el('ul', { class: 'rota-list' }, ...now.shifts.map((each) => el('li', { class: 'card' },
      el('b', {}, dayWords(each.day)),
      el('p', { class: 'rota-time' }, times(each)),
      each.rest ? el('p', { class: 'soft' }, t('Rest from {start} until {end}', { start: clockWords(each.rest), end: clockWords(each.rest_end || '') })) : null,
      each.offered
        ? el('p', {}, t('Offered to colleagues.'), ' ', el('button', { type: 'button', class: 'button quiet small', 'data-key': `own-${each.day}`, onclick: () => send(`/${each.offered}/withdraw`) }, t('Take it back')))
        : el('button', { type: 'button', class: 'button quiet small', 'data-key': `own-${each.day}`, 'aria-label': t('Offer the shift of {day}', { day: dayWords(each.day) }), onclick: () => offer(each) }, t('Offer to colleagues'))))),
    el('p', {}, ...weeks.map((week) => el('a', { class: 'button quiet small', href: `/api/rota/mine.ics?week=${week}&language=${language()}&as=staff`, download: '' }, t('Calendar: week of {day}', { day: dayWords(week) })))));
}

/** @param {OwnShift} shift */
async function offer(shift) {
  const sure = await ask({
    title: t('Offer the shift of {day}?', { day: dayWords(shift.day) }),
    intro: t('Colleagues see it here. It stays yours until the manager accepts a swap.'),
    confirm: t('Offer it'),
  });
  if (sure) {
    await send('', { day: shift.day });
  }
}

/** @param {MyRota} now */
function offers(now) {
  const theirs = now.swaps.filter((each) => !each.own && each.shift);
  const mine = now.swaps.filter((each) => each.own && each.taker);
  return el('section', { 'aria-labelledby': 'offers-title' },
    el('h2', { id: 'offers-title' }, t('What colleagues offer')),
    ...mine.map((each) => el('p', { class: 'card' }, t('{name} would take your shift of {day}. The manager decides.', { name: each.taker || '', day: dayWords(each.day) }))),
    theirs.length
      ? el('ul', { class: 'rota-list' }, ...theirs.map((each) => el('li', { class: 'card' },
        el('b', {}, `${each.officer}: ${dayWords(each.day)}`),
        el('p', { class: 'rota-time' }, each.shift ? times(each.shift) : ''),
        each.mine ? el('p', { class: 'soft' }, t('You would take it. The manager decides.'))
          : each.taker ? el('p', { class: 'soft' }, t('{name} would take it.', { name: each.taker }))
            : el('button', { type: 'button', class: 'button small', 'data-key': each.id, 'aria-label': t('Take the shift of {name} on {day}', { name: each.officer, day: dayWords(each.day) }), onclick: () => send(`/${each.id}/take`) }, t('I would take it')))))
      : el('p', { class: 'soft' }, t('Nobody offers a shift now.')));
}

/** @param {OwnShift} shift */
function times(shift) {
  return `${clockWords(shift.start)}–${clockWords(shift.end)} · ${t('Counter {n}', { n: String(shift.counter) })}`;
}

/** @param {string} day YYYY-MM-DD */
function dayWords(day) {
  return dateFormat({ timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'short' }).format(new Date(`${day}T12:00:00Z`));
}

/** @param {string} day YYYY-MM-DD */
function monday(day) {
  const on = new Date(`${day}T12:00:00Z`);
  on.setUTCDate(on.getUTCDate() - (on.getUTCDay() + 6) % 7);
  return on.toISOString().slice(0, 10);
}
