/** Owns the small line that says why a press was not taken: seen beside the buttons, heard, soon gone. */

import { t } from '/web/i18n.js';
import { el, say } from '/web/dom.js';
import { actionName } from '/counter/actions.js';
import { presses } from '/counter/presses.js';

const SHOWN_MS = 3500;

/** @type {{note: HTMLElement, heard: HTMLElement, timer: number} | null} */
let shown = null;

/** Say from now on why presses are not taken. */
export function tellDropped() {
  presses.listen();
  if (!shown) {
    // in the top layer, where the browser has one: also above an open question
    const note = el('p', { class: 'press-note', popover: 'manual', 'aria-hidden': 'true' });
    const heard = el('p', { class: 'hidden-visually', role: 'status' });
    shown = { note, heard, timer: 0 };
    note.hidden = !note.showPopover;
    document.body.append(note, heard);
    window.addEventListener('resize', () => hide(note));
    presses.addEventListener('taken', () => hide(note));
    presses.addEventListener('dropped', (event) => tell(/** @type {CustomEvent} */ (event).detail));
  }
}

/** @param {{why: import('./presses.js').Dropped, thing?: Element, action?: import('./keys.js').Action, seconds?: number}} detail */
function tell(detail) {
  if (!shown) {
    return;
  }
  const { note, heard } = shown;
  const words = wordsFor(detail);
  window.clearTimeout(shown.timer);
  hide(note);
  say(note, words);
  say(heard, words);
  show(note);
  place(note);
  shown.timer = window.setTimeout(() => {
    hide(note);
    say(heard, '');
  }, SHOWN_MS);
}

/** @param {{why: import('./presses.js').Dropped, action?: import('./keys.js').Action, seconds?: number}} detail */
function wordsFor({ why, action, seconds }) {
  switch (why) {
    case 'twice':
      return t('Pressed twice; it counts once.');
    case 'typing':
      return t('That looked like typing, so the keys rest for a moment.');
    case 'busy':
      return t('One moment, the step before is still being saved.');
    case 'offline':
      return t('No link to the server just now; nothing was done.');
    case 'too-soon':
      return t('The hall is still hearing this call; again in {n} s.', { n: seconds || 1 });
    default:
      return t('"{action}" is not possible just now.', { action: action ? actionName(action) : '' });
  }
}

/** @param {HTMLElement} note */
function show(note) {
  if (note.showPopover) {
    note.showPopover();
  } else {
    note.hidden = false;
  }
}

/** @param {HTMLElement} note */
function hide(note) {
  if (!note.hidePopover) {
    note.hidden = true;
  } else if (note.matches(':popover-open')) {
    note.hidePopover();
  }
}

/**
 * Just above the buttons, where the eyes are; it never covers one.
 *
 * @param {HTMLElement} note
 */
function place(note) {
  const buttons = document.querySelector('.current .actions:not([hidden])') || document.querySelector('.current .extras');
  const box = buttons && !document.querySelector('dialog[open]') ? buttons.getBoundingClientRect() : null;
  const seen = box && box.height && box.top < window.innerHeight && box.top > note.offsetHeight + 16;
  note.style.bottom = seen ? `${Math.round(window.innerHeight - box.top + 8)}px` : '24px';
  note.style.left = seen ? `${Math.round(box.left + box.width / 2)}px` : '50%';
}
