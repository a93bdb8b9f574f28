/**
 * Owns asking for a quick word: four faces with words, an optional sentence, optional thanks to the
 * officer. The phone page, the tablet at a counter and the kiosk show it.
 *
 * @typedef {{face: number, said: string, thanks: boolean}} Said
 */

import { el, say } from '/web/dom.js';
import { face, faceWord } from '/web/faces.js';
import { t } from '/web/i18n.js';
import { oneLine } from '/web/text.js';

const MARKS = [4, 3, 2, 1];
/** @type {Said} */
const NOTHING = { face: 0, said: '', thanks: false };
/** So long a sentence may be. */
export const LONGEST = 500;

export class WordForm {
  /**
   * @param {(said: Said) => void} send
   * @param {{said?: Said, chosen?: (mark: number) => void}} [how] `said`: what was chosen and written before, in another language
   */
  constructor(send, { said = NOTHING, chosen = () => {} } = {}) {
    const mark = said.face;
    this.mark = mark;
    this.chosen = chosen;
    this.text = el('textarea', { id: 'said', rows: 3, maxLength: LONGEST }, said.said);
    this.thanks = el('input', { type: 'checkbox', id: 'thanks', checked: said.thanks });
    this.trouble = el('p', { class: 'banner warn', 'data-part': 'trouble', role: 'alert', hidden: true });
    this.heading = el('h2', { id: 'how', tabIndex: -1 }, t('How was our service today?'));
    this.button = el('button', { class: 'button', type: 'button', onclick: () => send(this.said) }, t('Send'));
    this.rest = el('div', { class: 'word-rest', hidden: !mark },
      el('label', { class: 'field', for: 'said' }, el('span', {}, t('Would you like to tell us more? (optional)')), this.text),
      el('label', { class: 'word-thanks' }, this.thanks, el('span', {}, t('Please pass my thanks on to the officer'))),
      el('p', { class: 'soft' }, t('Please write no names or phone numbers.')),
      this.button,
      this.trouble);
    this.faces = el('div', { class: 'faces', role: 'group', 'aria-labelledby': 'how' },
      ...MARKS.map((each) => el('button', {
        class: 'button quiet face-button', type: 'button', 'data-mark': String(each), 'aria-pressed': String(each === mark),
        onclick: () => this.choose(each),
      }, face(each), faceWord(each))));
    this.parts = [this.heading, this.faces, this.rest];
  }

  /** @returns {Said} what is chosen and written now */
  get said() {
    return { face: this.mark, said: oneLine(this.text.value), thanks: this.thanks.checked };
  }

  /** @param {string} detail why it was not taken, in words */
  refuse(detail) {
    say(this.trouble, detail);
    this.trouble.hidden = false;
  }

  /**
   * @private
   * @param {number} mark
   */
  choose(mark) {
    this.mark = mark;
    for (const button of Array.from(this.faces.children)) {
      button.setAttribute('aria-pressed', String(button.getAttribute('data-mark') === String(mark)));
    }
    this.rest.hidden = false;
    this.chosen(mark);
  }
}
