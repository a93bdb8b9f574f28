/** Owns the words staff say aloud: in the visitor's language, whatever language the page is in. */

import { catalogAddress, hour, language, loadCatalog, t as translate } from '/web/i18n.js';

/** @type {Map<string, Record<string, unknown>>} */
const catalogs = new Map();

/**
 * Fetch what is needed to speak a language; without it the English sentence stays.
 *
 * @param {string} lang
 */
export async function prepare(lang) {
  if (lang === language()) {
    await loadCatalog(lang);
    return;
  }
  if (lang === 'en' || catalogs.has(lang)) {
    return;
  }
  try {
    const response = await fetch(catalogAddress(lang));
    if (response.ok) {
      catalogs.set(lang, (await response.json()).messages);
    }
  } catch (error) {
    // out of touch: the page's own language will do
  }
}

/**
 * @param {string} lang the visitor's
 * @param {string} msgid
 * @param {Record<string, string>} [params]
 * @returns {string}
 */
export function say(lang, msgid, params = {}) {
  if (lang === language()) {
    return translate(msgid, params);
  }
  const messages = catalogs.get(lang);
  const found = messages && messages[msgid];
  const words = typeof found === 'string' && found ? found : msgid;
  return words.replace(/\{(\w+)\}/g, (place, name) => (name in params ? params[name] : place));
}

/**
 * Marks a sentence for the catalogs; which language it is said in, `say` decides.
 *
 * @param {string} msgid
 */
function t(msgid) {
  return msgid;
}

/**
 * @typedef {import('./desk.js').Desk} Desk
 * @typedef {'greeting' | 'apology' | 'closing' | 'farewell'} Moment
 */

/**
 * The office's own words for a moment, if it has set some for the visitor's language.
 *
 * @param {string} lang
 * @param {Desk} desk
 * @param {Moment} moment
 * @returns {string}
 */
function own(lang, desk, moment) {
  const words = desk.settings && desk.settings[moment][lang];
  return words ? words.replace(/\{name\}/g, desk.person.name) : '';
}

/**
 * @param {string} lang the visitor's
 * @param {Desk} desk
 * @returns {string}
 */
export function greeting(lang, desk) {
  const { name } = desk.person;
  const at = hour(desk.hall.now());
  const words = own(lang, desk, 'greeting');
  if (words) {
    return words;
  }
  if (at < 11) {
    return say(lang, t('Good morning. My name is {name}, how may I help you?'), { name });
  }
  if (at < 15) {
    return say(lang, t('Good day. My name is {name}, how may I help you?'), { name });
  }
  if (at < 18) {
    return say(lang, t('Good afternoon. My name is {name}, how may I help you?'), { name });
  }
  return say(lang, t('Good evening. My name is {name}, how may I help you?'), { name });
}

/**
 * @param {string} lang
 * @param {Desk} desk
 * @returns {string}
 */
export function apology(lang, desk) {
  return own(lang, desk, 'apology') || say(lang, t('I am sorry you had to wait so long.'));
}

/**
 * @param {string} lang
 * @param {Desk} desk
 * @returns {string}
 */
export function anythingElse(lang, desk) {
  return own(lang, desk, 'closing') || say(lang, t('Is there anything else I can help you with?'));
}

/**
 * @param {string} lang
 * @param {Desk} desk
 * @returns {string}
 */
export function farewell(lang, desk) {
  return own(lang, desk, 'farewell') || say(lang, t('Thank you for coming. Have a safe trip home.'));
}
