/** Owns the set-up in the browser: the code, one page after the other, and the office at the end. */

import { get, post, LinkError, ProblemError } from '/web/api.js';
import { loadCatalog, t } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { whoIsHere } from '/web/staff/login.js';
import { TopBar, onLanguage } from '/web/staff/topbar.js';
import { Draft } from '/manager/setup/draft.js';
import { field, showProblems, text } from '/manager/setup/fields.js';
import { hoursPage } from '/manager/setup/hours.js';
import { officePage } from '/manager/setup/office.js';
import { personPage } from '/manager/setup/person.js';
import { printerPage } from '/manager/setup/printer.js';
import { readyPage } from '/manager/setup/ready.js';
import { countersPage, servicesPage } from '/manager/setup/services.js';

/** @typedef {import('../../web/types').SetUp} SetUpAnswer */

const app = /** @type {HTMLElement} */ (document.getElementById('app'));
const FINISH_MS = 30000;

/** @type {Draft | null} */
let draft = null;
let password = '';
/** Shows the present page again, in another language. */
let again = () => {};

/** @returns {{name: string, paths: string[], page: (draft: Draft) => HTMLElement}[]} */
function pages() {
  return [
    { name: t('Office'), paths: ['name', 'zone', 'languages', 'template', 'code'], page: officePage },
    { name: t('Services'), paths: ['services', 'agencies'], page: servicesPage },
    { name: t('Counters'), paths: ['counters'], page: countersPage },
    { name: t('Hours'), paths: ['hours', 'services.hours'], page: hoursPage },
    { name: t('Printer'), paths: ['url'], page: printerPage },
    { name: t('You'), paths: ['login', 'admin', 'password'], page: (each) => personPage(each, (value) => { password = value; }) },
  ];
}

async function open() {
  await loadCatalog();
  /** @type {SetUpAnswer} */
  let told;
  try {
    told = await get('/api/setup');
  } catch (error) {
    again = open;
    frame(el('section', { class: 'card stack' }, el('p', { class: 'banner warn' }, words(error)), button(t('Try again'), open)));
    return;
  }
  const code = location.hash.slice(1);
  if (code) {
    history.replaceState(null, '', location.pathname); // used once, and nobody need read it
  }
  if (!told.open) {
    await openReady();
  } else if (told.mine) {
    begin(told);
  } else if (code || told.here) {
    await enter(code);
  } else {
    askCode('');
  }
}

/** @param {string} code */
async function enter(code) {
  try {
    await post('/api/setup/enter', { code });
    begin(await get('/api/setup'));
  } catch (error) {
    askCode(words(error));
  }
}

/** @param {string} wrong why it has to be typed, again */
function askCode(wrong) {
  again = () => askCode('');
  const input = text('', () => undefined, { maxLength: 40, class: 'input number', autocapitalize: 'characters', spellcheck: false });
  const place = field(t('Code'), input, { path: 'code' });
  frame(el('form', { class: 'card stack', onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    enter(input.value.trim());
  } },
    el('h1', {}, t('Set up the office')),
    el('p', { class: 'soft' }, t('The server shows a code when it starts. On the server, this makes a new one:'), ' ', el('code', {}, 'ramah setup-code')),
    place,
    el('button', { type: 'submit', class: 'button large' }, t('Begin'))));
  showProblems(place.parentElement || place, wrong ? [{ path: 'code', words: wrong }] : []);
  input.focus();
}

/** @param {SetUpAnswer} told */
function begin(told) {
  draft = new Draft(told);
  const mine = draft;
  mine.addEventListener('problems', () => tellProblems(false));
  mine.addEventListener('lost', () => tellProblems(false));
  mine.addEventListener('ended', (event) => {
    draft = null;
    askCode(/** @type {CustomEvent} */ (event).detail);
  });
  show();
}

function show() {
  const mine = /** @type {Draft} */ (draft);
  again = show;
  const all = pages();
  const step = Math.min(mine.step, all.length - 1);
  const last = step === all.length - 1;
  const page = el('form', { class: 'card stack wizard', novalidate: '', onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    if (last) {
      finish();
    } else {
      go(step + 1);
    }
  } },
    all[step].page(mine),
    el('div', { class: 'notices', 'data-part': 'wrong', role: 'alert' }),
    el('div', { class: 'wizard-ways' },
      step ? el('button', { type: 'button', class: 'button quiet', onclick: () => go(step - 1) }, t('Back')) : el('span'),
      el('button', { type: 'submit', class: 'button large' }, last ? t('Open the office') : t('Next'))));
  frame(
    el('nav', { class: 'wizard-steps', 'aria-label': t('Steps of the set-up') },
      el('ol', {}, ...all.map((each, index) => el('li', { 'aria-current': index === step ? 'step' : undefined, class: index < step ? 'done' : '' },
        el('span', { class: 'number' }, String(index + 1)), el('span', {}, each.name))))),
    page);
  const first = page.querySelector('[data-first]');
  if (first instanceof HTMLElement) {
    first.focus();
  }
  window.scrollTo(0, 0);
}

