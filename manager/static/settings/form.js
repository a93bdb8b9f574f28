/**
 * Owns the forms of the settings: each field as its kind wants it. What there is to set comes from the
 * server, so that no setting is without a field.
 *
 * @typedef {import('../../../web/types').FormField} FormField
 * @typedef {object} Context
 * @property {any} settings the whole of what is typed, changed in place
 * @property {FormField[]} form of the whole
 * @property {string[]} languages that the program speaks
 * @property {() => void} changed
 */

import { ownName, pick, t } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { icon } from '/web/staff/icons.js';
import { chips, dayNames, field, text } from '/manager/setup/fields.js';
import { periods } from '/manager/setup/hours.js';
import { parts, reasons, weights } from '/manager/settings/lists.js';
import { Named } from '/manager/settings/named.js';

/**
 * All fields of a block.
 *
 * @param {FormField[]} fields
 * @param {any} holder the block's values
 * @param {string} path of the block, with positions: `services[0]`; empty for the whole
 * @param {Context} context
 * @returns {HTMLElement[]}
 */
export function fieldsOf(fields, holder, path, context) {
  return fields.map((each) => one(each, holder, path ? `${path}.${each.name}` : each.name, context));
}

/**
 * @param {FormField} form
 * @param {any} holder
 * @param {string} path
 * @param {Context} context
 * @returns {HTMLElement}
 */
export function one(form, holder, path, context) {
  const make = KINDS[form.kind] || KINDS.text;
  return make(form, holder, path, context);
}

/** @type {Record<string, (form: FormField, holder: any, path: string, context: Context) => HTMLElement>} */
const KINDS = {
  text: (form, holder, path, { changed }) => {
    const input = text(holder[form.name] || '', (value) => {
      holder[form.name] = value.trim() || (form.optional ? null : '');
      changed();
    }, { maxLength: 200 });
    return form.of === 'agencies' ? oneOf(form, holder, path, { changed, settings: null, form: [], languages: [] }) : field(form.label, input, { path, hint: form.hint });
  },
  number: (form, holder, path, { changed }) => {
    const input = el('input', { type: 'number', class: 'input number', value: holder[form.name] === null ? '' : String(holder[form.name]), step: form.whole ? '1' : 'any', inputMode: form.whole ? 'numeric' : 'decimal' });
    if (form.low !== null) {
      input.min = String(form.low);
    }
    if (form.high !== null) {
      input.max = String(form.high);
    }
    input.addEventListener('input', () => {
      holder[form.name] = input.value === '' ? null : Number(input.value);
      changed();
    });
    return field(form.label, input, { path, hint: form.hint });
  },
  switch: (form, holder, path, { changed }) => {
    const box = el('input', { type: 'checkbox', checked: holder[form.name] });
    box.addEventListener('change', () => {
      holder[form.name] = box.checked;
      changed();
    });
    return el('div', { class: 'field', 'data-path': path }, el('label', { class: 'consent' }, box, el('span', {}, form.label)), hintOf(form));
  },
  choice: (form, holder, path, { changed }) => {
    const select = el('select', { class: 'input' }, ...form.choices.map((each) => el('option', { value: each.value, selected: each.value === String(holder[form.name]) }, each.label)));
    select.addEventListener('change', () => {
      holder[form.name] = form.whole ? Number(select.value) : select.value;
      changed();
    });
    return field(form.label, select, { path, hint: form.hint });
  },
  time: clock,
  date: (form, holder, path, { changed }) => {
    const input = el('input', { type: 'date', class: 'input', value: holder[form.name] || '' });
    input.addEventListener('input', () => {
      holder[form.name] = input.value;
      changed();
    });
    return field(form.label, input, { path, hint: form.hint });
  },
  words: (form, holder, path, context) => group(form, path, spoken(holder[form.name], context).map((lang) => {
    const make = form.lines ? paragraph : text;
    const input = make((holder[form.name] || {})[lang] || '', (value) => {
      holder[form.name] = without(Object.assign({}, holder[form.name], { [lang]: value }), lang, value);
      context.changed();
    }, { lang, maxLength: 300 });
    return field(ownName(lang), /** @type {any} */ (input), { path: `${path}.${lang}` });
  })),
  lists: (form, holder, path, context) => group(form, path, spoken(holder[form.name], context).map((lang) => {
    const area = lines((holder[form.name] || {})[lang] || [], (value) => {
      holder[form.name] = without(Object.assign({}, holder[form.name], { [lang]: value }), lang, value);
      context.changed();
    });
    area.lang = lang;
    return field(ownName(lang), /** @type {any} */ (area), { path: `${path}.${lang}` });
  })),
  texts: (form, holder, path, { changed }) => field(form.label, /** @type {any} */ (lines(holder[form.name], (value) => {
    holder[form.name] = value;
    changed();
  })), { path, hint: form.hint }),
  dates: (form, holder, path, { changed }) => field(form.label, /** @type {any} */ (lines(holder[form.name], (value) => {
    holder[form.name] = value;
    changed();
  })), { path, hint: form.hint }),
  days: (form, holder, path, { changed }) => marked(form, path, chips(form.label, dayNames().map((words, index) => ({ value: String(index + 1), text: words })), holder[form.name].map(String), (chosen) => {
    holder[form.name] = chosen.map(Number);
    changed();
  })),
  codes: (form, holder, path, context) => marked(form, path, chips(form.label, optionsOf(form.of, context), holder[form.name], (chosen) => {
    // the order stays: the first language is the usual one
    const before = /** @type {string[]} */ (holder[form.name]);
    holder[form.name] = before.filter((each) => chosen.includes(each)).concat(chosen.filter((each) => !before.includes(each)));
    context.changed();
  })),
  reasons: (form, holder, path, context) => marked(form, path, reasons(holder[form.name], context.settings.languages, context.changed)),
  parts: (form, holder, path, { changed }) => marked(form, path, parts(form, holder, changed)),
  weights: (form, holder, path, { changed, settings }) => marked(form, path, weights(form, holder, settings, changed)),
  picture: (form, holder, path, { changed }) => {
    const shown = el('div', { class: 'row' });
    const show = () => fill(shown,
      holder[form.name] ? el('img', { src: holder[form.name], alt: form.label, class: 'logo-shown' }) : el('span', { class: 'soft' }, t('No logo')),
      el('a', { class: 'button quiet', href: '/kiosk/paper' }, t('Choose a picture and see the ticket')),
      holder[form.name] ? el('button', { type: 'button', class: 'button quiet', onclick: () => {
        holder[form.name] = '';
        changed();
        show();
      } }, t('Remove the logo')) : null);
    show();
    return marked(form, path, shown);
  },
  block: (form, holder, path, context) => {
    if (!form.optional) {
      return group(form, path, fieldsOf(form.fields, holder[form.name], path, context));
    }
    const inner = el('div', { class: 'stack' });
    const box = el('input', { type: 'checkbox', checked: Boolean(holder[form.name]) });
    const show = () => fill(inner, ...(holder[form.name] ? fieldsOf(form.fields, holder[form.name], path, context) : []));
    box.addEventListener('change', () => {
      holder[form.name] = box.checked ? blank(form.fields) : null;
      if (box.checked && form.name === 'hours') {
        holder.hours.periods.push({ days: [1, 2, 3, 4, 5], opens: '08:00', closes: '15:00' });
      }
      context.changed();
      show();
    });
    show();
    return el('fieldset', { class: 'plain setting-block', 'data-path': path }, el('legend', {}, form.label), el('label', { class: 'consent' }, box, el('span', {}, form.hint || form.label)), inner);
  },
  blocks: (form, holder, path, context) => {
    if (path.endsWith('.periods')) {
      return group(form, '', [periods(holder[form.name], path, context.changed)]);
    }
    return entries(form, holder, path, context);
  },
};

