/** Owns the supervisor's page: who is logged in, and the parts of the view. */

import { readsFigures, StaffHall } from '/web/staff/hall.js';
import { t } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { Overview } from '/counter/overview.js';
import { HallView } from '/counter/hallview.js';
import { Boot, app } from '/web/staff/boot.js';
import { icon } from '/web/staff/icons.js';
import { tellDropped } from '/counter/pressnote.js';
import { Advice } from '/web/staff/advice.js';
import { Alarms } from '/web/staff/alarms.js';
import { DIRECTS } from '/web/staff/home.js';
import { QuietCalls } from '/web/staff/quietcalls.js';
import { soundSwitch } from '/web/staff/sound.js';
import { TopBar } from '/web/staff/topbar.js';

/** @type {Overview | null} */
let overview = null;

const boot = new Boot({
  heading: () => t('Supervisor'),
  purpose: () => t('Log in to look after the whole hall.'),
  again: () => t('Please log in again.'),
  shut: () => t('The hall cannot open yet'),
  roles: DIRECTS,
  begin(person) {
    const hall = new StaffHall(person);
    overview = new Overview(hall);
    boot.endsWith(hall, overview);
    hall.start();
    overview.start();
    show();
  },
  leave() {
    if (overview) {
      overview.stop();
      overview.hall.stop();
      overview = null;
    }
  },
  relearn: show,
});

function show() {
  const now = /** @type {Overview} */ (overview);
  boot.show('hall');
  const bar = new TopBar();
  bar.person = now.hall.person;
  bar.hall = now.hall;
  bar.heading = t('Supervisor');
  bar.tools = [
    soundSwitch(),
    el('a', { class: 'button quiet tool-wide', href: '/manager' }, icon('calendar'), el('span', {}, readsFigures(now.hall.person) ? t('Day and reports') : t('My figures'))),
    el('a', { class: 'button quiet tool-wide', href: '/counter' }, icon('desk'), el('span', {}, t('To a counter'))),
  ];
  bar.addEventListener('logout', () => boot.logOut());
  const hallView = new HallView();
  hallView.overview = now;
  const alarms = new Alarms();
  alarms.hall = now.hall;
  const quiet = new QuietCalls();
  quiet.hall = now.hall;
  const advice = new Advice();
  advice.hall = now.hall;
  fill(app, bar, el('main', { class: 'page hall-page' }, quiet, alarms, advice, hallView));
  document.title = `${t('The whole hall')} · Ramah`;
}

tellDropped();
