/** Owns the page for screens: who is online, what each shows, what plays, how calls are heard. */

import { del, get, post } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { day, number, pick, t, time } from '/web/i18n.js';
import { LOBBY, PlaylistRoom } from '/display/playlists.js';
import { Told, openFor } from '/display/staff-room.js';

/**
 * @typedef {import('../../web/types').Display} DisplayNow
 * @typedef {import('../../web/types').Queue} Queue
 */

const REFRESH_MS = 10000;
const told = new Told();
const screens = el('section', { class: 'card stack' });
const shelf = new PlaylistRoom(told, () => showScreens());
const heard = el('section', { class: 'card stack' });

/** @param {HTMLElement} main */
async function build(main) {
  fill(main,
    el('h1', {}, t('Screens and media')),
    el('p', { class: 'row ways' }, el('a', { href: '/manager' }, t('To the figures of the day')), el('a', { href: '/display/voices' }, t('Call voices'))),
    told.root, screens, shelf.root, heard);
  await told.about(async () => {
    await showScreens();
    await shelf.show();
    await showHeard();
  });
  window.setInterval(() => {
    if (!screens.contains(document.activeElement)) {
      showScreens().catch(() => undefined);
    }
  }, REFRESH_MS);
}

// ---- screens

async function showScreens() {
  const { displays } = await get('/api/displays');
  /** @type {Queue} */
  const hall = await get('/api/queue');
  const lists = (await get('/api/playlists')).playlists.map((/** @type {{name: string}} */ one) => one.name);
  const name = el('input', { name: 'screen', required: true, maxLength: 40, autocomplete: 'off' });
  const code = el('p', { class: 'pair-code number', role: 'status' });
  fill(screens,
    el('h2', {}, t('Screens')),
    displays.length ? el('ul', { class: 'voices' }, ...displays.map((/** @type {DisplayNow} */ one) => screenRow(one, hall, lists))) : el('p', { class: 'soft' }, t('No screen is paired yet.')),
    el('form', { class: 'row', onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      await told.about(async () => {
        const made = await post('/api/displays/code', { name: name.value.trim() });
        fill(code, t('Type this code on the new screen: {code}', { code: made.code }));
      });
    } },
      el('label', { class: 'field' }, el('span', {}, t('Name of a new screen')), name),
      el('button', { type: 'submit', class: 'button' }, t('Get a code'))),
    code);
}

/**
 * @param {DisplayNow} one
 * @param {Queue} hall
 * @param {string[]} lists
 */
function screenRow(one, hall, lists) {
  const { shows } = one;
  const services = chooser(hall.services.map((each) => ({ value: each.code, text: `${each.prefix} ${pick(each.names, each.name)}` })), shows.services);
  const counters = chooser(hall.counters.map((each) => ({ value: String(each.number), text: t('Counter {number}', { number: each.number }) })), shows.counters.map(String));
  const sound = select([['auto', t('One screen of the room speaks')], ['voice', t('Always speaks')], ['chime', t('Only rings')], ['off', t('Silent')]], shows.sound);
  const plays = select([['', t('Nothing')]].concat(Array.from(new Set([LOBBY].concat(lists, shows.playlist || []))).map((each) => [each, each])), shows.playlist);
  const zone = el('input', { value: shows.zone, maxLength: 40 });
  const volume = el('input', { type: 'range', min: '0', max: '100', value: String(shows.media_volume) });
  return el('li', { class: 'screen' },
    el('div', { class: 'spread' },
      el('div', { class: 'voice-words' }, el('b', {}, one.name), el('span', { class: 'soft' }, health(one))),
      el('span', { class: one.online ? 'chip ok' : 'chip danger' }, one.online ? t('In touch') : t('Out of touch'))),
    el('details', {},
      el('summary', {}, t('Change')),
      el('div', { class: 'stack' },
        el('fieldset', {}, el('legend', {}, t('Shows these services (none chosen: all)')), services.root),
        el('fieldset', {}, el('legend', {}, t('Shows these counters (none chosen: all)')), counters.root),
        el('div', { class: 'row' },
          el('label', { class: 'field' }, el('span', {}, t('Sound')), sound),
          el('label', { class: 'field' }, el('span', {}, t('Room')), zone),
          el('label', { class: 'field' }, el('span', {}, t('Plays')), plays),
          el('label', { class: 'field' }, el('span', {}, t('Loudness of films')), volume)),
        el('div', { class: 'row' },
          el('button', { type: 'button', class: 'button', onclick: async () => {
            const body = {
              services: services.chosen(), counters: counters.chosen().map(Number), sound: sound.value,
              zone: zone.value.trim(), playlist: plays.value, media_volume: Number(volume.value),
            };
            await told.about(() => post(`/api/displays/${one.id}`, body), t('Saved. The screen follows within ten seconds.'));
            await showScreens();
          } }, t('Save')),
          el('button', { type: 'button', class: 'button quiet', onclick: async () => {
            if (window.confirm(t('Unpair the screen {name}?', { name: one.name })) && (await told.about(() => del(`/api/displays/${one.id}`)))) {
              await showScreens();
            }
          } }, t('Unpair'))))));
}

