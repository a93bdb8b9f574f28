/**
 * Owns the phone page behind a ticket's QR code: asks for the place in the queue again and again,
 * rings when it is the visitor's turn, and lets them give the number back. Asks often when the turn
 * is near, seldom when it is far or the link is bad, and never again when the number has ended.
 *
 * @typedef {import('../../web/types').Track} Track
 */

import { Bell } from '/kiosk/bell.js';
import { counterWords, ended, words } from '/kiosk/track-words.js';
import { get, post, ProblemError } from '/web/api.js';
import { closeDialog, openDialog } from '/web/dialogs.js';
import { el, fill, say } from '/web/dom.js';
import { exactTime, language, languageChanges, loadCatalog, ownName, setLanguage, t, useOfficeZone } from '/web/i18n.js';
import { icon } from '/web/icons.js';
import { keepAwake, letSleep } from '/web/wake-lock.js';

const NEAR_MS = 4000;
const FAR_MS = 10000;
const LONGEST_MS = 60000;
const NEAR_PEOPLE = 3;
const TIMEOUT_MS = 20000;

const token = location.pathname.split('/').pop() || '';
const path = `/api/track/${encodeURIComponent(token)}`;
const bell = new Bell();

/** @type {Track | null} */
let track = null;
let gone = false;
let failures = 0;
let timer = 0;
/** The call that rang last; another one rings again. */
let rangFor = '';
let busy = false;
let asked = false;

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @returns {T}
 */
function part(id) {
  return /** @type {T} */ (document.getElementById(id));
}

/** @type {HTMLDialogElement} */
const ask = part('ask');

function render() {
  const told = track && !gone ? words(track) : ended();
  if (!track && !gone) {
    return;
  }
  const state = gone || !track ? 'over' : track.state;
  const phone = part('phone');
  phone.dataset.state = told.over ? 'over' : state;
  phone.dataset.next = String(state === 'waiting' && track !== null && track.ahead === 0);
  say(part('intro'), t('Your number'));
  say(part('big'), told.big);
  say(part('range'), told.range);
  part('range').hidden = !told.range;
  say(part('next'), told.next);
  document.title = title(told.big);
  if (track) {
    say(part('office'), track.office);
    say(part('label'), track.label);
    fitLabel(track.label);
    say(part('service'), track.service);
  } else {
    say(part('label'), '–');
  }
  renderRest(told.over);
  if (told.over) {
    askHowItWas();
  }
}

/** The visit is over: what the visitor may say, and what was done about it. */
async function askHowItWas() {
  if (asked) {
    return;
  }
  asked = true;
  const { FeedbackPanel } = await import('/kiosk/feedback.js');
  await new FeedbackPanel(part('after'), path).open();
}

/**
 * However long a number is, it fits the narrowest phone.
 *
 * @param {string} label
 */
function fitLabel(label) {
  const { style } = part('label');
  const signs = Math.max(4, label.length);
  style.fontSize = `${100 / signs}vw`;
  style.fontSize = `min(${100 / signs}vw, ${Math.min(8, 40 / signs)}rem)`;
}

/** @param {boolean} over */
function renderRest(over) {
  if (over) {
    letSleep();
  }
  const waits = !over && track !== null && (track.state === 'waiting' || track.state === 'held');
  const things = waits && track ? track.requirements : [];
  part('ready').hidden = things.length === 0;
  say(part('ready-title'), t('Good to have ready'));
  fill(part('bring'), ...things.map((thing) => el('li', {}, icon('check'), thing)));
  const button = part('bell');
  button.hidden = !waits;
  button.setAttribute('aria-pressed', String(bell.armed));
  fill(button, icon(bell.armed && bell.sounds ? 'sound' : 'mute'), bellWords());
  part('bell-text').hidden = !waits;
  say(part('bell-text'), t('A locked phone stays silent until you look at it again; please watch the display in the hall too.'));
  part('cancel').hidden = !waits;
  say(part('cancel'), t('Give my number back'));
  part('fresh').hidden = over;
  say(part('ask-title'), t('Give your number back?'));
  say(part('ask-text'), t('Your place goes to those who still wait. This cannot be undone.'));
  say(part('keep'), t('No, I keep waiting'));
  say(part('give'), t('Yes, give it back'));
}

