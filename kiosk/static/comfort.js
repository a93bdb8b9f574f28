/**
 * Owns the page behind the QR on a wall. Whoever carries a paired phone, or is logged in as staff,
 * checks the place; everybody else tells in one touch what is wrong there.
 *
 * @typedef {import('../../web/types').Place} Place
 * @typedef {import('../../web/types').Checker} Checker
 * @typedef {import('/web/api.js').Role} Role
 */

import { get, LinkError, ProblemError } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { languageChanges, loadCatalog, t } from '/web/i18n.js';
import '/web/switches.js';
import { CheckPanel } from '/kiosk/comfort-check.js';
import { TellPanel } from '/kiosk/comfort-tell.js';

const TIMEOUT_MS = 20000;
const door = location.pathname.split('/').pop() || '';
const path = `/api/comfort/at/${encodeURIComponent(door)}`;
const main = /** @type {HTMLElement} */ (document.getElementById('place'));

/** @type {Place | null} */
let place = null;
/** Who checks here, and as whom. @type {{as: Role, who: Checker} | null} */
let checker = null;

async function open() {
  await loadCatalog();
  await load();
  languageChanges.addEventListener('change', load);
}

async function load() {
  try {
    place = await get(path, { timeout: TIMEOUT_MS });
    checker = await whoChecks();
    show();
  } catch (error) {
    if (!(error instanceof LinkError || error instanceof ProblemError)) {
      throw error;
    }
    fill(main, el('p', { class: 'banner warn', role: 'alert' }, error.detail),
      el('button', { type: 'button', class: 'button', onclick: load }, t('Try again')));
  }
}

/** A phone that is paired, else somebody who is logged in on this browser. */
async function whoChecks() {
  for (const as of /** @type {Role[]} */ (['care', 'staff'])) {
    try {
      return { as, who: /** @type {Checker} */ (await get(`${path}/checker`, { as, timeout: TIMEOUT_MS })) };
    } catch (error) {
      if (!(error instanceof ProblemError)) {
        throw error;
      }
      // neither: a visitor, or a colleague of another office
    }
  }
  return null;
}

function show() {
  if (!place) {
    return;
  }
  say(/** @type {HTMLElement} */ (document.getElementById('office')), place.office);
  document.title = `${place.name} · ${place.office}`;
  const panel = checker
    ? new CheckPanel(main, path, place, checker.as, checker.who)
    : new TellPanel(main, path, place, load);
  panel.render();
}

open();
