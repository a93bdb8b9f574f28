/**
 * Owns a visit at the kiosk: brings the live hall, the visitor's touches and the screens together.
 * The first picture is page.js's; this comes right after it.
 *
 * @typedef {import('../../web/types').Service} Service
 * @typedef {import('../../web/types').Agency} Agency
 */

import '/web/link-banner.js';
import '/web/switches.js';
import '/kiosk/more.js';
import '/kiosk/ticket.js';
import '/kiosk/priority.js';
import '/kiosk/notice.js';
import '/kiosk/ask.js';
import '/kiosk/options.js';
import '/kiosk/idle.js';
import '/kiosk/speech.js';
import { later, sheets } from '/web/later.js';
import { byAgency, groupOf } from '/kiosk/agency-grid.js';
import { helpNews } from '/kiosk/help.js';
import { listenToKeys, listenToSpeech } from '/kiosk/keys.js';
import { Look } from '/kiosk/look.js';
import { fits } from '/kiosk/search.js';
import { hour, languageChanges, pick, t, useOfficeZone } from '/web/i18n.js';
import { reloadForNewVersion } from '/web/reload.js';
import { tellOfOneself } from '/web/telling.js';
import { showHead, showPath } from '/kiosk/head.js';
import { Issuer } from '/kiosk/issue.js';

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
/** @type {import('/kiosk/agency-grid.js').AgencyGrid} */
const offices = part('kiosk-agencies');
/** @type {import('/kiosk/search.js').Search} */
const search = part('kiosk-search');
/** @type {import('/kiosk/more.js').More} */
const more = part('kiosk-more');
/** @type {import('/kiosk/ticket.js').TicketScreen} */
const ticketScreen = part('kiosk-ticket');
/** @type {import('/kiosk/priority.js').PriorityToggle} */
const priority = part('kiosk-priority');
/** @type {import('/kiosk/ask.js').Ask} */
const ask = part('kiosk-ask');
/** @type {import('/kiosk/notice.js').Notice} */
const notice = part('kiosk-notice');
/** @type {import('/kiosk/options.js').Options} */
const options = part('kiosk-options');
/** @type {import('/kiosk/rating.js').Rating} */
const rating = part('kiosk-rating');
/** Fetches what asks how it was; few kiosks do. @type {Promise<unknown> | null} */
let asking = null;
/** @type {import('/kiosk/idle.js').Idle} */
const idle = part('kiosk-idle');
/** @type {import('/kiosk/speech.js').Speech} */
const speech = part('kiosk-speech');
/** @type {import('/web/link-banner.js').LinkBanner} */
const banner = part('ramah-link');
/** @type {import('/web/switches.js').ContrastSwitch} */
const contrast = part('ramah-contrast');
/** @type {HTMLButtonElement} */
const back = part('#back');
/** @type {HTMLButtonElement} */
const find = part('#find');
/** @type {import('/kiosk/look.js').Keep} */
const keep = part('kiosk-keep');
const look = new Look(options, contrast, keep);

/** @type {import('/web/hall.js').Hall} */
let hall;
/** What to do about a kiosk that the server does not know; set by the page. */
let pair = () => {};
const issuer = new Issuer();
/** @type {Agency[]} */
let agencies = [];
/** @type {string | null} the office whose services are shown; null before one was chosen */
let office = null;
let sending = '';

/**
 * What is on the screen: the offices of a large hall, services, or a search.
 *
 * @param {Service[]} all
 * @returns {{step: 'offices' | 'services' | 'search', services: Service[]}}
 */
function view(all) {
  if (!search.hidden) {
    const agencyOf = (/** @type {Service} */ service) => agencies.find((one) => one.code === service.agency);
    const found = search.words ? all.filter((service) => fits(service, agencyOf(service), search.words)) : all;
    return { step: 'search', services: found };
  }
  if (byAgency(all, agencies)) {
    return office === null
      ? { step: 'offices', services: all }
      : { step: 'services', services: all.filter((service) => groupOf(service, agencies) === office) };
  }
  return { step: 'services', services: all };
}

