/**
 * Owns the keys of the kiosk: everything a touch can do, a keyboard or keypad can do; and what a
 * browser would do with keys, touches and menus and a kiosk must not.
 *
 * F1 calls our staff, F2 spoken guidance, F3 contrast, F4 text size, F6 low reach, F7 language;
 * arrows move, Enter chooses, Escape or Backspace goes back, a letter jumps to its service.
 */

import { askForHelp } from '/kiosk/help.js';
import { nextLanguage } from '/kiosk/look.js';
import { setLanguage } from '/web/i18n.js';

/**
 * @typedef {object} Parts
 * @property {import('/kiosk/services.js').ServiceGrid} grid
 * @property {import('/kiosk/agency-grid.js').AgencyGrid} offices
 * @property {import('/kiosk/search.js').Search} search
 * @property {import('/kiosk/ticket.js').TicketScreen} ticketScreen
 * @property {import('/kiosk/options.js').Options} options
 * @property {import('/web/switches.js').ContrastSwitch} contrast
 * @property {() => void} goBack
 */

/** @param {Parts} parts */
export function listenToKeys(parts) {
  document.addEventListener('keydown', (event) => pressed(event, parts));
  for (const kind of ['contextmenu', 'gesturestart', 'dragstart', 'drop', 'dragover']) {
    document.addEventListener(kind, (event) => event.preventDefault());
  }
  document.addEventListener('wheel', (event) => event.ctrlKey && event.preventDefault(), { passive: false });
  document.addEventListener(
    'touchmove',
    (event) => {
      if (event.touches.length > 1 && event.cancelable) {
        event.preventDefault();
      }
    },
    { passive: false },
  );
}

/**
 * @param {KeyboardEvent} event
 * @param {Parts} parts
 */
function pressed(event, parts) {
  const { options } = parts;
  /** @type {Record<string, () => void>} */
  const keys = {
    F1: askForHelp,
    F2: () => options.setSpoken(!options.spoken),
    F3: () => parts.contrast.toggle(),
    F4: () => options.nextSize(),
    F6: () => options.setLow(!options.low),
    F7: () => setLanguage(nextLanguage()),
  };
  const act = keys[event.key];
  if (act) {
    event.preventDefault();
    act();
    return;
  }
  if (wayOut(event)) {
    event.preventDefault();
    return;
  }
  const typing = event.target instanceof HTMLInputElement;
  const dialog = document.querySelector('dialog[open]');
  if (dialog) {
    walk(event, dialog);
  } else if (event.key === 'Escape' || (event.key === 'Backspace' && !typing)) {
    event.preventDefault();
    parts.goBack();
  } else if (!typing && parts.ticketScreen.hidden && /^[a-z0-9]$/i.test(event.key)) {
    parts.grid.focusLetter(event.key);
  } else if (!parts.grid.contains(document.activeElement)) {
    walk(event, document.body);
  }
}

/**
 * Keys that would zoom, print, reload or leave the page.
 *
 * @param {KeyboardEvent} event
 */
function wayOut(event) {
  const ctrl = event.ctrlKey || event.metaKey;
  const known = ['F5', 'F11', 'F12', 'BrowserBack', 'BrowserHome', 'BrowserSearch'].includes(event.key);
  return known || (ctrl && event.key !== 'Control') || (event.altKey && event.key.startsWith('Arrow'));
}

/**
 * Arrows go through the buttons in order, as Tab does, for keypads that have no Tab.
 *
 * @param {KeyboardEvent} event
 * @param {Element} within
 */
function walk(event, within) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step || event.target instanceof HTMLInputElement) {
    return;
  }
  const all = Array.from(within.querySelectorAll('button, input')).filter(
    (one) => one instanceof HTMLElement && one.offsetParent !== null,
  );
  if (!all.length) {
    return;
  }
  event.preventDefault();
  const here = all.indexOf(/** @type {Element} */ (document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : (here + step + all.length) % all.length;
  /** @type {HTMLElement} */ (all[next]).focus();
}

/**
 * Say aloud what changes without the focus moving: the link, a call for help.
 *
 * @param {import('/kiosk/speech.js').Speech} speech
 * @param {HTMLElement} page
 */
export function listenToSpeech(speech, page) {
  const watch = new MutationObserver((changes) => {
    for (const change of changes) {
      const element = change.target instanceof Element ? change.target : change.target.parentElement;
      const status = element && element.closest('[role="status"]');
      if (status instanceof HTMLElement && !status.hidden && status.textContent) {
        speech.speak(status.textContent, { more: true });
        return;
      }
    }
  });
  watch.observe(page, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['hidden'] });
}
