/** Owns the fields of the set-up's pages: a label, an input, and what is wrong with it beside it. */

import { t } from '/web/i18n.js';
import { el, say } from '/web/dom.js';

let made = 0;

/**
 * A labelled input that says what is wrong with its setting.
 *
 * @param {string} label
 * @param {HTMLInputElement | HTMLSelectElement} input
 * @param {{path?: string, hint?: string, hidden?: boolean}} [more] `path` of the setting; `hidden`: the label is for
 *   screen readers only
 */
export function field(label, input, more = {}) {
  made += 1;
  const id = input.id || `field-${made}`;
  input.id = id;
  const told = [more.hint ? `${id}-hint` : '', more.path ? `${id}-wrong` : ''].filter(Boolean).join(' ');
  if (told) {
    input.setAttribute('aria-describedby', told);
  }
  return el('div', { class: 'field', 'data-path': more.path },
    el('label', { class: more.hidden ? 'hidden-visually' : 'strong', for: id }, label),
    input,
    more.hint ? el('small', { id: `${id}-hint` }, more.hint) : null,
    more.path ? el('small', { class: 'error', id: `${id}-wrong`, 'aria-live': 'polite' }) : null);
}

/**
 * @param {string} value
 * @param {(value: string) => void} change
 * @param {Record<string, any>} [more]
 */
export function text(value, change, more = {}) {
  const input = el('input', Object.assign({ type: 'text', class: 'input', value, autocomplete: 'off', maxLength: 100 }, more));
  input.addEventListener('input', () => change(input.value));
  return input;
}

/**
 * Several of a few, as chips that can be switched on and off.
 *
 * @param {string} label
 * @param {{value: string, text: string, title?: string}[]} options
 * @param {string[]} chosen
 * @param {(chosen: string[]) => void} change
 */
export function chips(label, options, chosen, change) {
  const now = new Set(chosen);
  return el('div', { class: 'picks', role: 'group', 'aria-label': label },
    ...options.map(({ value, text: words, title }) => {
      const chip = el('button', { type: 'button', class: 'pick', 'aria-pressed': String(now.has(value)), title: title || '', 'data-value': value, 'aria-label': title }, words);
      chip.addEventListener('click', () => {
        if (now.has(value)) {
          now.delete(value);
        } else {
          now.add(value);
        }
        chip.setAttribute('aria-pressed', String(now.has(value)));
        change(options.map((each) => each.value).filter((each) => now.has(each)));
      });
      return chip;
    }));
}

/**
 * Write beside each field what is wrong with it.
 *
 * @param {Element} root
 * @param {{path: string, words: string}[]} problems
 * @returns {{path: string, words: string}[]} those that no field on the page is about
 */
export function showProblems(root, problems) {
  const left = new Set(problems);
  for (const place of Array.from(root.querySelectorAll('[data-path]'))) {
    const path = /** @type {HTMLElement} */ (place).dataset.path || '';
    const mine = problems.filter((each) => each.path === path || each.path.startsWith(`${path}.`) || each.path.startsWith(`${path}[`));
    mine.forEach((each) => left.delete(each));
    const wrong = place.querySelector('.error');
    const input = place.querySelector('input, select');
    if (wrong) {
      say(wrong, mine.map((each) => each.words).join(' '));
    }
    if (input) {
      input.setAttribute('aria-invalid', String(mine.length > 0));
    }
  }
  return Array.from(left);
}

/** @returns {string[]} the days of the week in short, Monday first */
export function dayNames() {
  return [t('Mon'), t('Tue'), t('Wed'), t('Thu'), t('Fri'), t('Sat'), t('Sun')];
}
