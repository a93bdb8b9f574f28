/** Owns the host's page: who is logged in, its parts, and what is said about what was done. */

import { el, fill } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { Boot, app } from '/web/staff/boot.js';
import { directs, StaffHall } from '/web/staff/hall.js';
import { RECEIVES } from '/web/staff/home.js';
import { icon } from '/web/staff/icons.js';
import { TopBar } from '/web/staff/topbar.js';
import { Unnumbered } from '/counter/countkeys.js';
import { Desk } from '/counter/desk.js';
import { Door } from '/counter/hostdoor.js';
import { Asking, Lines, Lost } from '/counter/hostlists.js';
import { noticeBanner } from '/counter/noticebanner.js';
import { tellDropped } from '/counter/pressnote.js';
import { askTake } from '/counter/questions.js';

/** The host has no seat; what can be done about a number is what a desk can do about it. @type {Desk | null} */
let desk = null;
let built = false;

const boot = new Boot({
  heading: () => t('Visitor host'),
  purpose: () => t('Log in to receive visitors.'),
  again: () => t('Please log in again.'),
  shut: () => t('The hall cannot open yet'),
  roles: RECEIVES,
  begin(person) {
    const hall = new StaffHall(person);
    desk = new Desk(hall, person);
    boot.endsWith(hall, desk);
    desk.addEventListener('change', render);
    built = false;
    hall.start();
    desk.start();
    render();
  },
  leave() {
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
    built = false;
    render();
  },
});

/** @type {import('./report.js').Notice | null} */
let shownNotice = null;

function render() {
  if (!desk || !desk.loaded || !desk.settings) {
    return;
  }
  if (!built) {
    built = true;
    build(desk);
  }
  const place = app.querySelector('.notices');
  if (place && desk.notice !== shownNotice) {
    shownNotice = desk.notice;
    fill(place, noticeBanner(desk));
  }
}

/** @param {Desk} now */
function build(now) {
  shownNotice = null;
  boot.show('host');
  const bar = new TopBar();
  bar.person = now.person;
  bar.hall = now.hall;
  bar.heading = t('Visitor host');
  bar.tools = !directs(now.person) ? [] : [
    el('a', { class: 'button quiet tool-wide', href: '/counter/supervisor' }, icon('supervise'), el('span', {}, t('The whole hall'))),
  ];
  bar.addEventListener('logout', () => boot.logOut((error) => now.tell({ tone: 'warn', text: error.detail })));
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

tellDropped();
