/**
 * Owns the head of the kiosk's screen: a greeting that fits the time of day at the office, what to do,
 * and in a large hall the way back and the search.
 *
 * @typedef {import('../../web/types').Service} Service
 * @typedef {import('../../web/types').Agency} Agency
 */

import { fill, say } from '/web/dom.js';
import { pick, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';

const SEARCH_FROM = 12;

/**
 * @param {number} h hour of the day, 0 to 23
 * @returns {string}
 */
function greeting(h) {
  if (h >= 4 && h < 11) {
    return t('Good morning. How can we help you?');
  }
  if (h >= 11 && h < 15) {
    return t('Good day. How can we help you?');
  }
  if (h >= 15 && h < 18) {
    return t('Good afternoon. How can we help you?');
  }
  return t('Good evening. How can we help you?');
}

/**
 * @param {string} step
 * @param {Service[]} services
 * @returns {string}
 */
function lead(step, services) {
  if (!services.some((service) => service.open && !service.paused)) {
    return t('No numbers right now. Touch a service to see when it opens.');
  }
  if (step === 'offices') {
    return t('Touch the office you need; its services come next.');
  }
  return t('Touch the service you need.');
}

/**
 * @param {string} office its name
 * @param {number} hour of the day there
 * @param {string} step what is below: `offices`, `services` or `search`
 * @param {Service[]} services all of the hall
 */
export function showHead(office, hour, step, services) {
  say(part('#office'), office);
  say(part('#greeting'), greeting(hour));
  say(part('#lead'), lead(step, services));
}

/**
 * @param {boolean} there nothing stands over a ticket or a search
 * @param {Service[]} services all of the hall
 * @param {string | null} office the one whose services are shown
 * @param {Agency[]} agencies
 */
export function showPath(there, services, office, agencies) {
  part('#path').hidden = !there || services.length <= SEARCH_FROM;
  part('#back').hidden = office === null;
  const agency = agencies.find((one) => one.code === office);
  const where = agency ? ` · ${pick(agency.names, agency.name)}` : '';
  fill(part('#back'), icon('back'), t('All offices') + where);
  fill(part('#find'), icon('search'), t('Search for a service'));
}

/**
 * @param {string} selector
 * @returns {HTMLElement}
 */
function part(selector) {
  return /** @type {HTMLElement} */ (document.querySelector(selector));
}
