/** Owns the page of voices: whose there are, which one speaks, and the way to a new one. */

import { LinkError, ProblemError, del, get, post } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { ownName, t } from '/web/i18n.js';
import { Booth } from '/display/booth.js';
import { Recorder } from '/display/recorder.js';
import { Told, openFor, upload } from '/display/staff-room.js';

/**
 * @typedef {import('../../web/types').Pack} VoicePack
 * @typedef {import('../../web/types').PackList} VoicePacks
 * @typedef {import('../../web/types').CityVoices} CityVoices
 * @typedef {import('../../web/types').CityVoice} CityVoice
 */

/** A voice is up to 64 MB, and the line may be slow. */
const FETCH_MS = 300000;
const told = new Told();
const place = el('div', { class: 'stack' });

/** @param {HTMLElement} main */
async function build(main) {
  fill(main,
    el('h1', {}, t('Call voices')),
    el('p', { class: 'soft' }, t('A colleague reads about sixty short phrases aloud, once. From then on every number is called with that voice.')),
    el('p', { class: 'row ways' }, el('a', { href: '/display/setup' }, t('Screens and media'))),
    told.root,
    place,
  );
  await showVoices();
}

async function showVoices() {
  /** @type {VoicePacks} */
  let all = { packs: [], tables: {}, needed: {}, names: {} };
  if (await told.about(async () => {
    all = await get('/api/voice/packs');
  })) {
    const city = el('div', {});
    fill(place, voicesCard(all), city, newVoice(), importCard());
    await cityCard(city);
  }
}

/**
 * Show what the city has for this office; nothing where no city has its log, or none answers.
 *
 * @param {HTMLElement} at
 */
async function cityCard(at) {
  /** @type {CityVoices} */
  const { voices } = await get('/api/voice/city').catch((/** @type {unknown} */ error) => {
    if (error instanceof LinkError || error instanceof ProblemError) {
      return { voices: [], linked: false };
    }
    throw error;
  });
  if (voices.length) {
    fill(at, el('section', { class: 'card stack' },
      el('h2', {}, t('Voices from the city')),
      el('ul', { class: 'voices' }, ...voices.map((each) => el('li', { class: 'voice' },
        el('div', { class: 'voice-words' }, el('b', {}, each.person), el('span', { class: 'soft' }, each.languages.map(ownName).join(', '))),
        each.here ? el('span', { class: 'chip ok' }, t('Already here')) : el('button', { type: 'button', class: 'button quiet', onclick: () => take(each) }, t('Fetch this voice')))))));
  }
}

/** @param {CityVoice} voice */
async function take(voice) {
  if (await told.about(() => post(`/api/voice/city/${voice.id}`, {}, { timeout: FETCH_MS }), t('The voice is here now.'))) {
    await showVoices();
  }
}

/** @param {VoicePacks} all */
function voicesCard(all) {
  const active = all.packs.some((pack) => pack.active);
  const shipped = el('li', { class: 'voice' },
    el('div', { class: 'voice-words' }, el('b', {}, t('Voice that comes with Ramah')), el('span', { class: 'soft' }, t('Made by a computer. Complete, clear, not very warm.'))),
    active ? el('button', { type: 'button', class: 'button quiet', onclick: () => choose('') }, t('Use this voice')) : inUse());
  return el('section', { class: 'card stack' },
    el('h2', {}, t('Voices')),
    el('ul', { class: 'voices' }, shipped, ...all.packs.map((pack) => voiceRow(pack, all))));
}

function inUse() {
  return el('span', { class: 'chip ok' }, t('Speaks now'));
}

/**
 * @param {VoicePack} pack
 * @param {VoicePacks} all
 */
function voiceRow(pack, all) {
  const done = Object.keys(all.needed)
    .filter((language) => pack.clips[language])
    .map((language) => {
      const have = all.needed[language].filter((clip) => pack.clips[language].includes(clip)).length;
      return t('{language}: {n} of {all} phrases', { language: all.tables[language].name, n: have, all: all.needed[language].length });
    });
  return el('li', { class: 'voice' },
    el('div', { class: 'voice-words' },
      el('b', {}, pack.card.person),
      el('span', { class: 'soft' }, done.join(' · ') || t('Nothing recorded yet')),
      el('span', { class: 'soft' }, t('Agreed on {date}', { date: pack.card.agreed_on }))),
    pack.active ? inUse() : el('button', { type: 'button', class: 'button quiet', onclick: () => choose(pack.id) }, t('Use this voice')),
    el('button', { type: 'button', class: 'button', onclick: () => record(pack, all) }, t('Record')),
    el('a', { class: 'button quiet', href: `/api/voice/packs/${pack.id}/export`, download: '' }, t('Save as a file')),
    el('button', { type: 'button', class: 'button quiet', onclick: () => remove(pack) }, t('Delete')));
}

/** @param {string} pack */
async function choose(pack) {
  const done = await told.about(async () => {
    const { rules } = await get('/api/voice');
    await post('/api/voice', { voice: Object.assign({}, rules, { pack }) });
  });
  if (done) {
    await showVoices();
    told.tell(t('The displays use this voice within a few seconds.'), 'ok');
  }
}

/** @param {VoicePack} pack */
async function remove(pack) {
  const sure = window.confirm(t('Delete the voice of {person} with all recordings?', { person: pack.card.person }));
  if (sure && (await told.about(() => del(`/api/voice/packs/${pack.id}`)))) {
    await showVoices();
  }
}

/**
 * @param {VoicePack} pack
 * @param {VoicePacks} all
 */
function record(pack, all) {
  const booth = new Booth(pack, all, told);
  booth.addEventListener('leave', () => showVoices());
  fill(place, booth);
}

function newVoice() {
  const person = el('input', { name: 'person', required: true, maxLength: 80, autocomplete: 'off' });
  const consent = t('I read these phrases of my own free will. The office may use the recordings to call numbers. I can have them deleted at any time.');
  return el('form', { class: 'card stack', onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    begin(person.value.trim(), consent);
  } },
    el('h2', {}, t('Record a new voice')),
    el('p', { class: 'banner warn', hidden: Recorder.possible }, t('This browser gives no microphone here. Open this page on the server itself, or over https.')),
    el('label', { class: 'field' }, el('span', {}, t('Name of the speaker')), person),
    el('label', { class: 'consent' }, el('input', { type: 'checkbox', required: true }), el('span', {}, consent)),
    el('button', { class: 'button', type: 'submit', disabled: !Recorder.possible }, t('Begin')));
}

/**
 * @param {string} person
 * @param {string} consent
 */
async function begin(person, consent) {
  await told.about(async () => {
    const now = new Date();
    const local = new Date(now.getTime() - now.getTimezoneOffset() * 60000);
    const pack = await post('/api/voice/packs', { person, consent, agreed_on: local.toISOString().slice(0, 10) });
    record(pack, await get('/api/voice/packs'));
  });
}

function importCard() {
  const file = el('input', { type: 'file', accept: '.zip,application/zip', onchange: () => take() });
  const take = async () => {
    const chosen = file.files && file.files[0];
    if (chosen && (await told.about(() => upload('/api/voice/packs/import', chosen), t('The voice is here now.')))) {
      await showVoices();
    }
    file.value = '';
  };
  return el('section', { class: 'card stack' },
    el('h2', {}, t('Bring a voice from another office')),
    el('label', { class: 'field' }, el('span', {}, t('Voice file (.zip)')), file));
}

openFor(() => t('Call voices'), build);
