/**
 * Owns the words of a page: message catalogs, the page's language, numbers and times.
 *
 * A message id is the English sentence itself, so a missing translation still reads well.
 * Places in a message are written `{name}`. Plural forms are chosen by Intl.PluralRules.
 *
 * @typedef {{language: string, direction: 'ltr' | 'rtl', messages: Record<string, string | Record<string, string>>}} Catalog
 *   a catalog file; plural messages have one text per CLDR category
 * @typedef {Record<string, string | number>} Params
 */

/** Fires `change` when the language, and with it every word of the page, has changed. */
export const languageChanges = new EventTarget();

const COOKIE = 'ramah_lang';

/** @type {Map<string, Catalog>} */
const catalogs = new Map();

let current = document.documentElement.lang || 'id';
/** Made when first needed, as all of Intl: on an old box each costs more than a module. @type {Intl.PluralRules | null} */
let plurals = null;
/** @type {Intl.NumberFormat | null} */
let numbers = null;
/** @type {string | undefined} */
let zone = undefined;
let zoneName = '';

/** @returns {string} the page's language, for example `id` */
export function language() {
  return current;
}

/**
 * Where a language's words are: those of this page's script, kept for ever by the browser.
 *
 * @param {string} lang
 * @returns {string} spelt as in the page's preload, which answers this fetch
 */
export function catalogAddress(lang) {
  const { files, words } = document.documentElement.dataset;
  return `${files || '/'}web/catalog/${words ? `${words}/` : ''}${encodeURIComponent(lang)}.json`;
}

/**
 * Fetch a catalog once and keep it. A language that cannot be fetched leaves English ids.
 *
 * @param {string} lang
 * @returns {Promise<void>}
 */
export async function loadCatalog(lang = current) {
  if (catalogs.has(lang)) {
    return;
  }
  try {
    const response = await fetch(catalogAddress(lang));
    if (response.ok) {
      catalogs.set(lang, /** @type {Catalog} */ (await response.json()));
    }
  } catch (error) {
    console.warn('catalog not loaded', lang, error);
  }
}

/**
 * Change the page's language and tell everyone who shows words.
 *
 * @param {string} lang
 * @param {{remember?: boolean}} [options] `remember` keeps it for the next visit of this browser
 */
export async function setLanguage(lang, options = {}) {
  await loadCatalog(lang);
  current = lang;
  plurals = null;
  numbers = null;
  const catalog = catalogs.get(lang);
  document.documentElement.lang = lang;
  document.documentElement.dir = catalog ? catalog.direction : 'ltr';
  if (options.remember) {
    document.cookie = `${COOKIE}=${encodeURIComponent(lang)}; path=/; max-age=31536000; SameSite=Strict`;
  }
  languageChanges.dispatchEvent(new Event('change'));
}

/**
 * @param {string} template
 * @param {Params} [params]
 */
function fill(template, params) {
  if (!params) {
    return template;
  }
  return template.replace(/\{(\w+)\}/g, (place, name) =>
    name in params ? String(params[name]) : place,
  );
}

/**
 * Say a message in the page's language.
 *
 * @param {string} msgid
 * @param {Params} [params]
 * @returns {string}
 */
export function t(msgid, params) {
  const catalog = catalogs.get(current);
  const found = catalog && catalog.messages[msgid];
  const text = found && typeof found === 'object' ? found.other : found;
  return fill(text || msgid, params);
}

/**
 * Say a message in another language than the page's, as far as its catalog is here; see `loadCatalog`.
 *
 * @param {string} msgid
 * @param {string} lang
 * @param {Params} [params]
 * @returns {string}
 */
export function sayIn(msgid, lang, params) {
  const catalog = catalogs.get(lang);
  const found = catalog && catalog.messages[msgid];
  return fill(typeof found === 'string' && found ? found : msgid, params);
}

/**
 * Say a message that depends on a count; `{n}` is the count.
 *
 * @param {string} one
 * @param {string} many
 * @param {number} n
 * @param {Params} [params]
 * @returns {string}
 */
export function tn(one, many, n, params) {
  const catalog = catalogs.get(current);
  const forms = catalog && catalog.messages[one];
  let template = n === 1 ? one : many;
  if (forms && typeof forms === 'object') {
    template = (Object.keys(forms).length > 1 && forms[pluralOf(n)]) || forms.other || template;
  }
  return fill(template, Object.assign({ n: number(n) }, params));
}

/**
 * @param {number} n
 * @returns {string} which of the language's forms a count takes
 */
function pluralOf(n) {
  plurals = plurals || new Intl.PluralRules([current, 'id']);
  return plurals.select(n);
}

/**
 * Choose the text of a `names` map: the page's language, else the first offered.
 *
 * @param {Record<string, string> | undefined} words
 * @param {string} [fallback]
 * @returns {string}
 */
export function pick(words, fallback = '') {
  if (!words) {
    return fallback;
  }
  return words[current] || words.id || words[Object.keys(words)[0]] || fallback;
}

/**
 * Tell which clock the office uses; all times of the page follow it, not the device.
 *
 * @param {{zone: string, zone_label: string}} branch
 */
export function useOfficeZone(branch) {
  zone = branch.zone;
  zoneName = branch.zone_label;
}

/**
 * A zone as this browser can use it. Old ones refuse names that came later, and Chromium 70 all of
 * `Etc/GMT-9`; a screen hangs where its office is, so its own clock's zone is the best there is.
 *
 * @param {string} name
 * @returns {string | undefined} nothing for the zone of the machine
 */
