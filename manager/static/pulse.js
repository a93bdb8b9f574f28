/**
 * Owns the monthly pulse: three questions that an officer answers without a name, and, for the
 * manager, how the months that are over were answered, from five answers on.
 *
 * @typedef {import('../../web/types').PulseForm} PulseForm
 * @typedef {import('../../web/types').PulseReport} PulseReport
 */

import { get, LinkError, post, ProblemError } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { number, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';
import { View, part } from '/web/staff/view.js';
import { monthWords } from '/manager/periodwords.js';

/** @param {string} key of a question */
function question(key) {
  switch (key) {
    case 'energy':
      return t('After work I still have energy.');
    case 'support':
      return t('When it gets hard, somebody helps me.');
    default:
      return t('People here treat me with respect.');
  }
}

/** @returns {string[]} the answers, the lowest first */
function answers() {
  return [t('Seldom'), t('Sometimes'), t('Often'), t('Nearly always')];
}

/** `<ramah-pulse>`: the questions, for an officer. */
export class Pulse extends View {
  /** @override */
  build() {
    this.className = 'pulse';
    this.append(el('div', { 'data-part': 'form' }), el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }));
    this.load();
  }

  async load() {
    try {
      const form = /** @type {PulseForm} */ (await get('/api/pulse', { as: 'staff' }));
      if (form.open) {
        this.ask(form);
      }
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LinkError)) {
        throw error;
      }
      // the figures above tell of a lost link
    }
  }

  /** @param {PulseForm} form */
  ask(form) {
    const send = (/** @type {Event} */ event) => {
      event.preventDefault();
      const marks = Object.fromEntries(form.questions.map((key) => {
        const chosen = this.querySelector(`input[name="pulse-${key}"]:checked`);
        return [key, chosen instanceof HTMLInputElement ? Number(chosen.value) : 0];
      }));
      this.trying(async () => {
        // no key: what a repeat would get is kept with its sender
        await post('/api/pulse', { marks }, { as: 'staff' });
        const thanks = el('p', { class: 'banner ok', role: 'status', tabIndex: -1 }, icon('heart'), el('span', {}, t('Thank you. Nobody can tell which answers are yours.')));
        fill(part(this, '[data-part="form"]'), thanks);
        thanks.focus();
      });
    };
    fill(part(this, '[data-part="form"]'), el('form', { class: 'card', 'aria-labelledby': 'pulse-title', onsubmit: send },
      el('h2', { id: 'pulse-title' }, t('How was your month? {month}', { month: monthWords(form.month) })),
      el('p', { class: 'soft' }, t('Three questions, without your name. They are told when the month is over, and only when five of you or more have answered.')),
      ...form.questions.map((key) => el('fieldset', { class: 'pulse-question' },
        el('legend', {}, question(key)),
        ...answers().map((words, at) => el('label', { class: 'check' }, el('input', { type: 'radio', name: `pulse-${key}`, value: String(at + 1), required: true }), el('span', {}, words))))),
      el('button', { type: 'submit', class: 'button' }, t('Send'))));
  }
}

/** `<ramah-pulse-report>`: how officers felt, for the manager. */
export class PulseMonths extends View {
  /** @override */
  build() {
    this.load();
  }

  async load() {
    try {
      const report = /** @type {PulseReport} */ (await get('/api/pulse/report', { as: 'staff' }));
      this.show(report);
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LinkError)) {
        throw error;
      }
      // the report above tells of a lost link
    }
  }

  /** @param {PulseReport} report */
  show(report) {
    fill(this, el('section', { class: 'card', 'aria-labelledby': 'pulse-title' },
      el('h3', { id: 'pulse-title' }, t('How our officers are')),
      el('p', { class: 'soft' }, t('Three questions a month without a name; told when the month is over, from {n} answers on.', { n: report.shown_from })),
      report.months.length ? null : el('p', {}, t('No month is over yet.')),
      ...report.months.map((each) => each.shown
        ? el('details', {}, el('summary', {}, `${monthWords(each.month)} · ${t('{n} answers', { n: number(each.n || 0) })}`),
          el('div', { class: 'table-wrap', tabIndex: 0, role: 'group', 'aria-label': monthWords(each.month) },
            el('table', { class: 'table' },
              el('thead', {}, el('tr', {}, el('td', {}), ...answers().map((words) => el('th', { scope: 'col', class: 'figure' }, words)))),
              el('tbody', {}, ...Object.keys(each.marks).map((key) => el('tr', {}, el('th', { scope: 'row' }, question(key)), ...each.marks[key].map((n) => el('td', { class: 'figure' }, number(n)))))))))
        : el('p', {}, `${monthWords(each.month)}: `, t('too few to show')))));
  }
}

customElements.define('ramah-pulse', Pulse);
customElements.define('ramah-pulse-report', PulseMonths);
