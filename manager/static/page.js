/** Owns the manager's page: who is logged in, which day is shown, and the parts in their places. */

import { directs, readsFigures, StaffHall } from '/web/staff/hall.js';
import { calendarDay, t } from '/web/i18n.js';
import { el, fill, say } from '/web/dom.js';
import { icon } from '/web/staff/icons.js';
import { Boot, app } from '/web/staff/boot.js';
import { SERVES } from '/web/staff/home.js';
import { Advice } from '/web/staff/advice.js';
import { Alarms } from '/web/staff/alarms.js';
import { QuietCalls } from '/web/staff/quietcalls.js';
import { soundSwitch } from '/web/staff/sound.js';
import { TopBar } from '/web/staff/topbar.js';
import { BackupsView } from '/manager/backups.js';
import { Day } from '/manager/day.js';
import { Deeds } from '/manager/deeds.js';
import { devicesView } from '/manager/devices.js';
import { PrivacyView } from '/manager/privacy.js';
import { HallNow } from '/manager/hallnow.js';
import { TotalsPanel } from '/manager/totals.js';
import { TurnsTable } from '/manager/turns.js';
import { AdviceView } from '/manager/advice.js';
import { ComfortView } from '/manager/comfort.js';
import { EstimatesView } from '/manager/estimates.js';
import { ForecastView } from '/manager/forecast.js';
import { PlanView } from '/manager/plan.js';
import { Care } from '/manager/care.js';
import { ScreensLine } from '/manager/screens.js';
import { Log } from '/manager/log.js';
import { shifted } from '/manager/period.js';
import { dayWords, longDayWords } from '/manager/periodwords.js';
import { People } from '/manager/people.js';
import { PersonView } from '/manager/person.js';
import { MorningView } from '/manager/morning.js';
import { Reports } from '/manager/reports.js';
import { SatisfactionView } from '/manager/satisfaction.js';
import { Settings } from '/manager/settings.js';
import { ViewMenu, views } from '/manager/viewmenu.js';

/** @type {Day | null} */
let day = null;

const boot = new Boot({
  heading: () => t('Manager'),
  purpose: () => t('Log in to see how long people wait, and to help where it is needed.'),
  again: () => t('Please log in again to see the figures.'),
  shut: () => t('The figures cannot be read yet'),
  roles: SERVES,
  begin,
  leave() {
    if (day) {
      day.stop();
      day.hall.stop();
      day = null;
    }
  },
  relearn() {
    if (day) {
      build();
      day.relearn();
    } else {
      showOwn();
    }
  },
});

/** @param {import('../../web/types').Person} person */
function begin(person) {
  if (!readsFigures(person)) {
    showOwn();
    return;
  }
  const hall = new StaffHall(person);
  day = new Day(hall);
  boot.endsWith(hall, day);
  day.addEventListener('change', renderDay);
  hall.addEventListener('snapshot', () => {
    const other = app.querySelector('[data-part="other"]');
    if (other && !other.childElementCount) {
      showView();
    }
  });
  build();
  hall.start();
  day.start();
}

/** @param {string} [heading] */
function bar(heading = t('Manager')) {
  const made = new TopBar();
  made.heading = heading;
  made.person = boot.person;
  made.addEventListener('logout', () => boot.logOut());
  return made;
}

/** Somebody who serves at a counter: the hall's figures are the manager's, one's own are one's own. */
function showOwn() {
  boot.show('own');
  const own = new PersonView();
  own.today = today();
  fill(app, bar(t('My figures')), el('main', { class: 'manager' },
    el('header', { class: 'day-head' },
      el('h1', {}, t('My figures')),
      boot.person && directs(boot.person)
        ? el('a', { class: 'button quiet', href: '/counter/supervisor' }, t('The whole hall'))
        : el('a', { class: 'button quiet', href: '/counter' }, t('To the counter'))),
    own,
    el('p', { class: 'soft' }, t('The figures of the whole hall are on this page when the manager logs in.'))));
  document.title = `${t('My figures')} · Ramah`;
}

/** @returns {string} the office's calendar day, YYYY-MM-DD */
function today() {
  const zone = boot.person ? boot.person.branch.zone : 'UTC';
  return calendarDay(new Date(), zone);
}

function build() {
  const now = /** @type {Day} */ (day);
  boot.show('day');
  const top = bar();
  top.hall = now.hall;
  top.tools = [soundSwitch()];
  const totals = new TotalsPanel();
  totals.day = now;
  const hallNow = new HallNow();
  hallNow.hall = now.hall;
  const turns = new TurnsTable();
  turns.day = now;
  const care = new Care();
  care.hall = now.hall;
  const told = el('div', { class: 'notices', role: 'alert' });
  for (const each of [hallNow, care]) {
    each.addEventListener('told', (event) =>
      fill(told, el('p', { class: 'banner warn' }, /** @type {CustomEvent} */ (event).detail)));
  }
  const alarms = new Alarms();
  alarms.hall = now.hall;
  const quiet = new QuietCalls();
  quiet.hall = now.hall;
  const advice = new Advice();
  advice.hall = now.hall;
  const screens = new ScreensLine();
  screens.hall = now.hall;
  fill(app, top,
    el('main', { class: 'manager' },
      new ViewMenu(),
      quiet,
      alarms,
      advice,
      screens,
      el('div', { class: 'other-view', 'data-part': 'other', hidden: true }),
      el('div', { class: 'today-view', 'data-part': 'today-view' },
      el('header', { class: 'day-head' },
        el('h1', { 'data-part': 'day-name' }, t('Today')),
        dayPicker(now),
      ),
      told,
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      totals, hallNow, care, turns)));
  renderDay();
  showView();
}