export function knownZone(name) {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name;
  } catch (error) {
    console.warn('times are told in the zone of this machine', error);
    return undefined;
  }
}

/** @returns {string} what people call the office's zone, for example WITA */
export function zoneLabel() {
  return zoneName;
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * The one way to write times and dates: in the page's language, in Indonesian where the browser does
 * not know it (Javanese in Chromium: else its own English), and by hours of 00 to 23.
 *
 * @param {Intl.DateTimeFormatOptions} options in the office's zone, unless they name one
 * @param {string} [lang]
 * @returns {Intl.DateTimeFormat}
 */
export function dateFormat(options, lang = current) {
  const key = `${lang} ${zone || ''} ${JSON.stringify(options)}`;
  let made = formats.get(key);
  if (!made) {
    // hour12: false would write midnight as 24:05 in some languages
    const cycle = options.hour ? { hourCycle: 'h23' } : {};
    made = inZone((timeZone) => new Intl.DateTimeFormat(localesOf(lang), Object.assign({ timeZone }, cycle, options)));
    formats.set(key, made);
  }
  return made;
}

/**
 * @param {(zone: string | undefined) => Intl.DateTimeFormat} make
 * @returns {Intl.DateTimeFormat} in the office's zone, as far as this browser knows it
 */
function inZone(make) {
  try {
    return make(zone);
  } catch (error) {
    zone = zone && knownZone(zone);
    return make(zone);
  }
}

/**
 * @param {string} lang
 * @returns {string[]} what to ask the browser for, best first
 */
function localesOf(lang) {
  return [lang === 'en' ? 'en-GB' : lang, 'id'];
}

/** @returns {Record<string, string>} what each offered language is called by its speakers */
function ownNames() {
  try {
    return JSON.parse(document.documentElement.dataset.languageNames || '{}');
  } catch (error) {
    return {};
  }
}

const names = ownNames();

/**
 * @param {string} lang
 * @returns {string} what its speakers call it, as the server knows it
 */
export function ownName(lang) {
  return names[lang] || lang;
}

/**
 * Put together from its parts: no locale writes YYYY-MM-DD in every browser.
 *
 * @param {Date | string | number} when
 * @param {string} timeZone
 * @returns {string} the calendar day there, YYYY-MM-DD
 */
export function calendarDay(when, timeZone) {
  const made = new Intl.DateTimeFormat('en-GB', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const parts = made.formatToParts(new Date(when));
  return ['year', 'month', 'day'].map((type) => (parts.find((each) => each.type === type) || { value: '' }).value).join('-');
}

/**
 * @param {Date | string | number} when
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(when, options) {
  return dateFormat(options).format(new Date(when));
}

/**
 * @param {Date | string | number} when
 * @returns {string} for example `08.30` in Indonesian, `08:30` in English
 */
export function time(when) {
  return format(when, { hour: '2-digit', minute: '2-digit' });
}

/**
 * @param {string} clock `08:30`, as the server tells it; the end of the day stays 24:00
 * @returns {string} as the reader writes it: `08.30` in Indonesian
 */
export function clockWords(clock) {
  return clock.replace(':', format(0, { hour: '2-digit', minute: '2-digit' })[2]);
}

/**
 * @param {Date | string | number} when
 * @returns {string} with seconds and the office's zone, for example `08.30.15 WITA`
 */
export function exactTime(when) {
  const clock = format(when, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return zoneName ? `${clock} ${zoneName}` : clock;
}

/**
 * @param {Date | string | number} when
 * @returns {string} for example `Senin, 3 Agustus`
 */
export function day(when) {
  return format(when, { weekday: 'long', day: 'numeric', month: 'long' });
}

/**
 * @param {Date | string | number} when
 * @returns {string} `Senin`
 */
export function weekday(when) {
  return format(when, { weekday: 'long' });
}

/**
 * @param {Date | string | number} when
 * @returns {number} hour of the day in the office's zone, 0 to 23
 */
export function hour(when) {
  return parseInt(dateFormat({ hour: '2-digit' }, 'en').format(new Date(when)), 10);
}

/**
 * @param {string} clock `HH:MM` on the office's clock
 * @param {Date | string | number} now
 * @returns {Date} that moment of the office's present day
 */
export function todayAt(clock, now) {
  const [hours, minutes] = clock.split(':').map(Number);
  const parts = dateFormat({ hour: '2-digit', minute: '2-digit' }, 'en');
  let moment = new Date(now).getTime();
  // once more, where summer time begins or ends in between
  for (let round = 0; round < 2; round += 1) {
    const [h, m] = parts.format(moment).split(':').map(Number);
    moment += ((hours - h) * 60 + minutes - m) * 60000;
  }
  return new Date(Math.floor(moment / 60000) * 60000);
}

/**
 * @param {Date | string | number} one
 * @param {Date | string | number} other
 * @returns {boolean} whether both are the same local day of the office
 */
export function sameDay(one, other) {
  const options = /** @type {Intl.DateTimeFormatOptions} */ ({
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return format(one, options) === format(other, options);
}

/**
 * @param {number} value
 * @returns {string} a number as the language writes it
 */
export function number(value) {
  numbers = numbers || new Intl.NumberFormat([current, 'id']);
  return numbers.format(value);
}
