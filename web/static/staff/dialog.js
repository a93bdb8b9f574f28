/** Owns the dialogs of the staff pages: one question, its fields, and an answer or none. */

import { openDialog } from '/web/dialogs.js';
import { t } from '/web/i18n.js';
import { el } from '/web/dom.js';

/**
 * @typedef {object} Question
 * @property {string} title
 * @property {string} [intro]
 * @property {Node[]} [fields]
 * @property {string} confirm what the main button says
 * @property {string} [cancel] empty for none: then there is nothing to decide
 * @property {boolean} [careful] the main button is drawn as a grave one
 * @property {() => string | null} [check] a sentence when something is missing, else null
 * @property {() => Promise<string | null>} [work] done before the dialog closes; a sentence when it could not be
 */

let made = 0;

/** @returns {string} a name that nothing else on the page has */
function newId() {
  made += 1;
  return `ask-${made}`;
}

/** What a field gives: its element, and its value when asked. @template T @typedef {{node: HTMLElement, value: () => T}} Field */

/**
 * Ask, and wait. The focus goes back to where it was.
 *
 * @param {Question} question
 * @returns {Promise<boolean>} false when the person thought better of it
 */
export function ask(question) {
  return new Promise((answer) => {
    const problem = el('p', { class: 'problem', role: 'alert', hidden: true });
    const form = el(
      'form',
      { method: 'dialog', class: 'ask' },
      el('h2', { id: 'ask-title' }, question.title),
      question.intro ? el('p', { class: 'soft' }, question.intro) : null,
      ...(question.fields || []),
      problem,
      el(
        'div',
        { class: 'ask-buttons' },
        question.cancel === ''
          ? null
          : el('button', { type: 'button', class: 'button quiet', onclick: () => leave() }, question.cancel || t('Not now')),
        el('button', { type: 'submit', class: question.careful ? 'button danger' : 'button' }, question.confirm),
      ),
    );
    const dialog = el('dialog', { class: 'dialog', 'aria-labelledby': 'ask-title' }, form);
    const send = /** @type {HTMLElement} */ (form.querySelector('[type="submit"]'));
    const busy = () => send.getAttribute('aria-busy') === 'true';
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (busy()) {
        return;
      }
      let missing = question.check ? question.check() : null;
      if (!missing && question.work) {
        problem.hidden = true;
        send.setAttribute('aria-busy', 'true');
        missing = await question.work();
        send.removeAttribute('aria-busy');
      }
      problem.hidden = !missing;
      problem.textContent = missing || '';
      if (!missing) {
        dialog.close('yes');
      }
    });
    // what is under way is not left: nobody would learn what came of it
    const leave = () => !busy() && dialog.close('');
    dialog.addEventListener('cancel', (event) => busy() && event.preventDefault());
    dialog.addEventListener('click', (event) => event.target === dialog && leave());
    dialog.addEventListener('close', () => {
      dialog.remove();
      answer(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    openDialog(dialog);
    const first = form.querySelector('[data-first], input, select, textarea');
    if (first instanceof HTMLElement) {
      first.focus();
    }
  });
}

/**
 * Ask until it works or is left; the dialog stays meanwhile, with every word in it, and says what the
 * server objects to.
 *
 * @template T
 * @param {{title: string, intro: string, confirm: string, careful?: boolean, fields: Node[], missing: () => string | null}} question
 * @param {() => Promise<T>} work
 * @returns {Promise<T | null>}
 */
export async function until(question, work) {
  /** @type {T | null} */
  let done = null;
  await ask(Object.assign({}, question, {
    check: question.missing,
    work: async () => {
      try {
        done = await work();
        return null;
      } catch (problem) {
        return /** @type {{detail?: string}} */ (problem).detail || String(problem);
      }
    },
  }));
  return done;
}

/**
 * Ask what only the server can do. While the link is lost the question stays, with every word in it.
 *
 * @param {{hall: {online: boolean}}} desk
 * @param {Question} question
 * @returns {Promise<boolean>}
 */
export function askOnline(desk, question) {
  const { check } = question;
  return ask(Object.assign({}, question, {
    check: () => (desk.hall.online ? (check ? check() : null) : t('No link to the server just now; nothing was done.')),
  }));
}

/**
 * A line to write, with sentences to choose from.
 *
 * @param {object} options
 * @param {string} options.label
 * @param {string} [options.hint]
 * @param {string[]} [options.suggestions]
 * @param {number} [options.maxLength]
 * @returns {Field<string>}
 */
export function lineField(options) {
  const id = newId();
  const input = el('input', {
    id,
    type: 'text',
    class: 'input',
    maxLength: options.maxLength || 200,
    autocomplete: 'off',
    'aria-describedby': options.hint ? `${id}-hint` : undefined,
    placeholder: options.suggestions ? t('Or in your own words') : '',
  });
  const chips = (options.suggestions || []).map((text) =>
    el('button', { type: 'button', class: 'pick', 'aria-pressed': 'false' }, text),
  );
  const mark = () => {
    for (const chip of chips) {
      chip.setAttribute('aria-pressed', String(chip.textContent === input.value));
    }
  };
  for (const chip of chips) {
    chip.addEventListener('click', () => {
      input.value = chip.textContent || '';
      mark();
    });
    // whoever types at once means own words
    chip.addEventListener('keydown', (event) => {
      if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.altKey && !event.metaKey) {
        input.focus();
      }
    });
  }
  input.addEventListener('input', mark);
  if (chips.length) {
    chips[0].dataset.first = '';
  }
  const node = el(
    'div',
    { class: 'stack-s' },
    el('label', { class: 'strong', for: input.id }, options.label),
    chips.length ? el('div', { class: 'picks', role: 'group', 'aria-label': options.label }, ...chips) : null,
    input,
    options.hint ? el('small', { class: 'soft', id: `${input.id}-hint` }, options.hint) : null,
  );
  return { node, value: () => input.value.trim() };
}