function render() {
  const state = hall.state;
  if (!state) {
    return;
  }
  const onTicket = !ticketScreen.hidden;
  const { step, services } = view(state.services);
  kiosk.dataset.screen = onTicket ? 'ticket' : 'start';
  kiosk.dataset.step = step;
  grid.hidden = onTicket || step === 'offices';
  offices.hidden = onTicket || step !== 'offices';
  const open = state.services.some((service) => service.open && !service.paused);
  showHead(state.branch.name, hour(hall.now()), step, state.services);
  showPath(!onTicket && step !== 'search', state.services, office, agencies);
  keep.hidden = !onTicket || !look.own;
  offerWords(state.words_at.includes('kiosk'));
  priority.hidden = onTicket || !open || step === 'search';
  offices.show(state.services, agencies);
  grid.show(services, office === null || step === 'search' ? agencies : [], { now: hall.now(), blocked: !hall.online, sending });
  if (step === 'search') {
    search.tell(services.length);
  }
  more.watchOn(step === 'offices' ? offices : grid, step === 'offices' ? 'offices' : 'services');
}

/** Lists begin at their beginning for the next person; call when they are shown: hidden ones cannot be moved. */
function toTheTop() {
  grid.scrollTop = 0;
  offices.scrollTop = 0;
}

/**
 * A service was touched.
 *
 * @param {Service} service
 */
function choose(service) {
  if (!service.open || service.paused) {
    notice.showService(service, hall.now());
    return;
  }
  if (issuer.sending) {
    return;
  }
  if (!hall.online) {
    notice.showTrouble(t('We are reconnecting. Numbers can be taken again in a moment; our staff can help meanwhile.'));
    return;
  }
  if (Object.keys(service.requirements).some((lang) => service.requirements[lang].length > 0)) {
    ask.show(service, priority.on);
  } else {
    take(service, priority.on, 1);
  }
}

/**
 * An office was touched: its services come next.
 *
 * @param {string} code of an agency
 */
function enter(code) {
  office = code;
  render();
  toTheTop();
  grid.focusFirst();
}

/**
 * @param {Service} service
 * @param {boolean} first
 * @param {number} people
 */
async function take(service, first, people) {
  if (!hall.online) {
    notice.showTrouble(t('We are reconnecting. Numbers can be taken again in a moment; our staff can help meanwhile.'));
    return;
  }
  sending = service.code;
  render();
  try {
    const ticket = await issuer.take(service.code, first, people);
    if (ticket) {
      priority.set(false);
      notice.close();
      search.close();
      office = null;
      ticketScreen.show(ticket, service, ticket.attended !== false && attended(service.code));
      speech.speak(ticketScreen.spoken(), { label: ticket.label, prefix: service.prefix });
    }
  } catch (error) {
    trouble(error);
  }
  sending = '';
  render();
}

/** Numbers that nobody saw go back as soon as the hall answers. */
function settle() {
  if (hall.online && !issuer.sending) {
    issuer.settle();
  }
}

/**
 * @param {string} code of a service
 * @returns {boolean} whether a counter that serves it is open now
 */
function attended(code) {
  const counters = hall.state ? hall.state.counters : [];
  return counters.some((counter) => counter.state === 'open' && counter.services.includes(code));
}

/** @param {any} error */
function trouble(error) {
  if (error.status === 401) {
    pair();
  } else {
    const unknown = issuer.open !== '';
    notice.showTrouble(
      error.detail || t('Something went wrong on our side. Please try again in a moment.'),
      unknown ? t('No number has reached this screen. If a paper comes out, it is yours; if not, please try again.') : undefined,
    );
  }
  hall.refresh();
}

/** @param {import('../../web/types').Queue} state */
function takeSnapshot(state) {
  useOfficeZone(state.branch);
  agencies = state.agencies || [];
}

/** One step back; on the first screen there is none. */
function goBack() {
  if (!ticketScreen.hidden) {
    ticketScreen.finish();
  } else if (!search.hidden) {
    search.close();
  } else {
    office = null;
  }
  render();
}

