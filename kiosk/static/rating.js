/**
 * Owns `<kiosk-rating>`: a quick word at the kiosk, for visitors without a phone, where the kiosk has
 * a reader. The paper's QR code says whose word it is; nobody gives one for a number they only know.
 * Fires `done` when somebody whose paper was read has finished.
 *
 * @typedef {import('../../web/types').Read} Read
 * @typedef {import('/web/askword.js').Said} Said
 */

import { post, newKey, LinkError, ProblemError } from '/web/api.js';
import { LONGEST, WordForm } from '/web/askword.js';
import { openDialog } from '/web/dialogs.js';
import { el, fill, say } from '/web/dom.js';
import { languageChanges, setLanguage, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';
import { HelpButton } from '/kiosk/help.js';
import { NextLanguage } from '/kiosk/look.js';
import { moreOf } from '/kiosk/more.js';
import { listenToReader } from '/kiosk/reader.js';
import { ScreenKeys } from '/kiosk/screenkeys.js';

const THANKS_MS = 8000;

export class Rating extends HTMLElement {
  constructor() {
    super();
    this.token = '';
    this.timer = 0;
    this.text = el('span');
    this.button = /** @type {HTMLButtonElement} */ (document.getElementById('rate'));
    this.heading = el('h2', { id: 'rating-title', tabIndex: -1 });
    this.lines = el('div', { class: 'stack lines' });
    this.below = moreOf(this.lines);
    this.end = el('div', { class: 'rating-send', hidden: true });
    this.leave = el('button', { class: 'button large quiet', type: 'button', onclick: () => this.close() });
    this.dialog = el('dialog', { class: 'notice ask', 'aria-labelledby': 'rating-title' },
      el('div', { class: 'notice-head' }, this.heading, new NextLanguage()),
      this.lines,
      el('div', { class: 'ask-end' }, this.below, new HelpButton(), this.leave, this.end));
    /** Says it again, in another language. */
    this.again = () => {};
  }

  connectedCallback() {
    fill(this.button, icon('heart'), this.text);
    this.button.addEventListener('click', () => this.show());
    this.append(this.dialog);
    languageChanges.addEventListener('change', () => this.render());
    listenToReader(() => !this.button.hidden, (token) => this.read(token));
    this.dialog.addEventListener('close', () => {
      if (this.token) { // whose paper was read has gone, and their language with them
        this.dispatchEvent(new Event('done'));
      }
      this.token = '';
      fill(this.lines);
      window.clearTimeout(this.timer);
    });
    this.render();
  }

  /** @param {boolean} wanted whether this kiosk asks */
  offer(wanted) {
    this.button.hidden = !wanted;
    document.documentElement.toggleAttribute('data-rates', wanted);
  }

  close() {
    if (this.dialog.open) {
      this.dialog.close();
    }
  }

  /** Ask for the paper. */
  show() {
    this.again = () => this.show();
    this.step(t('How was our service today?'), [
      el('p', { class: 'big' }, t('Please hold the QR code of your number under the reader.')),
      el('p', { class: 'soft' }, t('You can do so for a day after you were served. Your name is not asked.'))]);
  }

  /**
   * The reader read a paper.
   *
   * @param {string} token
   */
  async read(token) {
    if (document.querySelector('dialog[open]') && !this.dialog.open) {
      return; // somebody is about to take a number
    }
    await this.trying(async () => {
      const read = /** @type {Read} */ (await post('/api/words/read', { token }, { as: 'kiosk' }));
      this.token = token;
      await setLanguage(read.language);
      if (read.open) {
        this.question(read.label);
      } else {
        const words = read.given ? t('A word was given for this number already. Thank you for it.') : t('You can tell us how it was for a day after you were served.');
        this.again = () => this.step(read.label, [el('p', { class: 'big' }, words)]);
        this.again();
      }
    });
  }

  /**
   * @private
   * @param {string} label
   * @param {Said} [said] what was chosen and written before, in another language
   */
  question(label, said) {
    const form = new WordForm((all) => this.send(all, form), { said });
    this.again = () => this.question(label, form.said);
    const { text } = form;
    text.inputMode = 'none';
    text.rows = 2;
    fill(this.end, form.button);
    this.end.hidden = !form.mark;
    const write = (/** @type {string} */ words) => {
      text.value = words.slice(0, LONGEST);
      text.focus({ preventScroll: true });
    };
    const keys = new ScreenKeys((sign) => write(text.value + sign), () => write(text.value.slice(0, -1)));
    keys.node.hidden = true;
    text.addEventListener('focus', () => {
      keys.node.hidden = false;
      keys.node.scrollIntoView({ block: 'nearest' });
      this.below.check();
    });
    const field = /** @type {HTMLElement} */ (text.parentElement);
    field.after(keys.node);
    const [heading, ...parts] = form.parts;
    heading.className = 'hidden-visually';
    form.faces.addEventListener('click', () => {
      this.end.hidden = !form.mark;
      this.below.check();
    });
    this.step(t('{label}: how was our service today?', { label }), [heading, ...parts], true);
  }

  /**
   * @private
   * @param {Said} said
   * @param {WordForm} form
   */
  async send(said, form) {
    try {
      await post('/api/words', Object.assign({ token: this.token }, said), { as: 'kiosk', idempotencyKey: newKey(), retries: 2 });
    } catch (error) {
      if (!(error instanceof LinkError || error instanceof ProblemError)) {
        throw error;
      }
      form.refuse(error.detail);
      return;
    }
    this.again = () => this.step(t('Thank you.'), [el('p', { class: 'big' }, t('Our manager reads what visitors say every morning.'))]);
    this.again();
    this.timer = window.setTimeout(() => this.close(), THANKS_MS);
  }

  /**
   * @private
   * @param {() => Promise<void>} work
   */
  async trying(work) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof LinkError || error instanceof ProblemError)) {
        throw error;
      }
      const { detail } = error;
      this.again = () => this.step(t('Not quite yet'), [el('p', { class: 'big' }, detail)]);
      this.again();
    }
  }

  /**
   * @private
   * @param {string} title
   * @param {HTMLElement[]} lines
   * @param {boolean} asks
   */
  step(title, lines, asks = false) {
    window.clearTimeout(this.timer);
    if (!asks) {
      this.end.hidden = true;
    }
    say(this.heading, title);
    fill(this.lines, ...lines);
    openDialog(this.dialog, this.button);
    this.heading.focus({ preventScroll: true });
    this.lines.scrollTop = 0;
    this.below.check();
  }

  /** @private */
  render() {
    say(this.text, t('Tell us how it was'));
    say(this.leave, t('Back'));
    if (this.dialog.open) {
      this.again();
    }
  }
}

customElements.define('kiosk-rating', Rating);
