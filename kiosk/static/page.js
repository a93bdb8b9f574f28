/**
 * Owns the kiosk page's first picture: the hall's services, to be touched as soon as they stand. The
 * server draws them where it knows the hall; here they learn how many wait. All else of a visit
 * (visit.js) is fetched behind it; early.js keeps a touch before that.
 */

import { byAgency } from '/kiosk/agency-grid.js';
import { showHead, showPath } from '/kiosk/head.js';
import '/kiosk/services.js';
import { Hall } from '/web/hall.js';
import { language, loadCatalog, useOfficeZone } from '/web/i18n.js';
import { later, painted } from '/web/later.js';
import { isPreview, opening } from '/web/opening.js';

const PAIR_AGAIN_MS = 3000;
/** A hall that has not answered by then gets its banner and its buttons without the services. */
const PATIENCE_MS = 1500;

/**
 * @template {HTMLElement} T
 * @param {string} selector
 * @returns {T}
 */
function part(selector) {
  return /** @type {T} */ (document.querySelector(selector));
}

/** @type {import('/kiosk/services.js').ServiceGrid} */
const grid = part('kiosk-services');
/** @type {import('/kiosk/agency-grid.js').AgencyGrid} */
const offices = part('kiosk-agencies');
const hall = new Hall('kiosk');
const drawn = opening();

/** Show what a visitor chooses from. */
function show() {
  const { state } = hall;
  if (!state) {
    return;
  }
  useOfficeZone(state.branch);
  const agencies = state.agencies || [];
  const step = byAgency(state.services, agencies) ? 'offices' : 'services';
  if (!drawn) {
    // by this machine's own zone: the office's costs an old box more than all the rest, and comes after
    showHead(state.branch.name, new Date(hall.now()).getHours(), step, state.services);
  }
  showPath(true, state.services, null, agencies);
  part('#kiosk').dataset.step = step;
  grid.hidden = step === 'offices';
  offices.hidden = !grid.hidden;
  if (grid.hidden) {
    offices.show(state.services, agencies);
  } else {
    grid.show(state.services, agencies, { now: hall.now(), blocked: !hall.online, sending: '' });
  }
}

/** The screen for a code comes when it is needed; until the server answers, again and again. */
function pair() {
  /** @type {import('/web/pairing.js').Pairing} */
  const pairing = part('ramah-pairing');
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
  part('ramah-pairing').addEventListener('paired', () => hall.start());
  if (location.hash.length > 1) {
    await import('/web/joining.js').then((room) => room.join(), () => undefined);
  }
  const snapshot = heard();
  hall.start(drawn);
  await loadCatalog(language());
  await snapshot;
  show();
  await painted();
  if (isPreview()) {
    await import('/kiosk/foot.js').then((foot) => foot.showFoot());
    return;
  }
  const visit = await later(() => import('/kiosk/visit.js'));
  visit.begin(hall, pair);
  document.dispatchEvent(new Event('ramah-listening'));
}

open();
