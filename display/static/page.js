/**
 * Owns the lobby screen: brings the live hall, the calls, the chime and the clock together.
 *
 * @typedef {import('../../web/types').RecentCall} RecentCall
 * @typedef {import('../../web/types').Queue} Queue
 */

import '/web/link-banner.js';
import '/web/pairing.js';
import '/display/call.js';
import '/display/clock.js';
import '/display/media.js';
import '/display/notes.js';
import '/display/sound.js';
import '/display/waiting.js';
import { say } from '/web/dom.js';
import { Hall } from '/web/hall.js';
import { language, languageChanges, loadCatalog, pick, setLanguage, t, useOfficeZone } from '/web/i18n.js';
import { reloadForNewVersion } from '/web/reload.js';
import { keepAwake } from '/web/wake-lock.js';
import { Announcer } from '/display/announcer.js';
import { callsBefore } from '/display/calls.js';
import { Chime } from '/display/chime.js';
import { MOST } from '/display/counters.js';
import { Screen } from '/display/screen.js';
import { Voice } from '/display/voice.js';
import { examples, saying } from '/display/saying.js';

/** A call older than this is news for the list, not for the chime. */
const FRESH_MS = 30000;
const STILL_MS = 3000;

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
/** @type {import('/display/counters.js').CounterBoards} */
const boards = part('display-counters');

const hall = new Hall('display');
const chime = new Chime();
const voice = new Voice(chime);
const announcer = new Announcer({
  show: (call) => {
    render();
    if (announcer.running && call) {
      panel.flash();
    }
  },
  sound: speak,
  tell: (kind, seq) => hall.send({ type: kind, seq }),
});
const screen = new Screen(() => ({
  sound: chime.state,
  waiting: announcer.pending,
  seq: hall.state ? hall.state.seq : 0,
}));
/** The latest call that was announced or found too old to be. */
let known = -1;

function render() {
  if (!hall.state) {
    return;
  }
  const state = screen.view(hall.state);
  const call = announcer.current;
  const small = state.counters.length <= MOST;
  say(part('#office'), state.branch.name);
  panel.show(call, call ? namesOf(state, call) : { service: '', counter: '' });
  list.show(callsBefore(state.recent_calls, call), (one) => agencyOf(state, one));
  boards.hidden = !small;
  if (small) {
    boards.show(state.counters);
  }
  waiting.show(state.services);
  notes.show(state, hall.now());
  clock.show(hall.now());
  lay(state);
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
  const counters = ['none', 'one', 'two'][state.counters.length] || 'many';
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
 * @returns {Promise<boolean>} whether people heard it
 */
async function speak(call) {
  const { state } = hall;
  if (!state || screen.part === 'off' || voice.quiet(hall.now())) {
    return false;
  }
  const last = voice.how ? voice.how.last_recall : 0;
  return voice.announce(saying(state, call, last), { words: screen.part === 'voice', onlyOnce: () => announcer.pending > 0 });
}

/** Learn how this hall speaks, and have the clips ready before the first call. */
async function learnToSpeak() {
  await voice.load();
  if (hall.state) {
    await voice.prepare(examples(hall.state));
  }
}

/** Announce what is new since we last looked, whether it came as events or in a snapshot. */
function takeCalls() {
  const { state } = hall;
  if (!state) {
    return;
  }
  const fresh = state.recent_calls.filter((call) => call.seq > known && screen.wants(call)).reverse();
  const first = known < 0;
  known = Math.max(state.seq, known);
  for (const call of fresh) {
    const age = hall.now() - Date.parse(call.at);
    if (first || age > FRESH_MS) {
      announcer.rest(call);
    } else {
      announcer.add(call);
    }
  }
}

function takeSnapshot() {
  const { state } = hall;
  if (!state) {
    return;
  }
  useOfficeZone(state.branch);
  if (state.seq < known || (announcer.current && announcer.current.seq > state.seq)) {
    known = -1; // another history: the server was restored
  }
  if (state.recent_calls.length === 0 && !announcer.running) {
    announcer.current = null; // a new day
  }
  screen.start();
  if (!voice.how) {
    learnToSpeak();
  }
  takeCalls();
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
  if (announcer.current && !announcer.running && !screen.wants(announcer.current)) {
    announcer.current = null;
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
  hall.addEventListener('event', takeCalls);
  hall.addEventListener('unpaired', () => pairing.open());
  pairing.addEventListener('paired', () => hall.start());
  languageChanges.addEventListener('change', render);
  document.addEventListener('contextmenu', (event) => event.preventDefault());
  window.setInterval(() => {
    clock.show(hall.now());
    requestAnimationFrame(() => screen.drew());
    if (hall.stale && hall.online && !announcer.running) {
      reloadForNewVersion();
    }
  }, 1000);
}

async function open() {
  await loadCatalog(language());
  await setLanguage(language());
  banner.watch(hall, () => t('We are reconnecting. The numbers shown stay valid; please stay seated.'));
  soundMark.watch(chime);
  hideStillPointer();
  keepAwake();
  listen();
  hall.start();
}

open();