/** @type {(form: FormField, holder: any, path: string, context: Context) => HTMLElement} */
function clock(form, holder, path, { changed }) {
  const input = el('input', { type: 'time', class: 'input clock-input', value: holder[form.name] === '24:00' ? '00:00' : holder[form.name] || '' });
  input.addEventListener('input', () => {
    holder[form.name] = input.value === '00:00' && /(ends|closes)$/.test(path) ? '24:00' : input.value || (form.optional ? null : '');
    changed();
  });
  return field(form.label, input, { path, hint: form.hint });
}

/**
 * Many of a kind, each to be opened: services, counters, agencies.
 *
 * @type {(form: FormField, holder: any, path: string, context: Context) => HTMLElement}
 */
function entries(form, holder, path, context) {
  const list = el('div', { class: 'rows' });
  const named = path === form.name ? new Named(context.settings, context.form, form.name) : null;
  const inside = Object.assign({}, context, { changed: () => {
    if (named) {
      named.write();
    }
    context.changed();
  } });
  /** @param {number} opened the entry that stands open, -1 for none */
  const show = (opened) => fill(list, ...holder[form.name].map((/** @type {any} */ entry, /** @type {number} */ index) => {
    const { length } = holder[form.name];
    /** @param {number} to */
    const move = (to) => {
      holder[form.name].splice(to, 0, holder[form.name].splice(index, 1)[0]);
      context.changed();
      show(-1);
    };
    return el('details', { class: 'setting-entry', open: index === opened },
      el('summary', {}, el('b', {}, titleOf(entry, form))),
      el('div', { class: 'stack' },
        ...fieldsOf(form.fields, entry, `${path}[${index}]`, inside),
        el('div', { class: 'row' },
          el('button', { type: 'button', class: 'button quiet small', disabled: index === 0, onclick: () => move(index - 1) }, icon('up'), t('Further up')),
          el('button', { type: 'button', class: 'button quiet small', disabled: index === length - 1, onclick: () => move(index + 1) }, icon('down'), t('Further down')),
          el('button', { type: 'button', class: 'button quiet small', onclick: () => {
            holder[form.name].splice(index, 1);
            if (named) {
              named.end(entry);
            }
            context.changed();
            show(-1);
          } }, icon('remove'), t('Remove {what}', { what: titleOf(entry, form) })))));
  }));
  show(-1);
  return el('div', { class: 'stack', role: 'group', 'data-path': path, 'aria-label': form.label },
    list,
    el('small', { class: 'error', 'aria-live': 'polite' }),
    el('button', { type: 'button', class: 'button quiet', onclick: () => {
      holder[form.name].push(blank(form.fields, holder[form.name]));
      context.changed();
      show(holder[form.name].length - 1);
      const added = /** @type {Element} */ (list.lastElementChild);
      /** @type {HTMLElement} */ (added.querySelector('input, textarea, select')).focus();
    } }, icon('add-service'), t('Add to {what}', { what: form.label })));
}

