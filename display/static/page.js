/**
 * Owns the lobby screen's first picture and every one after it: calls, counters, who waits, the clock.
 * What it does beside showing the hall (life.js) is fetched behind the first.
 *
 * @typedef {import('../../web/types').RecentCall} RecentCall
 * @typedef {import('../../web/types').Queue} Queue
 */

import '/display/board.js';
import '/display/call.js';
import '/display/clock.js';
import '/display/notes.js';
import '/display/notice.js';
import '/display/waiting.js';
import { say } from '/web/dom.js';
import { ScreenHall } from '/display/link.js';
import { language, languageChanges, loadCatalog, pick, t, useOfficeZone } from '/web/i18n.js';
import { later, painted } from '/web/later.js';
import { isPreview, opening } from '/web/opening.js';
import { standing } from '/display/board.js';
import { callsBefore } from '/display/calls.js';
import { laidPart, partOf } from '/display/part.js';

const PAIR_AGAIN_MS = 3000;
/** A hall that has not answered by then gets its banner without the picture. */
const PATIENCE_MS = 1500;
/** So many counters leave room for the list of calls before. */
const ROOM_FOR_LIST = 4;

/**
 * @template {Element} T
 * @param {string} selector
 * @returns {T}
 */
function part(selector) {
  return /** @type {T} */ (document.querySelector(selector));
}

/** @type {import('/display/call.js').CallPanel} */
const panel = part('display-call');
/** @type {import('/display/calls.js').CallList} */
const list = part('display-calls');
/** @type {import('/display/waiting.js').WaitingStrip} */
const waiting = part('display-waiting');
/** @type {import('/display/notes.js').QuietLine} */
const notes = part('display-notes');
/** @type {import('/display/clock.js').Clock} */
const clock = part('display-clock');
/** @type {import('/web/pairing.js').Pairing} */
const pairing = part('ramah-pairing');
/** @type {HTMLElement} */
const media = part('display-media');
/** @type {import('/display/board.js').Board} */
const board = part('display-board');
/** @type {import('/display/notice.js').Notice} */
const notice = part('display-notice');

const hall = new ScreenHall();
/** @type {typeof import('/display/life.js') | null} nothing before the first picture */
let life = null;

function render() {
  if (!hall.state) {
    return;
  }
  const state = life ? life.viewOf(hall.state) : partOf(hall.state, laidPart());
  const spoken = life ? life.spokenNow() : null;
  const newest = state.recent_calls[0] || null;
  lay(state);
  say(part('#office'), state.branch.name);
  panel.show(newest, newest ? namesOf(state, newest) : { service: '', counter: '' }, spoken);
  list.show(callsBefore(state.recent_calls, newest), (one) => agencyOf(state, one));
  board.show(state, newest, spoken, (one) => agencyOf(state, one));
  waiting.show(state.services);
  notes.show(state, hall.now());
  showNotice();
  // all is measured before anything is sized: each change in between would lay the page out again
  [panel.measure(), board.measure()].forEach((apply) => apply());
  if (life) {
    tick();
    if (life.wasDrawn(newest)) {
      panel.flash();
    }
  }
}

/** Show what the clock alone changes. */
function tick() {
  clock.show(hall.now());
  showNotice();
}

function showNotice() {
  if (hall.state && notice.show(hall.state, hall.now()) && life) {
    life.ringForNotice();
  }
}

/**
 * Choose the layout: by how many counters and agencies there are, and whether something plays.
 *
 * @param {Queue} state
 */
function lay(state) {
  /** @type {HTMLElement} */
  const frame = part('#hall');
  const { dataset } = frame;
  const count = standing(state.counters).length;
  const counters = ['none', 'one', 'two'][count] || (count <= ROOM_FOR_LIST ? 'few' : count <= 12 ? 'some' : count <= 24 ? 'many' : 'most');
  const agencies = new Set(state.services.map((one) => one.agency).filter(Boolean)).size > 1 ? 'many' : 'one';
  const plays = !life || media.hidden ? 'off' : 'on';
  delete dataset.screen;
  if (dataset.counters !== counters || dataset.agencies !== agencies || dataset.media !== plays) {
    Object.assign(dataset, { counters, agencies, media: plays });
  }
}

/**
 * @param {Queue} state
 * @param {RecentCall} call
 * @returns {string} nothing in a hall of one agency
 */
function agencyOf(state, call) {
  const service = state.services.find((one) => one.code === call.service);
  const agencies = state.agencies || [];
  const agency = service && agencies.find((one) => one.code === service.agency);
  return agency && agencies.length > 1 ? pick(agency.names, agency.name) : '';
}

/**
 * @param {Queue} state
 * @param {RecentCall} call
 */
function namesOf(state, call) {
  const service = state.services.find((one) => one.code === call.service);
  const counter = state.counters.find((one) => one.id === call.counter);
  const own = counter && Object.keys(counter.names).length ? pick(counter.names) : '';
  const agency = agencyOf(state, call);
  const name = service ? pick(service.names, service.name) : '';
  return {
    service: agency && agency !== name ? `${name} · ${agency}` : name,
    counter: own === t('Counter {number}', { number: call.number }) ? '' : own,
  };
}

/** The screen for a code comes when it is needed; until the server answers, again and again. */
function pair() {
  import('/web/pairing.js').then(() => pairing.open(), () => window.setTimeout(pair, PAIR_AGAIN_MS));
}

/** @returns {Promise<void>} ends with the hall's first word, or when that takes too long */
function heard() {
  return new Promise((done) => {
    hall.addEventListener('snapshot', () => done(), { once: true });
    window.setTimeout(done, PATIENCE_MS);
  });
}

async function open() {
  // the hall's first word travels while the words of the page do
  hall.addEventListener('unpaired', pair);
  hall.addEventListener('snapshot', () => hall.state && useOfficeZone(hall.state.branch));
  pairing.addEventListener('paired', () => hall.start());
  if (location.hash.length > 1) {
    await import('/web/joining.js').then((room) => room.join(), () => undefined);
  }
  const snapshot = heard();
  hall.start(opening());
  await loadCatalog(language());
  await snapshot;
  render();
  hall.addEventListener('change', render);
  languageChanges.addEventListener('change', render);
  await painted();
  if (isPreview()) {
    tick();
    return;
  }
  life = await later(() => import('/display/life.js'));
  life.begin(hall, render);
  window.setInterval(tick, 1000);
}

open();