/** Show the part that the address names; the day stays alive behind the others. */
function showView() {
  const other = app.querySelector('[data-part="other"]');
  const todayView = app.querySelector('[data-part="today-view"]');
  const menu = app.querySelector('ramah-view-menu');
  if (!day || !(other instanceof HTMLElement) || !(todayView instanceof HTMLElement) || !(menu instanceof ViewMenu)) {
    return;
  }
  const [name, more = ''] = location.hash.slice(1).split('/');
  const chosen = views().some(([each]) => each === name) ? name : 'today';
  menu.current(chosen);
  /** @type {HTMLElement} */ (todayView.parentElement).dataset.view = chosen;
  todayView.hidden = chosen !== 'today';
  other.hidden = chosen === 'today';
  const ready = Boolean(day.hall.state);
  if (chosen === 'today' || !ready) {
    fill(other);
    return;
  }
  const words = (views().find(([each]) => each === chosen) || ['', ''])[1];
  fill(other, el('h1', { class: 'hidden-visually' }, words), made(chosen, day.hall, more));
}

/**
 * @param {string} chosen
 * @param {StaffHall} hall
 * @param {string} more what the address says behind the view's name
 */
function made(chosen, hall, more) {
  if (chosen === 'person') {
    const one = new PersonView();
    one.today = hall.state ? hall.state.day : today();
    one.others = true;
    return one;
  }
  if (chosen === 'morning') {
    return new MorningView();
  }
  if (chosen === 'devices') {
    return devicesView(hall, more);
  }
  if (chosen === 'settings') {
    return new Settings();
  }
  if (chosen === 'people') {
    const people = new People();
    people.hall = hall;
    people.me = hall.person.role;
    return people;
  }
  if (chosen === 'backups') {
    const view = new BackupsView();
    view.admin = Boolean(boot.person && boot.person.role === 'admin');
    return view;
  }
  if (chosen === 'privacy') {
    const kept = new PrivacyView();
    kept.today = hall.state ? hall.state.day : today();
    return kept;
  }
  if (chosen === 'deeds') {
    const done = new Deeds();
    done.today = hall.state ? hall.state.day : today();
    return done;
  }
  const shown = chosen === 'satisfaction' ? new SatisfactionView() : chosen === 'comfort' ? new ComfortView() : chosen === 'waits' ? new EstimatesView() : chosen === 'forecast' ? new ForecastView() : chosen === 'plan' ? new PlanView() : chosen === 'advice' ? new AdviceView() : chosen === 'reports' ? new Reports() : new Log();
  shown.hall = hall;
  return shown;
}

window.addEventListener('hashchange', showView);

/** @param {Day} now */
function dayPicker(now) {
  const input = el('input', { type: 'date', tabIndex: -1, 'aria-hidden': 'true' });
  input.addEventListener('change', () => input.value && now.show(input.value));
  const choose = el('button', { type: 'button', class: 'button quiet', onclick: () => openPicker(input) }, icon('calendar'), el('span', { class: 'number', 'data-part': 'date' }));
  return el('div', { class: 'day-picker', role: 'group', 'aria-label': t('Choose the day') },
    el('button', { type: 'button', class: 'button quiet', 'data-part': 'before', 'aria-label': t('The day before'), onclick: () => now.show(shifted(now.day, -1)) }, icon('previous')),
    el('span', { class: 'date' }, choose, input),
    el('button', { type: 'button', class: 'button quiet', 'data-part': 'after', 'aria-label': t('The day after'), onclick: () => now.show(shifted(now.day, 1)) }, icon('next')),
    el('button', { type: 'button', class: 'button quiet', 'data-part': 'today', onclick: () => now.show(now.today) }, t('Today')),
  );
}

/**
 * Older browsers than Chromium 99 open no calendar for us: there the field itself is shown.
 *
 * @param {HTMLInputElement} input
 */
function openPicker(input) {
  if (input.showPicker) {
    input.showPicker();
  } else {
    input.classList.add('bare');
    input.focus();
  }
}

function renderDay() {
  const name = app.querySelector('[data-part="day-name"]');
  if (!day || !name) {
    return;
  }
  const { day: shown, today, isToday, problem } = day;
  const words = shown ? longDayWords(shown) : '';
  const now = t('Today');
  say(name, isToday || !shown ? [now, words].filter(Boolean).join(', ') : words);
  const input = app.querySelector('.day-picker input');
  if (input instanceof HTMLInputElement) {
    input.value = shown;
    input.max = today;
  }
  const date = app.querySelector('[data-part="date"]');
  if (date) {
    say(date, shown ? dayWords(shown) : '–');
  }
  for (const part of ['before', 'after', 'today']) {
    const button = app.querySelector(`.day-picker [data-part="${part}"]`);
    if (button instanceof HTMLButtonElement) {
      button.disabled = !shown || (part !== 'before' && shown >= today);
    }
  }
  const place = app.querySelector('[data-part="problem"]');
  if (place) {
    fill(place, problem && problem.status !== 401 ? el('p', { class: 'banner warn' }, problem.detail) : null);
  }
  for (const live of Array.from(app.querySelectorAll('ramah-hall-now, ramah-care'))) {
    /** @type {HTMLElement} */ (live).hidden = Boolean(shown) && !isToday;
  }
  document.title = `${t('Manager')} · Ramah`;
}