/**
 * A time of the day, or none.
 *
 * @param {object} options
 * @param {string} options.label
 * @param {string} options.hint
 * @returns {Field<string>} `HH:MM`, empty for none
 */
export function timeField(options) {
  const id = newId();
  const input = el('input', { id, type: 'time', class: 'input clock-input', 'aria-describedby': `${id}-hint` });
  const node = el('div', { class: 'stack-xs' },
    el('label', { class: 'strong', for: id }, options.label),
    input,
    el('small', { class: 'soft', id: `${id}-hint` }, options.hint));
  return { node, value: () => input.value };
}

/**
 * @typedef {object} Choice
 * @property {string} value
 * @property {string} name
 * @property {string} [badge]
 * @property {string} [detail]
 * @property {string} [group]
 */

/**
 * One of several, as cards; a filter appears when there are many.
 *
 * @param {object} options
 * @param {string} options.label
 * @param {Choice[]} options.choices
 * @param {string} [options.chosen]
 * @param {(value: string) => void} [options.onchange]
 * @param {boolean} [options.compact] one line for all, for few short names
 * @returns {Field<string>}
 */
export function choiceField(options) {
  const name = newId();
  const list = el('div', { class: options.compact ? 'choices compact' : 'choices' });
  let group = '';
  for (const choice of options.choices) {
    if (choice.group && choice.group !== group) {
      group = choice.group;
      list.append(el('p', { class: 'choice-group', 'data-group': group }, group));
    }
    list.append(
      el(
        'label',
        { class: 'choice', 'data-words': `${choice.badge || ''} ${choice.name}`.toLowerCase() },
        el('input', { type: 'radio', name, value: choice.value, checked: choice.value === options.chosen }),
        choice.badge ? el('span', { class: 'badge' }, choice.badge) : null,
        el('span', { class: 'choice-name' }, choice.name),
        choice.detail ? el('small', {}, choice.detail) : null,
      ),
    );
  }
  const value = () => {
    const found = list.querySelector('input:checked');
    return found instanceof HTMLInputElement ? found.value : '';
  };
  list.addEventListener('change', () => options.onchange && options.onchange(value()));
  const node = el('fieldset', { class: 'plain' }, el('legend', {}, options.label), filterOf(list, options), list);
  return { node, value };
}

/**
 * @param {HTMLElement} list
 * @param {{choices: Choice[]}} options
 */
function filterOf(list, options) {
  if (options.choices.length < 10) {
    return null;
  }
  const input = el('input', { type: 'search', class: 'input', placeholder: t('Search'), 'aria-label': t('Search') });
  input.addEventListener('input', () => {
    const wanted = input.value.trim().toLowerCase();
    for (const label of Array.from(list.querySelectorAll('.choice'))) {
      const words = label instanceof HTMLElement ? label.dataset.words || '' : '';
      /** @type {HTMLElement} */ (label).hidden = !words.includes(wanted);
    }
    for (const title of Array.from(list.querySelectorAll('.choice-group'))) {
      /** @type {HTMLElement} */ (title).hidden = Boolean(wanted);
    }
  });
  return input;
}

/**
 * A small number, with a button for less and one for more.
 *
 * @param {object} options
 * @param {string} options.label
 * @param {number} options.least
 * @param {number} options.most
 * @param {number} options.value
 * @returns {Field<number>}
 */
export function stepperField(options) {
  let value = options.value;
  const shown = el('output', { class: 'number' }, String(value));
  const less = el('button', { type: 'button', class: 'button quiet', 'aria-label': t('One fewer') }, '−');
  const more = el('button', { type: 'button', class: 'button quiet', 'aria-label': t('One more') }, '+');
  /** @param {number} by */
  const step = (by) => {
    value = Math.min(options.most, Math.max(options.least, value + by));
    shown.textContent = String(value);
    less.disabled = value <= options.least;
    more.disabled = value >= options.most;
  };
  less.addEventListener('click', () => step(-1));
  more.addEventListener('click', () => step(1));
  step(0);
  const node = el(
    'div',
    { class: 'stepper', role: 'group', 'aria-label': options.label },
    el('span', { class: 'strong' }, options.label),
    less,
    shown,
    more,
  );
  return { node, value: () => value };
}
