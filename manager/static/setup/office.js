/** Owns the set-up's first page: the name of the office, where it is, its languages and its kind. */

import { language, ownName, pick, t } from '/web/i18n.js';
import { el } from '/web/dom.js';
import { ask } from '/web/staff/dialog.js';
import { chips, field, text } from '/manager/setup/fields.js';

/** @typedef {import('./draft.js').Draft} Draft */

/** @param {Draft} draft */
export function officePage(draft) {
  const { office } = draft; // as it is now: another kind brings another one
  const offered = (document.documentElement.dataset.languages || 'id en').split(' ');
  if (!office.zone) {
    office.zone = ownZone();
  }
  if (!office.languages) {
    office.languages = [language()].concat(offered.filter((each) => each !== language()));
  }
  const zones = el('datalist', { id: 'zones' }, ...draft.zones.map((value) => el('option', { value })));
  const zone = text(office.zone, (value) => {
    draft.office.zone = value.trim();
    draft.changed();
  });
  zone.setAttribute('list', 'zones');
  return el('div', { class: 'stack' },
    el('h1', {}, t('Your office')),
    field(t('Name of the office'), text(office.name || '', (value) => {
      draft.office.name = value;
      draft.changed();
    }, { id: 'office-name', autocomplete: 'organization', 'data-first': '' }), { path: 'name', hint: t('As visitors read it on paper and screens.') }),
    el('fieldset', { class: 'plain' },
      el('legend', {}, t('What is it like? Everything can be changed afterwards.')),
      el('div', { class: 'kinds' }, ...draft.templates.map((each) => el('label', { class: 'kind' },
        el('input', { type: 'radio', name: 'kind', value: each.name, checked: each.name === draft.template, onchange: (/** @type {Event} */ event) => begin(draft, each.name, event) }),
        el('span', {}, el('b', {}, pick(each.names)), el('small', {}, pick(each.about)))))),
      el('small', { class: 'error', 'data-part': 'kind', 'aria-live': 'polite' })),
    field(t('Time zone'), zone, { path: 'zone', hint: t('Taken from this browser.') }),
    zones,
    el('div', { class: 'field', 'data-path': 'languages' },
      el('span', {}, t('Languages of pages, paper and calls')),
      chips(t('Languages of pages, paper and calls'), offered.map((value) => ({ value, text: ownName(value) })), office.languages, (chosen) => {
        const first = (draft.office.languages || [])[0];
        draft.office.languages = chosen.filter((each) => each === first).concat(chosen.filter((each) => each !== first));
        draft.changed();
      }),
      el('small', { class: 'error', 'aria-live': 'polite' })));
}

/** @returns {string} the zone of this machine, which is most likely the office's */
function ownZone() {
  try {
    return Intl.DateTimeFormat().resolvedOptions().timeZone || '';
  } catch (error) {
    return '';
  }
}

/**
 * Begin with another kind of office; services and counters that somebody typed are not taken away by a mistaken touch.
 *
 * @param {Draft} draft
 * @param {string} name
 * @param {Event} event of its button
 */
async function begin(draft, name, event) {
  const sure = !draft.own || await ask({
    title: t('Begin with another kind?'),
    intro: t('The services, counters and hours that you typed are gone then.'),
    cancel: t('Keep what I typed'),
    confirm: t('Begin anew'),
    careful: true,
  });
  if (sure) {
    draft.begin(name);
    return;
  }
  const kinds = /** @type {HTMLElement} */ (/** @type {HTMLElement} */ (event.target).closest('.kinds'));
  for (const each of Array.from(kinds.querySelectorAll('input'))) {
    each.checked = each.value === draft.template;
  }
}
