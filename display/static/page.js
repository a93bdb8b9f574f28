/**
 * Owns the lobby screen: brings the live hall, the calls, the chime and the clock together.
 *
 * @typedef {import('../../web/types').RecentCall} RecentCall
 * @typedef {import('../../web/types').Queue} Queue
 */

import '/web/link-banner.js';
import '/display/board.js';
import '/display/call.js';
import '/display/clock.js';
import '/display/media.js';
import '/display/notes.js';
import '/display/notice.js';
import '/display/sound.js';
import '/display/waiting.js';
import { say } from '/web/dom.js';
import { Hall } from '/web/hall.js';
import { language, languageChanges, loadCatalog, pick, setLanguage, t, useOfficeZone } from '/web/i18n.js';
import { reloadForNewVersion } from '/web/reload.js';
import { keepAwake } from '/web/wake-lock.js';
import { Announcer, SAY_WITHIN_MS } from '/display/announcer.js';
import { standing } from '/display/board.js';
import { callsBefore } from '/display/calls.js';
import { Chime } from '/display/chime.js';
import { recall, remember } from '/display/memory.js';
import { isOver } from '/display/over.js';
import { Screen } from '/display/screen.js';
import { Voice } from '/display/voice.js';
import { examples, saying } from '/display/saying.js';

const STILL_MS = 3000;
const PAIR_AGAIN_MS = 3000;
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
/** @type {import('/display/sound.js').SoundMark} */
const soundMark = part('display-sound');
/** @type {import('/web/link-banner.js').LinkBanner} */
const banner = part('ramah-link');
/** @type {import('/web/pairing.js').Pairing} */
const pairing = part('ramah-pairing');

/** @type {import('/display/media.js').MediaPane} */
const media = part('display-media');
/** @type {import('/display/board.js').Board} */
const board = part('display-board');
/** @type {import('/display/notice.js').Notice} */
const notice = part('display-notice');

const hall = new Hall('display');
const chime = new Chime();
const voice = new Voice(chime);
const announcer = new Announcer({
  sound: speak,
  over: (call) => Boolean(hall.state) && isOver(/** @type {Queue} */ (hall.state), call),
  tell: (kind, seq) => hall.send({ type: kind, seq }),
  changed: () => {
    keep();
    render();
  },
});
const screen = new Screen(() => ({
  sound: chime.state,
  waiting: announcer.pending,
  seq: hall.state ? hall.state.seq : 0,
}));
/** The latest event whose calls were looked at. */
let known = -1;
/** @type {number[]} calls that stand on the screen with the next frame */
let unseen = [];
/** @type {number} the call that was newest when people's eyes were last drawn */
let drawn = -1;

function render() {
  if (!hall.state) {
    return;
  }
  const state = screen.view(hall.state);
  const newest = state.recent_calls[0] || null;
  say(part('#office'), state.branch.name);
  panel.show(newest, newest ? namesOf(state, newest) : { service: '', counter: '' }, announcer.current);
  list.show(callsBefore(state.recent_calls, newest), (one) => agencyOf(state, one));
  board.show(state, newest, announcer.current, (one) => agencyOf(state, one));
  waiting.show(state.services);
  notes.show(state, hall.now());
  tick();
  lay(state);
  if (newest && unseen.includes(newest.seq) && newest.seq > drawn) {
    drawn = newest.seq;
    panel.flash();
  }
  unseen.splice(0).forEach((seq) => hall.send({ type: 'shown', seq }));
}

/** Show what the clock alone changes. */
function tick() {
  clock.show(hall.now());
  if (hall.state && notice.show(hall.state, hall.now())) {
    ringForNotice();
  }
}

/** A line for the whole hall is heard to be there, unless the bell of a call is heard anyway. */
function ringForNotice() {
  if (!announcer.running && screen.part !== 'off' && !voice.quiet(hall.now())) {
    voice.bell();
  }
}