/**
 * @param {any} entry
 * @param {FormField} form
 */
function titleOf(entry, form) {
  const name = pick(entry.names || {}, '');
  if (entry.number !== undefined && form.fields.some((each) => each.name === 'number')) {
    return [t('Counter {number}', { number: entry.number }), name].filter(Boolean).join(' · ');
  }
  const days = entry.first ? [entry.first, entry.last].filter(Boolean).join(' – ') : '';
  return [entry.code, days, name].filter(Boolean).join(' · ') || form.label;
}

/**
 * A new entry with what counts where nothing is written.
 *
 * @param {FormField[]} fields
 * @param {any[]} [others] that are there already
 */
function blank(fields, others = []) {
  /** @type {Record<string, any>} */
  const made = {};
  for (const each of fields) {
    made[each.name] = each.default ? JSON.parse(each.default) : empty(each);
    if (each.name === 'number') {
      made.number = Math.max(0, ...others.map((one_) => one_.number)) + 1;
    }
  }
  return made;
}

/** @param {FormField} form */
function empty(form) {
  if (['blocks', 'codes', 'days', 'texts', 'dates', 'reasons', 'parts'].includes(form.kind)) {
    return form.kind === 'days' ? [1, 2, 3, 4, 5] : [];
  }
  return ['words', 'lists', 'weights'].includes(form.kind) ? {} : form.kind === 'number' ? form.low || 0 : '';
}

/**
 * @param {string[]} values
 * @param {(values: string[]) => void} change
 */
function lines(values, change) {
  const area = el('textarea', { class: 'input', rows: Math.min(8, Math.max(2, values.length + 1)), value: values.join('\n') });
  area.addEventListener('input', () => change(area.value.split('\n').map((each) => each.trim()).filter(Boolean)));
  return area;
}

/**
 * A text of several lines, kept as they are.
 *
 * @param {string} value
 * @param {(value: string) => void} change
 * @param {Record<string, any>} more
 */
function paragraph(value, change, more) {
  const area = el('textarea', Object.assign({ class: 'input', rows: 3, value }, more));
  area.addEventListener('input', () => change(area.value));
  return area;
}

/**
 * The office's languages, and those that something is written in already.
 *
 * @param {Record<string, any> | undefined} words
 * @param {Context} context
 * @returns {string[]}
 */
function spoken(words, { settings }) {
  const offered = /** @type {string[]} */ (settings.languages);
  return offered.concat(Object.keys(words || {}).filter((each) => !offered.includes(each)));
}

/**
 * @param {Record<string, any>} words
 * @param {string} lang
 * @param {string | string[]} value
 */
function without(words, lang, value) {
  if (!value.length) {
    delete words[lang];
  }
  return words;
}

/**
 * @param {string} of
 * @param {Context} context
 * @returns {{value: string, text: string}[]}
 */
function optionsOf(of, { settings, languages }) {
  if (of === 'languages') {
    return languages.map((value) => ({ value, text: ownName(value) }));
  }
  const entries_ = /** @type {any[]} */ (settings[of] || []);
  return entries_.filter((each) => each.code).map((each) => ({ value: each.code, text: `${each.code} ${pick(each.names, '')}` }));
}

/** @type {(form: FormField, holder: any, path: string, context: Context) => HTMLElement} */
function oneOf(form, holder, path, { changed }) {
  const input = text(holder[form.name] || '', (value) => {
    holder[form.name] = value.trim() || null;
    changed();
  }, { maxLength: 16 });
  return field(form.label, input, { path, hint: form.hint || t('The code of an agency; empty for none.') });
}

/**
 * @param {FormField} form
 * @param {string} path
 * @param {HTMLElement[]} inner
 */
function group(form, path, inner) {
  return el('fieldset', { class: 'plain setting-block', 'data-path': path || undefined },
    el('legend', {}, form.label), hintOf(form), ...inner,
    path ? el('small', { class: 'error', 'aria-live': 'polite' }) : null);
}

/**
 * @param {FormField} form
 * @param {string} path
 * @param {HTMLElement} inner
 */
function marked(form, path, inner) {
  return el('div', { class: 'field', 'data-path': path }, el('span', {}, form.label), hintOf(form), inner, el('small', { class: 'error', 'aria-live': 'polite' }));
}

/** @param {FormField} form */
function hintOf(form) {
  return form.hint ? el('small', { class: 'soft' }, form.hint) : null;
}
