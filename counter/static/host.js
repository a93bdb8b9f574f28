/** Owns the host's page: who is logged in, its parts, and what is said about what was done. */

import { LinkError } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { loadCatalog, t, useOfficeZone } from '/web/i18n.js';
import { StaffHall } from '/web/staff/hall.js';
import { icon } from '/web/staff/icons.js';
import { Login, logOut, whoIsHere } from '/web/staff/login.js';
import { TopBar, onLanguage } from '/web/staff/topbar.js';
import { Unnumbered } from '/counter/countkeys.js';
import { Desk } from '/counter/desk.js';
import { Door } from '/counter/hostdoor.js';
import { Asking, Lines, Lost } from '/counter/hostlists.js';
import { tellDropped } from '/counter/pressnote.js';
import { askTake } from '/counter/questions.js';

/** @typedef {import('../../web/types').Person} Person */

const app = /** @type {HTMLElement} */ (document.getElementById('app'));

/** The host has no seat; what can be done about a number is what a desk can do about it. @type {Desk | null} */
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
    const words = error instanceof LinkError
      ? error.detail
      : t('Something went wrong on our side. Please try again in a moment.');
    fill(app, el('main', { class: 'center' }, el('section', { class: 'card trouble', role: 'alert' },
      icon('link'), el('h1', {}, t('The hall cannot open yet')), el('p', { class: 'soft' }, words),
      el('button', { type: 'button', class: 'button', onclick: () => location.reload() }, t('Try again')))));
    window.setTimeout(open, 5000);
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
      showLogin(t('Please log in again.'));
    }
  };
  hall.addEventListener('unpaired', ended);
  desk.addEventListener('unpaired', ended);
  desk.addEventListener('change', render);
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
}

/** @param {string} reason */
function showLogin(reason) {
  view = 'login';
  const login = new Login();
  login.purpose = t('Log in to receive visitors.');
  login.reason = reason;
  login.addEventListener('loggedin', (event) => begin(/** @type {CustomEvent} */ (event).detail));
  const bar = new TopBar();
  bar.heading = t('Visitor host');
  fill(app, bar, el('main', { class: 'center' }, login));
  document.title = `${t('Log in')} · Ramah`;
}

/** @type {import('./report.js').Notice | null} */
let shownNotice = null;

function render() {
  if (!desk || !desk.loaded || !desk.settings) {
    return;
  }
  if (view !== 'host') {
    view = 'host';
    build(desk);
  }
  const place = app.querySelector('.notices');
  if (place && desk.notice !== shownNotice) {
    shownNotice = desk.notice;
    const { notice } = desk;
    const now = desk;
    fill(place, notice ? el('div', { class: `banner notice ${notice.tone}`.trim() }, el('p', {}, notice.text),
      el('button', { type: 'button', class: 'button quiet small dismiss', 'aria-label': t('Close this note'), onclick: () => now.tell(null) }, '×')) : null);
  }
}

/** @param {Desk} now */
function build(now) {
  shownNotice = null;
  const bar = new TopBar();
  bar.person = now.person;
  bar.hall = now.hall;
  bar.heading = t('Visitor host');
  bar.addEventListener('logout', async () => {
    await logOut();
    leave();
    showLogin('');
  });
  const counts = new Unnumbered();
  counts.hall = now.hall;
  counts.kinds = now.settings ? now.settings.kinds : [];
  const parts = [new Asking(), new Lost(), new Lines()];
  const door = new Door();
  for (const each of parts) {
    each.desk = now;
  }
  door.hall = now.hall;
  for (const each of [...parts, door, counts]) {
    each.addEventListener('told', (event) => now.tell({ tone: 'warn', text: /** @type {CustomEvent} */ (event).detail }));
  }
  const [asking, lost, lines] = parts;
  fill(app, bar, el('main', { class: 'page host-page' },
    el('h1', { class: 'hidden-visually' }, t('Visitor host')),
    el('div', { class: 'notices', 'aria-live': 'polite', role: 'status' }),
    asking,
    el('button', { type: 'button', class: 'button large wide', 'data-part': 'give', onclick: () => askTake(now) }, icon('ticket'), t('Give a number')),
    el('section', { class: 'card' }, counts),
    lost, lines, door));
  document.title = `${t('Visitor host')} · Ramah`;
}

onLanguage(() => {
  if (desk) {
    desk.notice = null;
    view = '';
    render();
  } else if (view === 'login') {
    showLogin('');
  }
});

tellDropped();
open();
