/**
 * Owns keying in questionnaires on paper, for visitors who cannot use a phone, and the empty form to
 * print.
 *
 * @typedef {import('../../web/types').SurveyForm} SurveyForm
 */

import { get, post, LinkError, newKey, ProblemError } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { pick, t } from '/web/i18n.js';
import { oneLine } from '/web/text.js';
import { View, part } from '/web/staff/view.js';

/** `<ramah-key-in>`; give it the `hall`. Fires `kept` after each questionnaire. */
export class KeyIn extends View {
  /** @type {import('/web/hall.js').Hall} */
  hall = /** @type {any} */ (null);

  /** @override */
  build() {
    this.className = 'key-in';
    const details = el('details', { class: 'card', ontoggle: () => details.open && !part(this, '.key-in-body').childElementCount && this.load() },
      el('summary', {}, t('Questionnaires on paper')),
      el('p', { class: 'soft' }, t('For visitors without a phone. Your name is kept with what you key in.')),
      el('div', { class: 'key-in-body' }));
    this.append(details);
  }

  async load() {
    try {
      this.show(await get('/api/survey/form', { as: 'staff' }));
    } catch (error) {
      this.trouble(error);
    }
  }

  /** @param {unknown} error */
  trouble(error) {
    if (!(error instanceof ProblemError || error instanceof LinkError)) {
      throw error;
    }
    const place = this.querySelector('[data-part="told"]');
    const words = el('p', { class: 'banner warn' }, error.detail);
    fill(place instanceof HTMLElement ? place : part(this, '.key-in-body'), words);
  }

  /** @param {SurveyForm} form */
  show(form) {
    const state = this.hall.state;
    const today = state ? state.day : '';
    const day = el('input', { type: 'date', value: today, max: today });
    const service = el('select', {}, ...(state ? state.services : []).map((each) => el('option', { value: each.code }, `${each.code} · ${pick(each.names, each.name)}`)));
    const marks = form.questions.map((question) => ({ question, select: choices(question.answers.map((words, place) => ({ key: String(place + 1), name: `${place + 1} · ${words}` }))) }));
    const about = form.about.map((each) => ({ each, select: choices(each.choices) }));
    const said = el('textarea', { rows: 2, maxLength: 500 });
    const keep = async () => {
      /** @type {Record<string, number>} */
      const given = {};
      for (const { question, select } of marks) {
        if (select.value) {
          given[question.key] = Number(select.value);
        }
      }
      /** @type {Record<string, string>} */
      const told = {};
      for (const { each, select } of about) {
        if (select.value) {
          told[each.key] = select.value;
        }
      }
      try {
        await post('/api/survey/answers', { day: day.value, service: service.value, marks: given, about: told, said: oneLine(said.value) }, { as: 'staff', idempotencyKey: newKey() });
        this.dispatchEvent(new CustomEvent('kept'));
      } catch (error) {
        this.trouble(error);
      }
    };
    fill(part(this, '.key-in-body'),
      el('div', { class: 'filters' }, field(t('Date'), day), field(t('Service'), service)),
      ...marks.map(({ question, select }, place) => field(`U${place + 1} ${question.question}`, select)),
      el('div', { class: 'filters' }, ...about.map(({ each, select }) => field(each.name, select))),
      field(t('Suggestion'), said),
      el('div', { 'data-part': 'told', role: 'alert' }),
      el('button', { type: 'button', class: 'button', onclick: keep }, t('Keep this questionnaire')));
  }
}

/**
 * @param {string} words
 * @param {HTMLElement} input
 */
function field(words, input) {
  return el('label', { class: 'field' }, el('span', {}, words), input);
}

/** @param {{key: string, name: string}[]} all */
function choices(all) {
  return el('select', {}, el('option', { value: '' }, t('no answer')), ...all.map((each) => el('option', { value: each.key }, each.name)));
}

customElements.define('ramah-key-in', KeyIn);
