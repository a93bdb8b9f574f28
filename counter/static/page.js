/** Owns the counter page: who is logged in, which view is shown, and the page's title. */

import { StaffHall } from '/web/staff/hall.js';
import { loadCatalog, t, tn, useOfficeZone } from '/web/i18n.js';
import { el, fill, say } from '/web/dom.js';
import { LinkError } from '/web/api.js';
import { Current } from '/counter/current.js';
import { Desk } from '/counter/desk.js';
import { counterState, counterTone } from '/web/staff/format.js';
import { HelpCalls } from '/counter/helpcalls.js';
import { icon } from '/web/staff/icons.js';
import { keyOf } from '/counter/keys.js';
import { askKeys } from '/counter/keysdialog.js';
import { Login, logOut, whoIsHere } from '/web/staff/login.js';
import { tellDropped } from '/counter/pressnote.js';
import { askClose, askLogOut } from '/counter/questions.js';
import { askOffer } from '/counter/visitquestions.js';
import { QueuePanel } from '/counter/queue.js';
import { Seats } from '/counter/seats.js';
import { TopBar, onLanguage } from '/web/staff/topbar.js';

/** @typedef {import('../../web/types').Person} Person */

const app = /** @type {HTMLElement} */ (document.getElementById('app'));

/** @type {Desk | null} */
let desk = null;
let view = '';

async function open() {
  await loadCatalog();
  try {
    const person = await whoIsHere();
    if (person) {
      begin(person);
    } else {
      showLogin('');
    }
  } catch (error) {
    showTrouble(error);
  }
}

/** @param {Person} person */
function begin(person) {
  useOfficeZone(person.branch);
  const hall = new StaffHall(person);
  desk = new Desk(hall, person);
  const mine = desk;
  const ended = () => {
    if (desk === mine) {
      leave();
      showLogin(t('Please log in again; your counter is kept.'));
    }
  };
  hall.addEventListener('unpaired', ended);
  desk.addEventListener('unpaired', ended);
  desk.addEventListener('change', () => render());
  view = '';
  hall.start();
  desk.start();
  render();
}

function leave() {
  if (desk) {
    desk.stop();
    desk.hall.stop();
    desk = null;
  }
  for (const dialog of Array.from(document.querySelectorAll('dialog[open]'))) {
    /** @type {HTMLDialogElement} */ (dialog).close('');
  }
}

/** @param {string} reason */
function showLogin(reason) {
  view = 'login';
  app.dataset.view = view;
  const login = new Login();
  login.purpose = t('Log in to call and serve visitors.');
  login.reason = reason;
  login.addEventListener('loggedin', (event) => begin(/** @type {CustomEvent} */ (event).detail));
  const bar = new TopBar();
  bar.heading = t('Counter');
  fill(app, bar, el('main', { class: 'center' }, login));
  document.title = `${t('Log in')} · Ramah`;
}

/** @param {unknown} error */
function showTrouble(error) {
  view = 'trouble';
  app.dataset.view = view;
  const words = error instanceof LinkError
    ? error.detail
    : t('Something went wrong on our side. Please try again in a moment.');
  fill(
    app,
    el('main', { class: 'center' },
      el('section', { class: 'card trouble', role: 'alert' },
        icon('link'),
        el('h1', {}, t('The counter cannot open yet')),
        el('p', { class: 'soft' }, words),
        el('button', { type: 'button', class: 'button', onclick: () => location.reload() }, t('Try again')),
      ),
    ),
  );
  window.setTimeout(() => view === 'trouble' && open(), 5000);
}

/** Show the view that fits, and keep what the views do not own: title, bar, notice. */
function render() {
  if (!desk) {
    return;
  }
  const wanted = !desk.loaded ? 'opening' : desk.seat ? `work:${desk.seat.id}` : 'seats';
  if (wanted !== view) {
    view = wanted;
    build(wanted);
  }
  renderBar();
  renderNotice();
  renderTitle();
}

