/**
 * Owns the satisfaction survey on the phone: one question at a time, a way back, then what the
 * visitor may tell about themselves, all without a name.
 *
 * @typedef {import('../../web/types').SurveyForm} SurveyForm
 */

import { get, post, LinkError, ProblemError } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { languageChanges, t } from '/web/i18n.js';
import { oneLine } from '/web/text.js';

const TIMEOUT_MS = 20000;

export class Survey {
  /**
   * @param {HTMLElement} place
   * @param {string} path the address of the number in the API
   * @param {(answered: boolean) => void} done
   */
  constructor(place, path, done) {
    this.place = place;
    this.path = path;
    this.done = done;
    /** @type {SurveyForm | null} */
    this.form = null;
    /** @type {Record<string, number>} */
    this.marks = {};
    /** @type {Record<string, string>} */
    this.about = {};
    this.said = '';
    this.step = 0;
    this.busy = false;
    this.relearn = () => this.load();
  }

  async open() {
    languageChanges.addEventListener('change', this.relearn);
    await this.load();
  }

  /** Fetch the questions in the language that is read now. */
  async load() {
    try {
      this.form = await get(`${this.path}/survey`, { timeout: TIMEOUT_MS });
      this.render();
    } catch (error) {
      if (!(error instanceof LinkError || error instanceof ProblemError)) {
        throw error;
      }
      this.end(false);
    }
  }

  /** @param {boolean} answered */
  end(answered) {
    languageChanges.removeEventListener('change', this.relearn);
    this.done(answered);
  }

  render() {
    const { form } = this;
    if (!form) {
      return;
    }
    const question = form.questions[this.step];
    fill(this.place, ...(question ? this.question(form, question) : this.last(form)));
    const head = this.place.querySelector('h2');
    if (head) {
      head.tabIndex = -1;
      head.focus();
    }
  }

  /**
   * @param {SurveyForm} form
   * @param {SurveyForm['questions'][number]} question
   * @returns {HTMLElement[]}
   */
  question(form, question) {
    const total = form.questions.length;
    const chosen = this.marks[question.key];
    const answers = question.answers.map((words, place) => ({ words, mark: place + 1 })).reverse();
    return [
      el('p', { class: 'soft survey-step' }, t('Question {n} of {total}', { n: this.step + 1, total })),
      el('h2', {}, question.question),
      el('div', { class: 'survey-answers', role: 'group', 'aria-label': question.question },
        ...answers.map(({ words, mark }) => el('button', {
          class: 'button quiet', type: 'button', 'data-mark': String(mark), 'aria-pressed': String(mark === chosen),
          onclick: () => {
            this.marks[question.key] = mark;
            this.step += 1;
            this.render();
          },
        }, words))),
      this.back(),
    ];
  }

  /** @returns {HTMLElement} */
  back() {
    return el('button', {
      class: 'button quiet small survey-back', type: 'button',
      onclick: () => {
        if (this.step === 0) {
          this.end(false);
          return;
        }
        this.step -= 1;
        this.render();
      },
    }, this.step === 0 ? t('Rather not') : t('Back'));
  }

  /**
   * @param {SurveyForm} form
   * @returns {HTMLElement[]}
   */
  last(form) {
    const text = el('textarea', { id: 'suggestion', rows: 3, maxLength: 500, value: this.said, oninput: () => { this.said = text.value; } });
    return [
      el('h2', {}, t('Almost done')),
      el('p', { class: 'soft' }, t('You may leave these empty.')),
      ...form.about.map((about) => {
        const select = el('select', { onchange: () => { this.about[about.key] = select.value; } },
          el('option', { value: '' }, t('I would rather not say')),
          ...about.choices.map((choice) => el('option', { value: choice.key }, choice.name)));
        select.value = this.about[about.key] || '';
        return el('label', { class: 'field' }, el('span', {}, about.name), select);
      }),
      el('label', { class: 'field', for: 'suggestion' }, el('span', {}, t('Your suggestion for us')), text),
      el('p', { class: 'soft' }, t('Please write no names or phone numbers.')),
      el('p', { class: 'banner warn', 'data-part': 'trouble', role: 'alert', hidden: true }),
      el('button', { class: 'button', type: 'button', onclick: () => this.send() }, t('Send my answers')),
      this.back(),
    ];
  }

  async send() {
    if (this.busy) {
      return;
    }
    this.busy = true;
    /** @type {Record<string, string>} */
    const about = {};
    for (const key of Object.keys(this.about).filter((each) => this.about[each])) {
      about[key] = this.about[key];
    }
    try {
      await post(`${this.path}/survey`, { marks: this.marks, about, said: oneLine(this.said) }, { timeout: TIMEOUT_MS });
      this.end(true);
    } catch (error) {
      if (!(error instanceof LinkError || error instanceof ProblemError)) {
        throw error;
      }
      if (error instanceof ProblemError && error.status === 409) {
        this.end(true); // the first try arrived, its answer got lost
      } else {
        const trouble = /** @type {HTMLElement} */ (this.place.querySelector('[data-part="trouble"]'));
        say(trouble, error.detail);
        trouble.hidden = false;
      }
    }
    this.busy = false;
  }
}