/** Leave behind what the next page has to know; see memory.js. */
function keep() {
  if (hall.state && known >= 0) {
    remember({ branch: hall.state.branch.code, known, owed: announcer.owed });
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
  const plays = media.hidden ? 'off' : 'on';
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

/**
 * @param {RecentCall} call
 * @param {boolean} bell
 * @param {() => import('/display/announcer.js').Pace} pace
 * @returns {Promise<import('/display/announcer.js').Outcome>}
 */
async function speak(call, bell, pace) {
  const { state } = hall;
  await screen.known; // a page just opened must not speak beside the room's speaker
  if (!state || screen.part === 'off' || voice.quiet(hall.now())) {
    return 'quiet';
  }
  const words = screen.part === 'voice';
  const last = voice.how ? voice.how.last_recall : 0;
  const heard = await voice.announce(saying(state, call, last), { words, bell, pace, own: call.language });
  return heard ? 'voiced' : words && screen.speaks ? 'mute' : 'quiet';
}

/** Learn how this hall speaks, and have the clips ready before the first call. */
async function learnToSpeak() {
  await voice.load();
  if (hall.state) {
    await voice.prepare(examples(hall.state));
  }
}

/**
 * Announce what is new since we last looked.
 *
 * @param {boolean} [whole] it came in a snapshot, where some of it may be over already
 */
function takeCalls(whole = false) {
  const { state } = hall;
  if (!state) {
    return;
  }
  const fresh = state.recent_calls.filter((call) => call.seq > known && screen.wants(call)).reverse();
  known = Math.max(state.seq, known);
  fresh.forEach((call) => announce(call, whole));
  keep();
}

/**
 * @param {RecentCall} call
 * @param {boolean} whole
 */
function announce(call, whole) {
  const age = hall.now() - Date.parse(call.at);
  unseen.push(call.seq);
  if (whole && isOver(/** @type {Queue} */ (hall.state), call)) {
    return;
  }
  if (age <= SAY_WITHIN_MS) {
    announcer.add(call, age);
  } else if (screen.part === 'voice') {
    announcer.giveUp(call); // an outage: whoever called learns that nobody heard it
  }
}

/**
 * The first word of the hall to this page: what the page before it left unsaid is said, and what was
 * called since. Without a page before, calls count from when this one began to load.
 *
 * @param {Queue} state
 */
function begin(state) {
  const left = recall(state.branch.code);
  if (left && left.known <= state.seq) {
    known = left.known;
    const owed = state.recent_calls.filter((call) => left.owed.includes(call.seq) && call.seq <= known);
    owed.reverse().forEach((call) => announce(call, true));
    return;
  }
  const opened = hall.now() - performance.now();
  const old = state.recent_calls.filter((call) => Date.parse(call.at) < opened);
  known = old.reduce((most, call) => Math.max(most, call.seq), 0);
}

function takeSnapshot() {
  const { state } = hall;
  if (!state) {
    return;
  }
  useOfficeZone(state.branch);
  screen.start();
  if (!voice.how) {
    learnToSpeak();
  }
  if (known < 0 || state.seq < known) {
    drawn = -1; // the page is new, or the history is: the server was restored
    begin(state);
  }
  takeCalls(true);
}

/** The screen for a code comes when it is needed; until the server answers, again and again. */
function pair() {
  import('/web/pairing.js').then(() => pairing.open(), () => window.setTimeout(pair, PAIR_AGAIN_MS));
}

/** A pointer that nobody moves does not belong on a lobby screen. */
function hideStillPointer() {
  let timer = 0;
  const still = () => document.documentElement.classList.add('still');
  document.addEventListener('mousemove', () => {
    document.documentElement.classList.remove('still');
    window.clearTimeout(timer);
    timer = window.setTimeout(still, STILL_MS);
  });
  still();
}

/** Follow our own settings: what plays, how loud, and whether silence is right. */
function followScreen() {
  soundMark.allowSilence(screen.part === 'off');
  if (screen.shows) {
    media.take(screen.play, screen.shows.media_volume / 100);
  }
  const logo = /** @type {HTMLImageElement} */ (part('#logo'));
  logo.hidden = !screen.logo;
  if (screen.logo && logo.src !== screen.logo) {
    logo.src = screen.logo;
  }
  render();
}

function listen() {
  screen.addEventListener('change', followScreen);
  screen.addEventListener('renew', () => learnToSpeak());
  chime.addEventListener('change', () => screen.report());
  media.addEventListener('shown', render);
  media.clock = () => ({ now: hall.now(), zone: hall.state ? hall.state.branch.zone : 'UTC' });
  const share = () => (voice.how ? voice.how.rules.ducked / 100 : 0.15);
  voice.addEventListener('speaking', () => media.duck(true, share()));
  voice.addEventListener('silent', () => media.duck(announcer.pending > 0, share()));
  hall.addEventListener('change', render);
  hall.addEventListener('snapshot', takeSnapshot);
  hall.addEventListener('event', () => takeCalls());
  pairing.addEventListener('paired', () => hall.start());
  languageChanges.addEventListener('change', render);
  document.addEventListener('contextmenu', (event) => event.preventDefault());
  window.setInterval(() => {
    requestAnimationFrame(() => screen.drew());
    tick();
    if (hall.stale && hall.online && !announcer.running) {
      reloadForNewVersion();
    }
  }, 1000);
}

async function open() {
  // the hall's first word travels while the words of the page do
  hall.addEventListener('unpaired', pair);
  hall.start();
  await loadCatalog(language());
  await setLanguage(language());
  banner.watch(hall, () => t('We are reconnecting. The numbers shown stay valid; please stay seated.'));
  soundMark.watch(chime);
  hideStillPointer();
  keepAwake();
  listen();
  if (hall.state) {
    takeSnapshot();
    render();
  }
}

open();
