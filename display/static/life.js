/**
 * Owns what a lobby screen does beside showing the hall: it rings and speaks, plays what is set up for
 * it, reports how it is, and stays awake. The picture is page.js's and stands before this comes.
 *
 * @typedef {import('../../web/types').RecentCall} RecentCall
 * @typedef {import('../../web/types').Queue} Queue
 */

import '/web/link-banner.js';
import '/display/media.js';
import '/display/sound.js';
import { t } from '/web/i18n.js';
import { reloadForNewVersion } from '/web/reload.js';
import { tellOfOneself } from '/web/telling.js';
import { keepAwake } from '/web/wake-lock.js';
import { Announcer, SAY_WITHIN_MS } from '/display/announcer.js';
import { Chime } from '/display/chime.js';
import { recall, remember } from '/display/memory.js';
import { isOver } from '/display/over.js';
import { Screen } from '/display/screen.js';
import { Voice } from '/display/voice.js';
import { examples, saying } from '/display/saying.js';

const STILL_MS = 3000;
/** Clips of calls to come are fetched when the screen has settled; a call before that fetches its own. */
const PREPARE_MS = 4000;

/**
 * @template {Element} T
 * @param {string} selector
 * @returns {T}
 */
function part(selector) {
  return /** @type {T} */ (document.querySelector(selector));
}

/** @type {import('/display/sound.js').SoundMark} */
const soundMark = part('display-sound');
/** @type {import('/web/link-banner.js').LinkBanner} */
const banner = part('ramah-link');
/** @type {import('/display/media.js').MediaPane} */
const media = part('display-media');

/** @type {import('/display/link.js').ScreenHall} */
let hall;
/** Draws the hall; set by the page. */
let render = () => {};
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

/**
 * @param {Queue} state
 * @returns {Queue} what of it this screen shows
 */
export function viewOf(state) {
  return screen.view(state);
}

/** @returns {RecentCall | null} what the voice says now */
export function spokenNow() {
  return announcer.current;
}

/**
 * The hall stands on the screen as it is now: tell the server which calls people can read.
 *
 * @param {RecentCall | null} newest
 * @returns {boolean} whether eyes have to be drawn to the newest
 */
export function wasDrawn(newest) {
  const news = Boolean(newest && unseen.includes(newest.seq) && newest.seq > drawn);
  if (newest && news) {
    drawn = newest.seq;
  }
  unseen.splice(0).forEach((seq) => hall.send({ type: 'shown', seq }));
  return news;
}

/** A line for the whole hall is heard to be there, unless the bell of a call is heard anyway. */
export function ringForNotice() {
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

/**
 * Learn how this hall speaks, and have the clips ready before the first call.
 *
 * @param {number} [after] ms
 */
async function learnToSpeak(after = 0) {
  await voice.load();
  await new Promise((done) => setTimeout(done, after));
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
function firstWord(state) {
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
  screen.start();
  if (!voice.how) {
    learnToSpeak(PREPARE_MS);
  }
  if (known < 0 || state.seq < known) {
    drawn = -1; // the page is new, or the history is: the server was restored
    firstWord(state);
  }
  takeCalls(true);
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
  hall.addEventListener('snapshot', takeSnapshot);
  hall.addEventListener('event', () => takeCalls());
  document.addEventListener('contextmenu', (event) => event.preventDefault());
  window.setInterval(() => {
    requestAnimationFrame(() => screen.drew());
    if (hall.stale && hall.online && !announcer.running) {
      reloadForNewVersion();
    }
  }, 1000);
}

/**
 * Come to life behind the first picture.
 *
 * @param {import('/display/link.js').ScreenHall} live
 * @param {() => void} draw
 */
export function begin(live, draw) {
  hall = live;
  render = draw;
  banner.watch(hall, () => t('We are reconnecting. The numbers shown stay valid; please stay seated.'));
  soundMark.watch(chime);
  hideStillPointer();
  keepAwake();
  tellOfOneself(hall);
  listen();
  if (hall.state) {
    takeSnapshot();
    render();
  }
}