/** @param {string} big */
function title(big) {
  if (track && track.state === 'called') {
    return `${counterWords(track)} · ${track.label}`;
  }
  return track ? `${track.label} · ${big}` : big;
}

/** Ring once for each call. */
function alertTurn() {
  if (track && track.state === 'called' && rangFor !== (track.called_at || 'called')) {
    rangFor = track.called_at || 'called';
    bell.ring();
    closeDialog(ask);
  }
}

/** @param {Track} fresh */
function take(fresh) {
  track = fresh;
  failures = 0;
  part('link').hidden = true;
  useOfficeZone(fresh); // the phone may live by another clock than the office
  say(part('fresh'), t('As of {time}; goes on by itself.', { time: exactTime(fresh.updated_at) }));
  render();
  alertTurn();
}

async function look() {
  window.clearTimeout(timer);
  try {
    const first = track === null;
    take(await get(path, { timeout: TIMEOUT_MS }));
    if (first && track && track.language !== language() && !document.cookie.includes('ramah_lang=')) {
      await setLanguage(track.language);
      take(await get(path, { timeout: TIMEOUT_MS }));
    }
  } catch (error) {
    failed(error);
  }
  again();
}

/** @param {unknown} error */
function failed(error) {
  if (error instanceof ProblemError && error.status === 404) {
    gone = true;
    part('link').hidden = true;
    render();
    return;
  }
  failures += 1;
  say(part('link'), t('The link is slow just now. Your place is safe; we keep trying.'));
  part('link').hidden = false;
}

/** Plan the next look; never two at once. */
function again() {
  window.clearTimeout(timer);
  if (gone || (track && words(track).over)) {
    return;
  }
  const near = !track || track.state === 'called' || (track.state === 'waiting' && track.ahead <= NEAR_PEOPLE);
  const base = near ? NEAR_MS : FAR_MS;
  const pause = Math.min(LONGEST_MS, base * Math.pow(2, failures));
  timer = window.setTimeout(look, pause * (0.85 + Math.random() * 0.3));
}

async function giveBack() {
  if (busy) {
    return;
  }
  busy = true;
  try {
    take(await post(`${path}/cancel`, {}, { timeout: TIMEOUT_MS }));
  } catch (error) {
    if (error instanceof ProblemError) {
      await look();
    } else {
      failed(error);
    }
  }
  busy = false;
  closeDialog(ask);
  again();
}

function languages() {
  const offered = (document.documentElement.dataset.languages || 'id en').split(' ');
  fill(
    part('languages'),
    ...offered.map((lang) =>
      el(
        'button',
        {
          class: 'button quiet',
          type: 'button',
          lang,
          'aria-pressed': String(lang === language()),
          onclick: async () => {
            await setLanguage(lang, { remember: true });
            look();
          },
        },
        ownName(lang),
      ),
    ),
  );
}

/** @returns {string} what is true of this phone's bell */
function bellWords() {
  if (!bell.armed) {
    return t('Ring when it is my turn');
  }
  if (bell.sounds) {
    return t('This phone rings while this page is open');
  }
  return 'vibrate' in navigator
    ? t('This phone gives no sound; it vibrates at your turn')
    : t('This phone gives no sound; please keep this page in sight');
}

async function open() {
  await loadCatalog(language());
  languageChanges.addEventListener('change', () => {
    languages();
    render();
  });
  languages();
  part('bell').addEventListener('click', async () => {
    const ready = bell.arm();
    keepAwake();
    render();
    await ready; // a phone without a sound device answers late, or by our patience
    render();
  });
  part('cancel').addEventListener('click', () => {
    openDialog(ask);
    part('keep').focus();
  });
  part('keep').addEventListener('click', () => closeDialog(ask));
  part('give').addEventListener('click', giveBack);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && !gone) {
      look();
    }
  });
  window.addEventListener('online', () => look());
  await look();
}

open();