/** @param {DisplayNow} one */
function health(one) {
  if (!one.seen_at) {
    return t('Has not been seen since the server started.');
  }
  const words = [`${one.width} × ${one.height}`, t('version {version}', { version: one.version }), t('last drawn {time}', { time: time(one.frame_at || one.seen_at) })];
  if (one.part === 'voice') {
    words.push(one.sound === 'on' ? t('speaks') : t('should speak, but its sound is off'));
  }
  if (one.skew_s !== null && Math.abs(one.skew_s) > 60) {
    words.push(t('its clock is wrong by {n} s', { n: number(Math.round(one.skew_s)) }));
  }
  if (!one.online) {
    words.push(t('last seen {day}, {time}', { day: day(one.seen_at), time: time(one.seen_at) }));
  }
  return words.join(' · ');
}

/**
 * @param {{value: string, text: string}[]} options
 * @param {string[]} chosen
 */
function chooser(options, chosen) {
  const boxes = options.map(({ value, text }) => {
    const box = el('input', { type: 'checkbox', value, checked: chosen.includes(value) });
    return { box, root: el('label', { class: 'consent' }, box, el('span', {}, text)) };
  });
  return {
    root: el('div', { class: 'boxes' }, ...boxes.map((each) => each.root)),
    chosen: () => boxes.filter((each) => each.box.checked).map((each) => each.box.value),
  };
}

/**
 * @param {string[][]} options value and text
 * @param {string} value
 */
function select(options, value) {
  return el('select', {}, ...options.map(([code, text]) => el('option', { value: code, selected: code === value }, text)));
}

// ---- how calls are heard

async function showHeard() {
  const { rules } = await get('/api/voice');
  const style = select([['digits', t('Digit by digit: A, zero, zero, one')], ['natural', t('As a number: A, one')]], rules.style);
  const times = select([['1', t('once')], ['2', t('twice')], ['3', t('three times')]], String(rules.times));
  const languages = chooser([{ value: 'id', text: 'Bahasa Indonesia' }, { value: 'en', text: 'English' }], rules.languages);
  const chime = el('input', { type: 'checkbox', checked: rules.chime });
  const volume = el('input', { type: 'range', min: '0', max: '100', value: String(rules.volume) });
  const quiet = el('input', { value: rules.quiet.map((/** @type {{starts: string, ends: string}} */ one) => `${one.starts}-${one.ends}`).join(', '), pattern: '(\\d\\d:\\d\\d-\\d\\d:\\d\\d(, *)?)*' });
  fill(heard,
    el('h2', {}, t('How calls are heard')),
    el('form', { class: 'stack', onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      const times_ = quiet.value.split(',').map((each) => each.trim()).filter(Boolean).map((each) => ({ starts: each.split('-')[0], ends: each.split('-')[1] }));
      const voice = Object.assign({}, rules, {
        style: style.value, times: Number(times.value), languages: languages.chosen(), chime: chime.checked,
        volume: Number(volume.value), quiet: times_,
      });
      await told.about(() => post('/api/voice', { voice }), t('Saved. The screen follows within ten seconds.'));
    } },
      el('div', { class: 'row' },
        el('label', { class: 'field' }, el('span', {}, t('The number is read')), style),
        el('label', { class: 'field' }, el('span', {}, t('A call is said (only once while others wait)')), times),
        el('label', { class: 'field' }, el('span', {}, t('Loudness of calls')), volume)),
      el('fieldset', {}, el('legend', {}, t('Languages, one after the other')), languages.root),
      el('label', { class: 'consent' }, chime, el('span', {}, t('A soft bell before the words'))),
      el('label', { class: 'field' }, el('span', {}, t('Quiet times, such as prayer: 12:00-12:20, 15:20-15:35')), quiet),
      el('button', { type: 'submit', class: 'button' }, t('Save'))));
}

openFor(() => t('Screens and media'), build);