/** @param {string} wanted */
function build(wanted) {
  const now = /** @type {Desk} */ (desk);
  app.dataset.view = wanted.split(':')[0];
  const bar = new TopBar();
  bar.person = now.person;
  bar.hall = now.hall;
  bar.heading = t('Counter');
  bar.addEventListener('logout', () => end());
  const notice = el('div', { class: 'notices', 'aria-live': 'polite', role: 'status' });
  shownNotice = null;
  if (wanted === 'opening') {
    fill(app, bar, el('main', { class: 'center' }, el('p', { class: 'opening', role: 'status' },
      el('span', { class: 'busy', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')), t('Just a moment, opening your counter.'))));
    return;
  }
  const help = new HelpCalls();
  help.hall = now.hall;
  help.addEventListener('told', (event) => now.tell({ tone: 'warn', text: /** @type {CustomEvent} */ (event).detail }));
  if (wanted === 'seats') {
    const seats = new Seats();
    seats.desk = now;
    fill(app, bar, help, el('main', { class: 'page seats-page' }, notice, seats));
    return;
  }
  const current = new Current();
  current.desk = now;
  const queue = new QueuePanel();
  queue.desk = now;
  bar.heading = '';
  bar.middle = [el('span', { class: 'chip', 'data-part': 'counter-state' })];
  bar.tools = [
    now.person.role === 'staff' ? el('span') : el('a', { class: 'button quiet tool', href: '/counter/supervisor' }, icon('supervise'), el('span', {}, t('The whole hall'))),
    tool('offer', 'list', t('Services'), t('Services offered here now'), () => askOffer(now)),
    tool('strip', 'strip', t('Strip'), t('Narrow strip beside other programs'), openStrip),
    tool('keys', 'keys', t('Keys'), t('Keys and habits'), askKeys),
    el('button', { type: 'button', class: 'button quiet tool-wide', 'data-part': 'close', onclick: () => askClose(now) }, icon('close'), el('span', {}, t('Close counter'))),
  ];
  fill(app, bar, help, el('main', { class: 'page work' }, el('div', { class: 'work-main' }, notice, current), queue));
}

/**
 * @param {string} name
 * @param {Parameters<typeof icon>[0]} picture
 * @param {string} word
 * @param {string} meaning
 * @param {() => void} work
 */
function tool(name, picture, word, meaning, work) {
  return el('button', { type: 'button', class: 'button quiet tool', 'data-part': name, title: meaning, onclick: work }, icon(picture), el('span', {}, word));
}

function renderBar() {
  const seat = desk && desk.seat;
  if (!desk || !seat) {
    return;
  }
  const place = app.querySelector('.place b');
  if (place) {
    say(place, `${t('Counter {number}', { number: seat.number })}`);
  }
  const state = app.querySelector('[data-part="counter-state"]');
  if (state) {
    state.className = counterTone(seat.state);
    say(state, counterState(seat.state));
  }
  const close = app.querySelector('[data-part="close"]');
  if (close instanceof HTMLButtonElement) {
    close.disabled = Boolean(seat.current) || !desk.hall.online;
    close.title = seat.current ? t('Please finish with {label} first.', { label: seat.current.label }) : '';
  }
}

/** @type {import('./report.js').Notice | null} */
let shownNotice = null;

function renderNotice() {
  const place = app.querySelector('.notices');
  if (!desk || !place || desk.notice === shownNotice) {
    return;
  }
  const now = desk;
  const notice = now.notice;
  shownNotice = notice;
  if (!notice) {
    fill(place);
    return;
  }
  const undo = notice.undo;
  fill(
    place,
    el('div', { class: `banner notice ${notice.tone}`.trim() },
      el('p', {}, notice.text),
      notice.slip ? el('button', { type: 'button', class: 'button quiet small', 'data-part': 'undo', onclick: () => now.act('undo') }, icon('undo'), t('Undo'), el('kbd', { 'aria-hidden': 'true' }, keyOf('undo'))) : null,
      undo ? el('button', { type: 'button', class: 'button quiet small', onclick: () => undo.run() }, undo.label) : null,
      el('button', { type: 'button', class: 'button quiet small dismiss', 'aria-label': t('Close this note'), onclick: () => now.tell(null) }, '×'),
    ),
  );
}

function renderTitle() {
  const seat = desk && desk.seat;
  if (!desk || !seat) {
    document.title = `${t('Counter')} · Ramah`;
    return;
  }
  const place = t('Counter {number}', { number: seat.number });
  const first = seat.current
    ? seat.current.label
    : tn('{n} waiting', '{n} waiting', desk.waiting);
  document.title = `${first} · ${place}`;
}

/** Open the same counter as a narrow window that stays beside other programs. */
function openStrip() {
  window.open('/counter?strip', 'ramah-strip', 'popup,width=320,height=760');
}

async function end() {
  if (!(await askLogOut(desk))) {
    return;
  }
  try {
    await logOut();
    leave();
    showLogin('');
  } catch (error) {
    if (desk && error instanceof LinkError) {
      desk.tell({ tone: 'warn', text: error.detail });
    }
  }
}

if (new URLSearchParams(location.search).has('strip')) {
  document.documentElement.dataset.mode = 'strip';
}

tellDropped();

onLanguage(() => {
  if (desk) {
    desk.notice = null;
    view = '';
    render();
  } else if (view === 'login') {
    showLogin('');
  } else if (view === 'trouble') {
    open();
  }
});

open();
