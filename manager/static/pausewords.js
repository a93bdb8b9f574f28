/** Owns what visitors read of a paused service: ready-made in every language, or own words in each. */

import { el } from '/web/dom.js';
import { loadCatalog, ownName, sayIn, t } from '/web/i18n.js';

/** Each is a message of the catalogs, so it is ready in every language that has one. */
const READY = () => [
  t('The central system is disturbed. We are sorry; please ask our staff.'),
  t('This service rests for a moment and is back soon.'),
  t('All places for today are taken. Please come again tomorrow.'),
];
const READY_IDS = [
  'The central system is disturbed. We are sorry; please ask our staff.',
  'This service rests for a moment and is back soon.',
  'All places for today are taken. Please come again tomorrow.',
];

/**
 * @param {string[]} languages those of the office, its first before the others
 * @returns {Promise<{node: HTMLElement, value: () => Record<string, string>}>} the words given, by language
 */
export async function wordsField(languages) {
  await Promise.all(languages.map((lang) => loadCatalog(lang)));
  const inputs = languages.map((lang) =>
    el('input', { type: 'text', class: 'input', lang, maxLength: 200, autocomplete: 'off', id: `pause-${lang}`, placeholder: t('Or in your own words') }),
  );
  const chips = READY().map((text, at) =>
    el('button', { type: 'button', class: 'pick', 'aria-pressed': 'false', onclick: () => choose(at) }, text),
  );
  const rows = inputs.map((input) => el('div', { class: 'stack-xs' }, el('label', { class: 'strong', for: input.id }, ownName(input.lang)), input));
  const ready = (/** @type {number} */ at, /** @type {string} */ lang) => sayIn(READY_IDS[at], lang);
  function choose(/** @type {number} */ at) {
    for (const input of inputs) {
      input.value = ready(at, input.lang);
    }
    mark();
  }
  function mark() {
    chips.forEach((chip, at) => chip.setAttribute('aria-pressed', String(inputs.every((input) => input.value === ready(at, input.lang)))));
    // who only chooses needs one line; who writes is asked in each language
    rows.forEach((row, at) => (row.hidden = at > 0 && !inputs.some((input) => input.value)));
  }
  for (const input of inputs) {
    input.addEventListener('input', mark);
  }
  chips[0].dataset.first = '';
  mark();
  const label = t('What should visitors read?');
  const node = el(
    'div',
    { class: 'stack-s' },
    el('span', { class: 'strong' }, label),
    el('div', { class: 'picks', role: 'group', 'aria-label': label }, ...chips),
    ...rows,
    el('small', { class: 'soft' }, t('Those who wait keep their places; only new numbers stop. A language left empty reads the first one.')),
  );
  return {
    node,
    value: () => {
      /** @type {Record<string, string>} */
      const words = {};
      for (const input of inputs) {
        if (input.value.trim()) {
          words[input.lang] = input.value.trim();
        }
      }
      return words;
    },
  };
}