/** @param {number} step go on only when this page is right; back always */
async function go(step) {
  const mine = /** @type {Draft} */ (draft);
  const forward = step > mine.step;
  if (forward && mine.step === 0 && !mine.template) {
    fill(/** @type {Element} */ (app.querySelector('[data-part="kind"]')), t('Please choose what it is like.'));
    return;
  }
  const before = mine.step;
  try {
    await mine.keep();
  } catch (error) {
    tellProblems(true); // nothing of what was typed is lost
    return;
  }
  if (forward && tellProblems(true)) {
    return;
  }
  mine.step = before + Math.sign(step - before);
  await mine.keep().catch(() => undefined); // before it is seen: a power cut now comes back here
  show();
}

/**
 * Say what is wrong on this page; once somebody wants to go on, also what no field is about.
 *
 * @param {boolean} wanted
 * @returns {boolean} whether something is
 */
function tellProblems(wanted) {
  const root = app.querySelector('.wizard');
  if (!draft || !root) {
    return false;
  }
  const { paths } = pages()[draft.step];
  const mine = draft.problems.filter((each) => paths.some((path) => each.path === path || each.path.startsWith(`${path}.`) || each.path.startsWith(`${path}[`)));
  const place = /** @type {HTMLElement} */ (root.querySelector('[data-part="wrong"]'));
  if (draft.lost) {
    fill(place, el('p', { class: 'banner warn' }, t('The link to the server is lost. What you typed is kept here and sent as soon as it is back.')));
    return true;
  }
  if (draft.refused) {
    fill(place, el('p', { class: 'banner danger' }, draft.refused));
    return true;
  }
  if (!wanted && !root.classList.contains('asked')) {
    fill(place);
    return mine.length > 0;
  }
  root.classList.add('asked');
  const left = showProblems(root, mine);
  fill(place, ...left.map((each) => el('p', { class: 'banner danger' }, each.words)));
  const first = root.querySelector('[aria-invalid="true"]');
  if (wanted && first instanceof HTMLElement) {
    first.focus();
  }
  return mine.length > 0;
}

async function finish() {
  const mine = /** @type {Draft} */ (draft);
  const send = /** @type {HTMLButtonElement} */ (app.querySelector('.wizard button[type="submit"]'));
  if (send.getAttribute('aria-busy') === 'true') {
    return;
  }
  send.setAttribute('aria-busy', 'true');
  try {
    await mine.keep();
    if (tellProblems(true)) {
      return;
    }
    const elsewhere = mine.problems[0];
    if (elsewhere) {
      mine.step = Math.max(0, pages().findIndex(({ paths }) => paths.some((path) => elsewhere.path.startsWith(path))));
      show();
      tellProblems(true);
      return;
    }
    await post('/api/setup/finish', { password }, { timeout: FINISH_MS });
    password = '';
    draft = null;
    await openReady();
  } catch (error) {
    const wrong = { path: (error instanceof ProblemError && error.field) || '', words: words(error) };
    const root = /** @type {Element} */ (app.querySelector('.wizard'));
    const left = showProblems(root, [wrong]);
    fill(/** @type {Element} */ (root.querySelector('[data-part="wrong"]')), ...left.map((each) => el('p', { class: 'banner danger' }, each.words)));
  } finally {
    send.removeAttribute('aria-busy');
  }
}

/** The office is there: on to its first call, or away from here. */
async function openReady() {
  const person = await whoIsHere();
  again = openReady;
  if (person && ['manager', 'admin'].includes(person.role)) {
    frame(el('section', { class: 'card stack' }, readyPage(person.branch)));
    return;
  }
  frame(el('section', { class: 'card stack' },
    el('h1', {}, t('The office is set up')),
    el('p', { class: 'soft' }, t('Its administrator changes everything on the manager page.')),
    el('p', {}, el('a', { class: 'button', href: '/manager' }, t('To the manager page')))));
}

/** @param {...HTMLElement} content */
function frame(...content) {
  const bar = new TopBar();
  bar.heading = t('Set up the office');
  fill(app, bar, el('main', { class: 'setup' }, ...content));
  document.title = `${t('Set up the office')} · Ramah`;
}

/**
 * @param {string} label
 * @param {() => void} work
 */
function button(label, work) {
  return el('button', { type: 'button', class: 'button', onclick: work }, label);
}

/** @param {unknown} error */
function words(error) {
  return error instanceof LinkError || error instanceof ProblemError ? error.detail : t('Something went wrong on our side. Please try again in a moment.');
}

onLanguage(() => again());
window.addEventListener('hashchange', () => location.hash.length > 1 && open());

open();
