/**
 * Owns the tablet at a counter: it wakes when a visitor was served there, asks how it was, thanks,
 * and rests again by itself. Nothing of one visitor is there when the next one looks.
 *
 * @typedef {import('../../web/types').HallEvent} HallEvent
 * @typedef {import('/web/askword.js').Said} Said
 */

import { get, post, newKey, LinkError, ProblemError } from '/web/api.js';
import { WordForm } from '/web/askword.js';
import { el, fill, say } from '/web/dom.js';
import { Hall } from '/web/hall.js';
import { language, languageChanges, loadCatalog, setLanguage, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';
import { keepAwake } from '/web/wake-lock.js';
import { reloadForNewVersion } from '/web/reload.js';
import { tellOfOneself } from '/web/telling.js';
import '/web/link-banner.js';
import '/web/switches.js';

/** So long the question stays when nobody touches it; each touch gives the whole time again. */
const ASKING_MS = 45000;
/** And so long when the next visitor is already on the way to the counter. */
const NEXT_MS = 12000;
const THANKS_MS = 7000;
const PAIR_AGAIN_MS = 3000;

const number = Number(location.pathname.split('/')[2]);
const usual = language();
const page = part('tablet');
const main = part('main');
const hall = new Hall('tablet');

/** @type {{ticket: string, form: WordForm, soon: boolean} | null} whom the question is for */
let asking = null;
let timer = 0;

/** @param {string} id */
function part(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @returns {string} the id of this counter; empty when the office has none of this number */
function here() {
  const counter = (hall.state ? hall.state.counters : []).find((each) => each.number === number);
  return counter ? counter.id : '';
}

/** @param {number} ms */
function restIn(ms) {
  window.clearTimeout(timer);
  timer = window.setTimeout(settle, ms);
}

/** Say who sits here, and wait. */
function rest() {
  asking = null;
  window.clearTimeout(timer);
  page.dataset.screen = 'rest';
  showRest();
  if (language() !== usual) {
    setLanguage(usual);
  }
  if (hall.stale && hall.online) {
    reloadForNewVersion();
  }
}

function showRest() {
  fill(main, hall.state && !here()
    ? el('p', { class: 'banner warn' }, t('There is no counter {number} here.', { number }))
    : el('div', { class: 'calm' }, icon('heart'), el('h2', {}, t('Counter {number}', { number })),
      el('p', {}, t('Welcome. We are glad to serve you.'))));
}

/**
 * @param {string} ticket
 * @param {Said} [before] what was chosen and written already, in another language
 * @param {boolean} [soon] whether the next visitor is on the way
 */
function ask(ticket, before, soon = false) {
  const form = new WordForm((said) => send(ticket, said), { said: before, chosen: () => restIn(ASKING_MS) });
  asking = { ticket, form, soon };
  page.dataset.screen = 'ask';
  fill(main, ...form.parts,
    el('p', { class: 'soft' }, t('Your choice counts as soon as you touch a face. A sentence is only sent with the button.')));
  form.heading.focus({ preventScroll: true });
  restIn(soon ? NEXT_MS : ASKING_MS);
}

/**
 * The visitor has gone, or the next one comes: a chosen face counts, an unsent sentence does not.
 */
function settle() {
  const left = asking;
  rest();
  if (left && left.form.mark) {
    deliver(left.ticket, { face: left.form.mark, said: '', thanks: left.form.thanks.checked }).catch((error) => {
      if (!(error instanceof LinkError || error instanceof ProblemError)) {
        throw error;
      }
      // nobody is there any more to be told
    });
  }
}

/**
 * @param {string} ticket
 * @param {Said} said
 */
function deliver(ticket, said) {
  return post(`/api/counters/${number}/word`, Object.assign({ ticket }, said), { as: 'tablet', idempotencyKey: newKey(), retries: 2 });
}

/**
 * @param {string} ticket
 * @param {Said} said
 */
async function send(ticket, said) {
  restIn(ASKING_MS);
  try {
    await deliver(ticket, said);
  } catch (error) {
    if (!(error instanceof LinkError || error instanceof ProblemError)) {
      throw error;
    }
    if (asking && asking.ticket === ticket) {
      asking.form.refuse(error.detail);
    }
    return;
  }
  if (asking && asking.ticket === ticket) {
    thank(said.face);
  }
}

/** @param {number} face */
function thank(face) {
  asking = null;
  page.dataset.screen = 'thanks';
  const heading = el('h2', { tabIndex: -1 }, t('Thank you.'));
  fill(main, el('div', { class: 'calm' }, icon('heart'), heading,
    el('p', {}, t('Our manager reads what visitors say every morning.')),
    face <= 2 ? el('p', { class: 'soft' }, t('We will look into it.')) : null));
  heading.focus({ preventScroll: true });
  restIn(THANKS_MS);
}

/** @param {HallEvent} event */
async function heard(event) {
  const counter = here();
  if (event.kind === 'finished' && event.counter === counter && asks()) {
    const call = hall.state && hall.state.recent_calls.find((each) => each.ticket === event.ticket);
    if (asking) {
      settle();
    }
    await setLanguage((call && call.language) || usual);
    ask(event.ticket);
  } else if (event.kind === 'called' && event.counter.id === counter && asking && !asking.soon) {
    asking.soon = true;
    restIn(NEXT_MS);
  } else if ((event.kind === 'started' || event.kind === 'undone') && event.counter === counter && page.dataset.screen !== 'rest') {
    settle();
  }
}

/** @returns {boolean} whether this office asks at its counters */
function asks() {
  return Boolean(hall.state && hall.state.words_at.includes('tablet'));
}

/** The screen for a code comes when it is needed. */
function pair() {
  const pairing = /** @type {import('/web/pairing.js').Pairing} */ (document.querySelector('ramah-pairing'));
  import('/web/pairing.js').then(() => pairing.open(), () => window.setTimeout(pair, PAIR_AGAIN_MS));
}

/** A tablet that was carried to another counter goes back to its own. */
async function goHome() {
  try {
    const { counter } = /** @type {import('../../web/types').Person} */ (await get('/api/session', { as: 'tablet' }));
    if (counter !== null && counter !== number) {
      location.replace(`/counter/${counter}/word`);
    }
  } catch (error) {
    if (!(error instanceof LinkError || error instanceof ProblemError)) {
      throw error;
    }
    // not paired yet, or no link: asked again when that changes
  }
}

async function open() {
  await loadCatalog(usual);
  /** @type {import('/web/link-banner.js').LinkBanner} */ (document.querySelector('ramah-link')).watch(hall);
  hall.addEventListener('unpaired', pair);
  hall.addEventListener('snapshot', () => {
    say(part('office'), hall.state ? hall.state.branch.name : '');
    if (page.dataset.screen === 'rest') {
      rest();
      goHome();
    }
  });
  hall.addEventListener('stale', () => page.dataset.screen === 'rest' && rest());
  hall.addEventListener('event', (event) => heard(/** @type {CustomEvent} */ (event).detail));
  document.querySelectorAll('ramah-pairing').forEach((each) => each.addEventListener('paired', () => hall.start()));
  for (const kind of ['pointerdown', 'keydown']) {
    document.addEventListener(kind, () => asking && restIn(asking.soon ? NEXT_MS : ASKING_MS));
  }
  languageChanges.addEventListener('change', () => {
    if (asking) {
      ask(asking.ticket, asking.form.said, asking.soon);
    } else if (page.dataset.screen === 'rest') {
      showRest();
    } else {
      rest();
    }
  });
  keepAwake();
  tellOfOneself(hall);
  hall.start();
}

open();
