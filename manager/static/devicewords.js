/**
 * Owns the words about a device: what it is and how it is, the same on the manager's and the city's page.
 *
 * @typedef {import('../../web/types').DeviceNow} DeviceNow
 * @typedef {{words: string, wrong?: boolean}} Fact
 */

import { day, number, sameDay, t, time, tn } from '/web/i18n.js';
import { el } from '/web/dom.js';
import { minutes } from '/web/staff/format.js';

/** A clock that is wrong by less is nobody's concern. */
const SKEW_S = 30;
const DAY_MS = 86400000;

/** @param {DeviceNow['kind']} kind */
export function kindName(kind) {
  return {
    kiosk: t('Kiosk'), display: t('Display'), tablet: t('Counter tablet'), agent: t('Print agent'),
    care: t('Comfort phone'), printer: t('Printer'),
  }[kind];
}

/** @param {DeviceNow} device */
export function lineChip(device) {
  if (device.kind === 'care') {
    return null;
  }
  if (device.state === 'unknown') {
    return el('span', { class: 'chip' }, t('Not asked yet'));
  }
  return device.online
    ? el('span', { class: 'chip ok' }, t('In touch'))
    : el('span', { class: 'chip danger' }, t('Out of touch'));
}

/**
 * @param {DeviceNow} device
 * @param {string} version the server's, which its page should have; empty where that is not known
 * @param {number} now ms since 1970
 * @returns {Fact[]}
 */
export function facts(device, version, now) {
  /** @type {Fact[]} */
  const found = [];
  if (device.counter !== null) {
    found.push({ words: t('Counter {number}', { number: device.counter }) });
  }
  found.push(...line(device, now), ...program(device, version));
  if (device.skew_s !== null && Math.abs(device.skew_s) > SKEW_S) {
    const by = minutes(Math.abs(device.skew_s));
    found.push({ wrong: true, words: device.skew_s > 0 ? t('its clock is ahead by {time}', { time: by }) : t('its clock is behind by {time}', { time: by }) });
  }
  found.push(...paper(device));
  return found;
}

/**
 * @param {DeviceNow} device
 * @param {number} now
 * @returns {Fact[]}
 */
function line(device, now) {
  const found = [];
  if (device.kind === 'printer' || device.kind === 'care') {
    return device.words ? [{ words: device.words, wrong: device.lacks }] : [];
  }
  if (!device.online) {
    return [{ wrong: true, words: device.seen_at ? t('last heard {when}', { when: when(device.seen_at, now) }) : t('not heard yet') }];
  }
  if (device.up_at) {
    found.push({ words: t('runs for {time}', { time: long(now - Date.parse(device.up_at)) }) });
  }
  if (device.used_at) {
    found.push({ words: t('last used {when}', { when: when(device.used_at, now) }) });
  }
  return found;
}

/**
 * @param {DeviceNow} device
 * @param {string} version
 * @returns {Fact[]}
 */
function program(device, version) {
  const found = [];
  if (device.version) {
    const old = Boolean(version) && device.version !== version;
    found.push({ wrong: old, words: old ? t('version {version}, not the newest', { version: device.version }) : t('version {version}', { version: device.version }) });
  }
  const where = [device.address, device.browser].filter(Boolean).join(', ');
  return device.kind === 'printer' || !where ? found : [...found, { words: where }];
}

/**
 * @param {DeviceNow} device
 * @returns {Fact[]}
 */
function paper(device) {
  const found = [];
  if (device.kind !== 'printer' && device.paper === 'low') {
    found.push({ words: t('paper is nearly used up') });
  } else if (device.kind !== 'printer' && device.paper === 'out') {
    found.push({ wrong: true, words: t('paper has run out') });
  }
  if (device.waiting) {
    found.push({ words: tn('{n} paper waits', '{n} papers wait', device.waiting) });
  }
  return found;
}

/**
 * @param {DeviceNow} device
 * @param {number} now
 * @returns {string} its last fault as it told it, empty for none
 */
export function fault(device, now) {
  if (!device.error) {
    return '';
  }
  const at = device.error_at ? when(device.error_at, now) : '';
  const count = device.errors > 1 ? t('{n} in all', { n: number(device.errors) }) : '';
  return [t('Last fault: {error}', { error: device.error }), at, count].filter(Boolean).join(' · ');
}

/**
 * @param {string} at
 * @param {number} now
 */
function when(at, now) {
  return sameDay(new Date(at), new Date(now)) ? t('today at {time}', { time: time(at) }) : `${day(at)}, ${time(at)}`;
}

/** @param {number} ms */
function long(ms) {
  const days = Math.floor(ms / DAY_MS);
  return days ? tn('{n} day', '{n} days', days) : minutes(ms / 1000);
}