/** Whether a visitor's choices are on the screen. */
function inUse() {
  const dialog = document.querySelector('dialog[open]');
  const chosen = !search.hidden || office !== null || priority.on || !ticketScreen.hidden;
  return Boolean(dialog) || chosen || look.own;
}

/** Whether the visitor reads, hears or moves slowly. */
function slow() {
  return speech.on || options.size > 0;
}

/** @param {boolean} wanted whether this kiosk asks how it was */
function offerWords(wanted) {
  if (wanted && !asking) {
    asking = later(() => Promise.all([import('/kiosk/rating.js'), sheets('web/word+kiosk/rating')]));
  }
  if (asking) {
    asking.then(() => rating.offer(wanted));
  }
}

/** Nobody is here: forget the last visitor's choices, and take a new version if there is one. */
function rest() {
  if (sending) {
    return;
  }
  issuer.forget();
  settle();
  ask.close();
  notice.close();
  if (asking) {
    asking.then(() => rating.close());
  }
  ticketScreen.finish();
  priority.set(false);
  look.reset();
  search.close();
  office = null;
  render();
  toTheTop();
  if (hall.stale && hall.online) {
    reloadForNewVersion();
  }
}

function listenToHall() {
  hall.addEventListener('online', settle);
  hall.addEventListener('change', render);
  hall.addEventListener('snapshot', () => {
    if (hall.state) {
      takeSnapshot(hall.state);
    }
  });
  hall.addEventListener('event', (happened) => {
    const event = /** @type {CustomEvent} */ (happened).detail;
    ticketScreen.news(event);
    helpNews(event);
  });
  languageChanges.addEventListener('change', render);
}

function listenToVisitor() {
  more.watch(grid);
  more.watch(offices);
  grid.addEventListener('choose', (event) => choose(/** @type {CustomEvent<Service>} */ (event).detail));
  offices.addEventListener('agency', (event) => enter(/** @type {CustomEvent<string>} */ (event).detail));
  grid.addEventListener('hold', (event) => {
    const service = /** @type {CustomEvent<Service>} */ (event).detail;
    speech.sayOnce(pick(service.names, service.name), { label: service.prefix, prefix: service.prefix, service: service.code });
  });
  search.addEventListener('search', render);
  back.addEventListener('click', goBack);
  find.addEventListener('click', () => {
    search.open();
    render();
  });
  ask.addEventListener('take', (event) => {
    const { priority: first, people } = /** @type {CustomEvent} */ (event).detail;
    if (ask.service) {
      take(ask.service, first, people);
    }
  });
  rating.addEventListener('done', () => {
    look.leave();
    render();
    toTheTop();
  });
  ticketScreen.addEventListener('done', () => {
    look.leave();
    priority.set(false);
    render();
    toTheTop();
    /** @type {HTMLElement} */ (part('#greeting')).focus();
  });
  options.addEventListener('change', () => {
    speech.set(options.spoken);
    ticketScreen.patience = slow() ? 4 : 1;
    notice.patience = ticketScreen.patience;
    render();
    for (const each of document.querySelectorAll('kiosk-more')) {
      /** @type {import('/kiosk/more.js').More} */ (each).check();
    }
  });
  options.source = () => speech.source;
  idle.inUse = inUse;
  idle.slow = slow;
  idle.addEventListener('rest', rest);
  listenToKeys({ grid, offices, search, ticketScreen, options, contrast, goBack });
  listenToSpeech(speech, kiosk);
}

/**
 * Take the kiosk over from its first picture.
 *
 * @param {import('/web/hall.js').Hall} live
 * @param {() => void} unknown shows the screen for a code
 */
export function begin(live, unknown) {
  hall = live;
  pair = unknown;
  banner.watch(hall, () =>
    t('We are reconnecting. Numbers can be taken again in a moment; our staff can help meanwhile.'),
  );
  listenToHall();
  listenToVisitor();
  tellOfOneself(hall);
  if (hall.state) {
    takeSnapshot(hall.state);
    render();
  }
  window.setInterval(() => {
    render();
    settle();
  }, TICK_MS);
}
