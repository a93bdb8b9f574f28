/** Owns the counter page: who is logged in, which view is shown, and the page's title. */

import { directs, StaffHall } from '/web/staff/hall.js';
import { t, tn } from '/web/i18n.js';
import { el, fill, say } from '/web/dom.js';
import { Boot, app } from '/web/staff/boot.js';
import { Current } from '/counter/current.js';
import { Desk } from '/counter/desk.js';
import { counterState, counterTone } from '/web/staff/format.js';
import { HelpCalls } from '/counter/helpcalls.js';
import { SERVES } from '/web/staff/home.js';
import { icon } from '/web/staff/icons.js';
import { askKeys } from '/counter/keysdialog.js';
import { tellDropped } from '/counter/pressnote.js';
import { askClose, askLogOut } from '/counter/questions.js';
import { Mine } from '/counter/mine.js';
import { noticeBanner } from '/counter/noticebanner.js';
import { Officer } from '/counter/officer.js';
import { Quiet } from '/counter/quiet.js';
import { askOffer } from '/counter/visitquestions.js';
import { QueuePanel } from '/counter/queue.js';
import { Seats } from '/counter/seats.js';
import { TopBar } from '/web/staff/topbar.js';

/** @type {Desk | null} */
let desk = null;
/** @type {Officer | null} */
let officer = null;
let view = '';

const boot = new Boot({
  heading: () => t('Counter'),
  purpose: () => t('Log in to call and serve visitors.'),
  again: () => t('Please log in again; your counter is kept.'),
  shut: () => t('The counter cannot open yet'),
  roles: SERVES,
  begin,
  leave() {
    if (officer) {
      officer.stop();
      officer = null;
    }
    if (desk) {
      desk.stop();
      desk.hall.stop();
      desk = null;
    }
  },
  relearn() {
    if (desk) {
      desk.notice = null;
    }
    view = '';
    render();
  },
});

/** @param {import('../../web/types').Person} person */
function begin(person) {
  const hall = new StaffHall(person);
  desk = new Desk(hall, person);
  officer = new Officer(desk);
  boot.endsWith(hall, desk);
  desk.addEventListener('change', () => render());
  view = '';
  hall.start();
  desk.start();
  officer.start();
  render();
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
  boot.show(wanted.split(':')[0]);
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
  const mine = new Mine();
  mine.desk = now;
  mine.officer = /** @type {Officer} */ (officer);
  if (wanted === 'seats') {
    const seats = new Seats();
    seats.desk = now;
    fill(app, bar, help, el('main', { class: 'page seats-page' }, notice, mine, seats));
    return;
  }
  const current = new Current();
  current.desk = now;
  const queue = new QueuePanel();
  queue.desk = now;
  bar.heading = '';
  const quiet = new Quiet();
  quiet.desk = now;
  quiet.officer = /** @type {Officer} */ (officer);
  bar.middle = [el('span', { class: 'chip', 'data-part': 'counter-state' }), quiet];
  bar.tools = [
    !directs(now.person) ? el('span') : el('a', { class: 'button quiet tool', href: '/counter/supervisor' }, icon('supervise'), el('span', {}, t('The whole hall'))),
    tool('offer', 'list', t('Services'), t('Services offered here now'), () => askOffer(now)),
    tool('strip', 'strip', t('Strip'), t('Narrow strip beside other programs'), openStrip),
    tool('keys', 'keys', t('Keys'), t('Keys and habits'), askKeys),
    el('button', { type: 'button', class: 'button quiet tool-wide', 'data-part': 'close', onclick: () => askClose(now) }, icon('close'), el('span', {}, t('Close counter'))),
  ];
  fill(app, bar, help, el('main', { class: 'page work' }, el('div', { class: 'work-main' }, notice, mine, current), queue));
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
  if (desk && place && desk.notice !== shownNotice) {
    shownNotice = desk.notice;
    fill(place, noticeBanner(desk));
  }
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
  if (await askLogOut(desk)) {
    await boot.logOut((error) => desk && desk.tell({ tone: 'warn', text: error.detail }));
  }
}

if (new URLSearchParams(location.search).has('strip')) {
  document.documentElement.dataset.mode = 'strip';
}

tellDropped();
