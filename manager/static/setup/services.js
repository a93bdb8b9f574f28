/** Owns the set-up's pages of services and of counters. */

import { ownName, pick, t } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { icon } from '/web/staff/icons.js';
import { Named } from '/manager/settings/named.js';
import { chips, field, text } from '/manager/setup/fields.js';

/**
 * @typedef {import('./draft.js').Draft} Draft
 * @typedef {import('./draft.js').Service} Service
 */

/** Letters that sound unlike each other in a hall, then the others; I, O and Q look like digits. */
const LETTERS = 'ABLRUZCDEFGHJKMNPSTVWXY';

/** Where a kind of office names its services. */
const NAMING = [{ name: 'counters', kind: 'blocks', fields: [{ name: 'services', kind: 'codes', of: 'services' }, { name: 'weights', kind: 'weights' }] }];

/** @param {Draft} draft */
export function servicesPage(draft) {
  const list = el('ul', { class: 'rows' });
  let named = new Named(draft.office, NAMING, 'services');
  const show = () => fill(list, ...draft.office.services.map((each, index) => serviceRow(draft, each, index, named, show)));
  show();
  return el('div', { class: 'stack' },
    el('h1', {}, t('Services')),
    el('p', { class: 'soft' }, t('What people come for. The letter stands before the number: A001.')),
    list,
    el('button', { type: 'button', class: 'button quiet', onclick: () => {
      const used = draft.office.services.map((each) => each.code);
      const code = Array.from(LETTERS).find((each) => !used.includes(each)) || '';
      draft.office.services.push({ code, names: {} });
      for (const counter of draft.office.counters) {
        counter.services.push(code);
      }
      named = new Named(draft.office, NAMING, 'services');
      draft.changed();
      show();
      const inputs = list.querySelectorAll('li:last-child input');
      /** @type {HTMLInputElement} */ (inputs[1]).focus();
    } }, icon('add-service'), t('Add a service')));
}

/**
 * @param {Draft} draft
 * @param {Service} service
 * @param {number} index
 * @param {Named} named
 * @param {() => void} show
 */
function serviceRow(draft, service, index, named, show) {
  const { office } = draft;
  const agencies = office.agencies || [];
  return el('li', { class: 'row-card' },
    field(t('Letter'), text(service.code, (value) => {
      service.code = value.trim().toUpperCase();
      named.write();
      draft.changed();
    }, { maxLength: 3, class: 'input letter number' }), { path: `services[${index}].code` }),
    ...(office.languages || ['id']).map((lang, place) => field(
      t('Name ({language})', { language: ownName(lang) }),
      text(service.names[lang] || '', (value) => {
        if (value.trim()) {
          service.names[lang] = value;
        } else {
          delete service.names[lang]; // people read the name of another language then
        }
        draft.changed();
      }, { lang }),
      { path: `services[${index}].names${place ? `.${lang}` : ''}` })), // no name at all is said at the first
    agencies.length
      ? field(t('Agency'), el('select', { class: 'input', onchange: (/** @type {Event} */ event) => {
          const { value } = /** @type {HTMLSelectElement} */ (event.target);
          if (value) {
            service.agency = value;
          } else {
            delete service.agency;
          }
          draft.changed();
        } },
          el('option', { value: '' }, '–'),
          ...agencies.map((each) => el('option', { value: each.code, selected: each.code === service.agency }, pick(each.names)))))
      : null,
    remove(t('Remove the service {name}', { name: pick(service.names, service.code) }), () => {
      office.services.splice(index, 1);
      named.end(service);
      draft.changed();
      show();
    }));
}

/** @param {Draft} draft */
export function countersPage(draft) {
  const list = el('ul', { class: 'rows' });
  const { office } = draft;
  const show = () => fill(list, ...office.counters.map((counter, index) => el('li', { class: 'row-card counter-card' },
    el('b', { class: 'counter-name' }, t('Counter {number}', { number: counter.number })),
    el('div', { class: 'field', 'data-path': `counters[${index}]` },
      chips(t('Services of counter {number}', { number: counter.number }),
        office.services.map((each) => ({ value: each.code, text: `${each.code} ${pick(each.names)}` })),
        counter.services, (chosen) => {
          counter.services = chosen;
          draft.changed();
        }),
      el('small', { class: 'error', 'aria-live': 'polite' })),
    remove(t('Remove counter {number}', { number: counter.number }), () => {
      office.counters.splice(index, 1);
      draft.changed();
      show();
    }))));
  show();
  return el('div', { class: 'stack' },
    el('h1', {}, t('Counters')),
    el('p', { class: 'soft' }, t('Who serves what. Staff choose their counter when they log in.')),
    list,
    el('button', { type: 'button', class: 'button quiet', onclick: () => {
      const number = Math.max(0, ...office.counters.map((each) => each.number)) + 1;
      office.counters.push({ number, services: office.services.map((each) => each.code) });
      draft.changed();
      show();
    } }, icon('add-service'), t('Add a counter')));
}

/**
 * @param {string} label
 * @param {() => void} work
 */
function remove(label, work) {
  return el('button', { type: 'button', class: 'button quiet small', 'aria-label': label, title: label, onclick: work }, icon('remove'));
}
