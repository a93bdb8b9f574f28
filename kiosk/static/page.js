/**
 * Owns the kiosk page: brings the live hall, the visitor's touches and the screens together.
 *
 * @typedef {import('../../web/types').Service} Service
 * @typedef {import('../../web/types').Agency} Agency
 */

import '/web/link-banner.js';
import '/web/pairing.js';
import '/web/switches.js';
import '/kiosk/services.js';
import '/kiosk/more.js';
import '/kiosk/ticket.js';
import '/kiosk/priority.js';
import '/kiosk/notice.js';
import { get } from '/web/api.js';
import { say } from '/web/dom.js';
import { Hall } from '/web/hall.js';
import { language, languageChanges, loadCatalog, pick, setLanguage, t, useOfficeZone } from '/web/i18n.js';
import { reloadForNewVersion } from '/web/reload.js';
import { greeting } from '/kiosk/greeting.js';
import { Issuer } from '/kiosk/issue.js';

/** With nobody at the screen for so long, it goes back to the office's own language and look. */
const IDLE_MS = 45000;
const TICK_MS = 5000;

/**
 * @template {Element} T
 * @param {string} selector
 * @returns {T}
 */
function part(selector) {
  return /** @type {T} */ (document.querySelector(selector));
}

/** @type {HTMLElement} */
const kiosk = part('#kiosk');
/** @type {import('/kiosk/services.js').ServiceGrid} */
const grid = part('kiosk-services');
/** @type {import('/kiosk/more.js').More} */
const more = part('kiosk-more');
/** @type {import('/kiosk/ticket.js').TicketScreen} */
const ticketScreen = part('kiosk-ticket');
/** @type {import('/kiosk/priority.js').PriorityToggle} */
const priority = part('kiosk-priority');
/** @type {import('/kiosk/notice.js').Notice} */
const notice = part('kiosk-notice');
/** @type {import('/web/link-banner.js').LinkBanner} */
const banner = part('ramah-link');
/** @type {import('/web/pairing.js').Pairing} */
const pairing = part('ramah-pairing');
/** @type {import('/web/switches.js').ContrastSwitch} */
const contrast = part('ramah-contrast');

const home = document.documentElement.lang;
const hall = new Hall('kiosk');
const issuer = new Issuer();
/** @type {Agency[]} */
let agencies = [];
let sending = '';
let touched = Date.now();

function render() {
  const state = hall.state;
  if (!state) {
    return;
  }
  const onTicket = !ticketScreen.hidden;
  kiosk.dataset.screen = onTicket ? 'ticket' : 'start';
  grid.hidden = onTicket;
  const open = state.services.some((service) => service.open && !service.paused);
  say(part('#office'), state.branch.name);
  say(part('#greeting'), greeting(hall.now()));
  say(
    part('#lead'),
    open
      ? t('Touch the service you need. Your number comes at once.')
      : t('No numbers right now. Touch a service to see when it opens.'),
  );
  priority.hidden = onTicket || !open;
  grid.show(state.services, agencies, { now: hall.now(), blocked: !hall.online, sending });
  more.check();
}

/** @param {Service} service */
async function choose(service) {
  if (!service.open || service.paused) {
    notice.showService(service, hall.now());
    return;
  }
  if (!hall.online || issuer.sending) {
    return;
  }
  sending = service.code;
  render();
  try {
    const ticket = await issuer.take(service.code, priority.on);
    if (ticket) {
      priority.set(false);
      notice.close();
      ticketScreen.show(ticket, {
        name: pick(service.names, service.name),
        bring: service.requirements[language()] || service.requirements.id || [],
      });
    }
  } catch (error) {
    trouble(error);
  }
  sending = '';
  render();
}

/** @param {any} error */
function trouble(error) {
  if (error.status === 401) {
    pairing.open();
  } else {
    notice.showTrouble(error.detail || t('Something went wrong on our side. Please try again in a moment.'));
  }
  hall.refresh();
}

async function start() {
  hall.start();
  try {
    agencies = (await get('/api/services', { as: 'kiosk', retries: 2 })).agencies;
    render();
  } catch (error) {
    // names of agencies are a help, not a need; the hall says when the link is gone
    console.warn('agencies not loaded', error);
  }
}

/** Nobody is here: forget the last visitor's choices, and take a new version if there is one. */
function rest() {
  if (Date.now() - touched < IDLE_MS || sending || !ticketScreen.hidden) {
    return;
  }
  priority.set(false);
  contrast.reset();
  grid.scrollTop = 0;
  if (language() !== home) {
    setLanguage(home);
  }
  if (hall.stale && hall.online) {
    reloadForNewVersion();
  }
}

function listen() {
  more.watch(grid);
  hall.addEventListener('change', render);
  hall.addEventListener('unpaired', () => pairing.open());
  hall.addEventListener('snapshot', () => {
    if (hall.state) {
      useOfficeZone(hall.state.branch);
    }
  });
  hall.addEventListener('event', (happened) => {
    const event = /** @type {CustomEvent} */ (happened).detail;
    const ours = ticketScreen.ticket && ticketScreen.ticket.id === event.ticket;
    if (ours && event.kind === 'print_failed' && event.final) {
      ticketScreen.noPaper();
    }
  });
  pairing.addEventListener('paired', start);
  languageChanges.addEventListener('change', render);
  grid.addEventListener('choose', (event) => choose(/** @type {CustomEvent} */ (event).detail));
  ticketScreen.addEventListener('done', () => {
    render();
    /** @type {HTMLElement} */ (part('#greeting')).focus();
  });
  for (const kind of ['pointerdown', 'keydown']) {
    document.addEventListener(kind, () => {
      touched = Date.now();
    });
  }
  document.addEventListener('keydown', (event) => {
    const typing = event.target instanceof HTMLInputElement;
    if (!typing && ticketScreen.hidden && /^[a-z0-9]$/i.test(event.key)) {
      grid.focusLetter(event.key);
    }
  });
  document.addEventListener('contextmenu', (event) => event.preventDefault());
  document.addEventListener('gesturestart', (event) => event.preventDefault());
  document.addEventListener('dragstart', (event) => event.preventDefault());
  window.setInterval(() => {
    rest();
    render();
  }, TICK_MS);
}

open();

async function open() {
  await loadCatalog(language());
  await setLanguage(language());
  banner.watch(hall, () =>
    t('We are reconnecting. Numbers can be taken again in a moment; our staff can help meanwhile.'),
  );
  listen();
  await start();
}
