/** Owns the city's page: who is logged in, and its parts: all halls now, their figures, a number. */

import { LinkError } from '/web/api.js';
import { calendarDay, loadCatalog, t, useOfficeZone } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { icon } from '/web/staff/icons.js';
import { CITY, homeOf } from '/web/staff/home.js';
import { Login, logOut, whoIsHere } from '/web/staff/login.js';
import { TopBar, onLanguage } from '/web/staff/topbar.js';
import { CityDevices } from '/manager/citydevices.js';
import { CityHalls } from '/manager/cityhalls.js';
import { CityPrepared } from '/manager/cityprepared.js';
import { CityReport } from '/manager/cityreport.js';
import { CitySearch } from '/manager/citysearch.js';
import { CityVersions } from '/manager/cityversions.js';
import { Readers } from '/manager/readers.js';

/** @typedef {import('../../web/types').Person} Person */

const app = /** @type {HTMLElement} */ (document.getElementById('app'));

/** @type {Person | null} */
let person = null;
/** Puts the present state of the page on the screen again, in another language. */
let show = () => {};

async function open() {
  await loadCatalog();
  show = open;
  try {
    person = await whoIsHere();
    begin();
  } catch (error) {
    trouble(error);
  }
}

function begin() {
  if (!person) {
    showLogin('');
    return;
  }
  useOfficeZone(person.branch);
  show = CITY.includes(person.role) ? build : refuse;
  show();
}

function heading() {
  return person && person.agency ? t('Halls of {agency}', { agency: person.agency }) : t('All halls');
}

function bar() {
  const made = new TopBar();
  made.heading = heading();
  made.person = person;
  made.addEventListener('logout', end);
  return made;
}

/** @param {string} reason */
function showLogin(reason) {
  show = () => showLogin(reason);
  person = null;
  const login = new Login();
  login.purpose = t('Log in to see how all halls of the city are.');
  login.reason = reason;
  login.addEventListener('loggedin', (event) => {
    person = /** @type {CustomEvent} */ (event).detail;
    begin();
  });
  fill(app, bar(), el('main', { class: 'center' }, login));
}

/** Somebody of one hall: theirs has pages of its own. */
function refuse() {
  fill(app, bar(), el('main', { class: 'center' },
    el('section', { class: 'card trouble' },
      icon('info'),
      el('h1', {}, t('This page is for the people of the city')),
      el('p', { class: 'soft' }, t('Your login is for one hall. What you need is on a page of your own.')),
      el('a', { class: 'button', href: homeOf(person ? person.role : '') }, t('To my page')))));
}

/** @param {unknown} error */
function trouble(error) {
  if (!(error instanceof LinkError)) {
    throw error;
  }
  fill(app, el('main', { class: 'center' },
    el('section', { class: 'card trouble', role: 'alert' },
      icon('link'),
      el('h1', {}, t('The figures cannot be read yet')),
      el('p', { class: 'soft' }, error.detail),
      el('button', { type: 'button', class: 'button', onclick: () => location.reload() }, t('Try again')))));
  window.setTimeout(() => show === open && open(), 5000);
}

function build() {
  const zone = person ? person.branch.zone : 'UTC';
  const report = new CityReport();
  report.today = calendarDay(new Date(), zone);
  const halls = new CityHalls();
  halls.mayFound = Boolean(person && person.role === 'city');
  const devices = new CityDevices();
  devices.mayWish = halls.mayFound;
  halls.addEventListener('ended', () => showLogin(t('Please log in again to see the figures.')));
  /** @type {[string, HTMLElement, string][]} */
  const parts = [
    ['now', halls, t('Now')],
    ['devices', devices, t('Devices')],
    ['search', new CitySearch(), t('Find a number')],
    ['figures', report, t('Figures')],
  ];
  if (halls.mayFound) {
    parts.push(
      ['prepared', new CityPrepared(), t('Prepare for the halls')],
      ['versions', new CityVersions(), t('New versions')],
      ['readers', new Readers(), t('People of agencies')]);
  }
  const links = parts.map(([name, part, words]) => {
    part.id = name;
    const link = el('a', { href: `#${name}`, hidden: part.hidden }, words);
    // a part that has nothing to show is not led to
    new MutationObserver(() => (link.hidden = part.hidden)).observe(part, { attributeFilter: ['hidden'] });
    return link;
  });
  fill(app, bar(), el('main', { class: 'manager' },
    el('h1', { class: 'hidden-visually' }, heading()),
    // the page of a city is long: with fifty halls the last part is far below
    el('nav', { class: 'city-parts', 'aria-label': t('Parts of this page') }, ...links),
    ...parts.map(([, part]) => part)));
}

async function end() {
  try {
    await logOut();
    showLogin('');
  } catch (error) {
    if (!(error instanceof LinkError)) {
      throw error;
    }
  }
}

onLanguage(() => show());

open();
