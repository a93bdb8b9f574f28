/** Owns the supervisor's page: who is logged in, and the parts of the view. */

import { directs, StaffHall } from '/web/staff/hall.js';
import { loadCatalog, t, useOfficeZone } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { LinkError } from '/web/api.js';
import { Overview } from '/counter/overview.js';
import { HallView } from '/counter/hallview.js';
import { Login, logOut, whoIsHere } from '/web/staff/login.js';
import { icon } from '/web/staff/icons.js';
import { tellDropped } from '/counter/pressnote.js';
import { TopBar, onLanguage } from '/web/staff/topbar.js';

/** @typedef {import('../../web/types').Person} Person */

const app = /** @type {HTMLElement} */ (document.getElementById('app'));

/** @type {Overview | null} */
let overview = null;
let view = '';

async function open() {
  await loadCatalog();
  try {
    const person = await whoIsHere();
    if (!person) {
      showLogin('');
    } else if (directs(person)) {
      begin(person);
    } else {
      showLogin(t('This page is for supervisors. Please log in as one.'));
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
  if (!directs(person)) {
    showLogin(t('This page is for supervisors. Please log in as one.'));
    return;
  }
  useOfficeZone(person.branch);
  const hall = new StaffHall(person);
  overview = new Overview(hall);
  const mine = overview;
  const ended = () => {
    if (overview === mine) {
      leave();
      showLogin(t('Please log in again.'));
    }
  };
  hall.addEventListener('unpaired', ended);
  overview.addEventListener('unpaired', ended);
  hall.start();
  overview.start();
  show();
}

function show() {
  const now = /** @type {Overview} */ (overview);
  view = 'hall';
  const bar = new TopBar();
  bar.person = now.hall.person;
  bar.hall = now.hall;
  bar.heading = t('Supervisor');
  bar.tools = [
    el('a', { class: 'button quiet tool-wide', href: '/manager' }, icon('calendar'), el('span', {}, t('Day and reports'))),
    el('a', { class: 'button quiet tool-wide', href: '/counter' }, icon('desk'), el('span', {}, t('To a counter'))),
  ];
  bar.addEventListener('logout', async () => {
    await logOut();
    leave();
    showLogin('');
  });
  const hallView = new HallView();
  hallView.overview = now;
  fill(app, bar, el('main', { class: 'page hall-page' }, hallView));
  document.title = `${t('The whole hall')} · Ramah`;
}

function leave() {
  if (overview) {
    overview.stop();
    overview.hall.stop();
    overview = null;
  }
}

/** @param {string} reason */
function showLogin(reason) {
  view = 'login';
  const login = new Login();
  login.purpose = t('Log in to look after the whole hall.');
  login.reason = reason;
  login.addEventListener('loggedin', (event) => begin(/** @type {CustomEvent} */ (event).detail));
  const bar = new TopBar();
  bar.heading = t('Supervisor');
  fill(app, bar, el('main', { class: 'center' }, login));
}

onLanguage(() => {
  if (overview) {
    show();
  } else if (view === 'login') {
    showLogin('');
  }
});

tellDropped();
open();
