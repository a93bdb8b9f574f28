/**
 * Owns what a manager can do about one thing that was said or is wrong: write what was done, hand it
 * on, erase what names a person; the same for words, faults and missed checks. What somebody has begun
 * to write stays when an answer comes meanwhile.
 *
 * @typedef {import('../../web/types').StaffPerson} StaffPerson
 */

import { post, LinkError, newKey, ProblemError } from '/web/api.js';
import { el, say } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { oneLine } from '/web/text.js';

const SURE_MS = 6000;

/**
 * @template T
 * @param {string} path of the thing in the API
 * @param {(told: T) => void} changed told of the thing as it is after something was done
 * @returns {{trouble: HTMLElement, does: (step: string, body?: object) => Promise<void>}} what does a
 *   step, and where a refusal is said
 */
export function acts(path, changed) {
  const trouble = el('p', { class: 'banner warn', role: 'alert', hidden: true });
  const does = async (/** @type {string} */ step, body = {}) => {
    try {
      changed(await post(`${path}/${step}`, body, { as: 'staff', idempotencyKey: newKey() }));
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LinkError)) {
        throw error;
      }
      say(trouble, error.detail);
      trouble.hidden = false;
    }
  };
  return { trouble, does };
}

/**
 * Bring who uses the keyboard to a card that was written anew under their hands.
 *
 * @param {Element | null} card
 */
export function goTo(card) {
  if (card instanceof HTMLElement) {
    card.tabIndex = -1;
    card.focus();
  }
}

/**
 * @param {string} question
 * @param {string} written what stands there already
 * @param {(action: string) => Promise<void>} save
 */
export function whatWasDone(question, written, save) {
  const text = el('textarea', { rows: 2, maxLength: 500, value: written });
  const asked = el('details', { class: 'word-answer' },
    el('summary', { class: 'button small' }, t('What was done')),
    el('label', { class: 'field' }, el('span', {}, question), text),
    el('button', { type: 'button', class: 'button small', onclick: async () => {
      asked.dataset.sent = '';
      await save(oneLine(text.value));
      asked.removeAttribute('data-sent'); // it was refused, or this is shown no more
    } }, t('Save')));
  text.addEventListener('input', () => asked.removeAttribute('data-sent'));
  return asked;
}

/**
 * Write cards anew, and leave open what somebody has begun to write in them.
 *
 * @param {HTMLElement} root around cards with a `data-key`
 * @param {() => void} write
 * @returns {boolean} whether somebody writes there just now
 */
export function keepingDrafts(root, write) {
  const drafts = draftsIn(root).filter(({ asked }) => asked.open && !asked.hasAttribute('data-sent'))
    .map(({ key, text }) => ({ key, value: text.value, from: text.selectionStart, to: text.selectionEnd, writes: text === document.activeElement }));
  write();
  const now = draftsIn(root);
  let writes = false;
  for (const draft of drafts) {
    const place = now.find(({ key }) => key === draft.key);
    if (place) {
      place.asked.open = true;
      place.text.value = draft.value;
      if (draft.writes) {
        place.text.focus();
        place.text.setSelectionRange(draft.from, draft.to);
        writes = true;
      }
    }
  }
  return writes;
}

/** @param {HTMLElement} root */
function draftsIn(root) {
  return Array.from(root.querySelectorAll('.word-answer'), (each) => ({
    asked: /** @type {HTMLDetailsElement} */ (each),
    text: /** @type {HTMLTextAreaElement} */ (each.querySelector('textarea')),
    key: /** @type {HTMLElement} */ (each.closest('[data-key]')).dataset.key,
  }));
}

/**
 * @param {string} label of the thing
 * @param {StaffPerson[]} people
 * @param {(person: string) => void} give
 */
export function handOn(label, people, give) {
  const select = el('select', { 'aria-label': t('Who sees to it: {label}', { label }), onchange: () => select.value && give(select.value) },
    el('option', { value: '' }, t('Hand on to …')), ...people.map((each) => el('option', { value: each.id }, each.name)));
  return el('label', { class: 'field word-hand' }, select);
}

/**
 * A button that asks once more before it does something that cannot be taken back.
 *
 * @param {string} words
 * @param {string} question
 * @param {() => void} work
 * @param {{about?: string, picture?: SVGSVGElement}} [more] what it is about, for who only hears it
 */
export function sure(words, question, work, more = {}) {
  const text = el('span', {}, words);
  const button = el('button', {
    type: 'button', class: 'button quiet small',
    onclick: () => {
      if (button.dataset.sure) {
        work();
        return;
      }
      button.dataset.sure = 'yes';
      say(text, question);
      window.setTimeout(() => {
        delete button.dataset.sure;
        say(text, words);
      }, SURE_MS);
    },
  }, more.picture, text, more.about ? el('span', { class: 'hidden-visually' }, ` ${more.about}`) : null);
  return button;
}
