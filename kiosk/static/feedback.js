/**
 * Owns the end of a visit on the phone: a quick word of the visitor, what was done about it, and the
 * survey for those who were drawn. Loaded when the visit is over.
 *
 * @typedef {import('../../web/types').Feedback} Feedback
 * @typedef {import('../../web/types').GivenWord} GivenWord
 */

import { get, post, LinkError, ProblemError } from '/web/api.js';
import { WordForm } from '/web/askword.js';
import { el, fill, say } from '/web/dom.js';
import { languageChanges, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';

const TIMEOUT_MS = 20000;

export class FeedbackPanel {
  /**
   * @param {HTMLElement} place
   * @param {string} path the address of the number in the API
   */
  constructor(place, path) {
    this.place = place;
    this.path = path;
    /** @type {Feedback | null} */
    this.told = null;
    /** @type {WordForm | null} */
    this.form = null;
    this.declined = false;
    this.busy = false;
    this.asking = false;
    languageChanges.addEventListener('change', () => this.render());
  }

  /** Ask what may be said, and show it. */
  async open() {
    try {
      this.told = await get(`${this.path}/feedback`, { timeout: TIMEOUT_MS });
      this.render();
    } catch (error) {
      if (!(error instanceof LinkError || error instanceof ProblemError)) {
        throw error;
      }
      // an old number, or no link: the page says all that it knows
    }
  }

  render() {
    const { told } = this;
    if (!told || this.asking) {
      return;
    }
    const parts = told.given ? this.given(told.given) : told.open ? this.question() : [];
    if (told.survey && !this.declined && (told.given || !told.open)) {
      parts.push(this.invitation());
    }
    this.place.hidden = parts.length === 0;
    fill(this.place, ...parts);
  }

  /** @returns {HTMLElement[]} */
  question() {
    this.form = new WordForm((said) => this.sending(`${this.path}/feedback`, said), { said: this.form ? this.form.said : undefined });
    return this.form.parts;
  }

  /**
   * @param {GivenWord} given
   * @returns {HTMLElement[]}
   */
  given(given) {
    if (given.again) {
      return [el('h2', {}, t('We are sorry that it did not help.')), el('p', {}, t('We are looking at it once more. You can read here what we do.'))];
    }
    if (!given.action) {
      return [
        el('h2', { class: 'word-thanked' }, icon('heart'), t('Thank you.')),
        el('p', {}, t('Our manager reads what visitors say every morning.')),
        given.face <= 2 ? el('p', { class: 'soft' }, t('We will look into it. Keep this page: what we do stands here.')) : el('p', { class: 'soft' }, t('Have a good day, and a safe way home.')),
      ];
    }
    const asked = given.helped === null
      ? [
        el('p', { id: 'helped' }, t('Does that help?')),
        el('div', { class: 'word-answers', role: 'group', 'aria-labelledby': 'helped' },
          el('button', { class: 'button', type: 'button', onclick: () => this.tellHelped(true) }, t('Yes, thank you')),
          el('button', { class: 'button quiet', type: 'button', onclick: () => this.tellHelped(false) }, t('Not yet'))),
        el('p', { class: 'banner warn', 'data-part': 'trouble', role: 'alert', hidden: true }),
      ]
      : [el('p', { class: 'soft' }, given.helped ? t('Good to hear. Thank you for telling us.') : t('Thank you for telling us.'))];
    return [el('h2', {}, t('This is what we did')), el('blockquote', { class: 'word-action' }, given.action), ...asked];
  }

  /** @param {boolean} helped */
  async tellHelped(helped) {
    await this.sending(`${this.path}/helped`, { helped });
  }

  /**
   * @param {string} path
   * @param {object} body
   */
  async sending(path, body) {
    if (this.busy || !this.told) {
      return;
    }
    this.busy = true;
    try {
      /** @type {GivenWord} */
      const given = await post(path, body, { timeout: TIMEOUT_MS });
      this.told = { open: false, given, survey: this.told.survey };
      this.render();
      this.focusHead();
    } catch (error) {
      if (!(error instanceof LinkError || error instanceof ProblemError)) {
        throw error;
      }
      const trouble = /** @type {HTMLElement} */ (this.place.querySelector('[data-part="trouble"]'));
      say(trouble, error.detail);
      trouble.hidden = false;
    }
    this.busy = false;
  }

  /** @returns {HTMLElement} */
  invitation() {
    return el('section', { class: 'survey-invitation' },
      el('h2', {}, t('Do you have two minutes more?')),
      el('p', {}, t('A few short questions, without your name. The answers show where we should do better.')),
      el('div', { class: 'word-answers' },
        el('button', { class: 'button', type: 'button', 'data-part': 'begin', onclick: () => this.ask() }, t('Yes, gladly')),
        el('button', { class: 'button quiet', type: 'button', onclick: () => { this.declined = true; this.render(); } }, t('No, thank you'))));
  }

  async ask() {
    const { Survey } = await import('/kiosk/survey.js');
    this.asking = true;
    const survey = new Survey(this.place, this.path, (answered) => {
      this.asking = false;
      if (answered && this.told) {
        this.told = { open: this.told.open, given: this.told.given, survey: false };
        fill(this.place, el('h2', { class: 'word-thanked' }, icon('heart'), t('Thank you.')), el('p', {}, t('Your answers help us to serve you better.')));
      } else {
        this.render();
      }
      this.focusHead();
    });
    await survey.open();
  }

  focusHead() {
    const head = this.place.querySelector('h2');
    if (head) {
      head.tabIndex = -1;
      head.focus();
    }
  }
}
