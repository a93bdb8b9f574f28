/** Owns the keyboard shortcuts of the counter page: one map, one switch, one place to change both. */

/** Keys as they come; a counter may change them in the page, and the browser remembers. */
export const DEFAULT_KEYS = Object.freeze({
  'call-next': 'n',
  start: 'm',
  recall: 'r',
  finish: 's',
  'no-show': 't',
  return: 'k',
  hold: 'h',
  transfer: 'a',
  'add-service': 'l',
  undo: 'z',
  take: 'b',
  break: 'i',
});

/** @typedef {keyof typeof DEFAULT_KEYS} Action */

/** @type {Action[]} */
export const ACTIONS = /** @type {Action[]} */ (Object.keys(DEFAULT_KEYS));

const STORE = 'ramah_counter_keys';

/** Fires `change` when a key or the switch changes. */
export const keyChanges = new EventTarget();

/** @typedef {{on: boolean, auto: boolean, map: Record<string, string>}} Keys */

/** @type {Keys} */
let keys = read();

/** @returns {Keys} */
function read() {
  /** @type {Keys} */
  const fresh = { on: true, auto: false, map: { ...DEFAULT_KEYS } };
  try {
    const kept = JSON.parse(localStorage.getItem(STORE) || '{}');
    for (const action of ACTIONS) {
      const key = kept.map && kept.map[action];
      if (typeof key === 'string' && /^[a-z0-9]$/.test(key)) {
        fresh.map[action] = key;
      }
    }
    fresh.on = kept.on !== false;
    fresh.auto = kept.auto === true;
  } catch (error) {
    // a blocked or broken store: the keys as they come
  }
  return fresh;
}

/** @returns {Keys} */
export function shortcuts() {
  return keys;
}

/**
 * @param {string} action
 * @returns {string} the key to show on its button, empty while shortcuts are off
 */
export function keyOf(action) {
  return keys.on ? (keys.map[action] || '').toUpperCase() : '';
}

/** @returns {boolean} whether the next visitor is called by itself after a finish */
export function autoCall() {
  return keys.auto;
}

/** @param {Keys} next */
export function setShortcuts(next) {
  keys = next;
  try {
    localStorage.setItem(STORE, JSON.stringify(next));
  } catch (error) {
    // not remembered, but in force
  }
  keyChanges.dispatchEvent(new Event('change'));
}

/**
 * @param {Record<string, string>} map
 * @returns {string | null} a key that is used twice
 */
export function usedTwice(map) {
  const seen = new Set();
  for (const action of ACTIONS) {
    if (seen.has(map[action])) {
      return map[action];
    }
    seen.add(map[action]);
  }
  return null;
}

/**
 * Whether a key press is meant for us: not while somebody types, holds a key down, or a dialog is
 * open, and not together with Ctrl, Alt or the like.
 *
 * @param {KeyboardEvent} event
 * @returns {boolean}
 */
export function isShortcut(event) {
  if (!keys.on || event.key.length !== 1 || event.key === ' ' || event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) {
    return false;
  }
  const target = event.target;
  if (target instanceof Element && target.closest('input, textarea, select, dialog, [contenteditable]')) {
    return false;
  }
  return !document.querySelector('dialog[open]');
}

/**
 * @param {KeyboardEvent} event
 * @returns {Action | null} the action that a key press asks for
 */
export function actionOf(event) {
  if (!isShortcut(event)) {
    return null;
  }
  const pressed = event.key.toLowerCase();
  return ACTIONS.find((action) => keys.map[action] === pressed) || null;
}

/**
 * @param {KeyboardEvent} event
 * @returns {number} 1 to 9 for a digit that no action has taken, else 0
 */
export function digitOf(event) {
  return isShortcut(event) && /^[1-9]$/.test(event.key) && !actionOf(event) ? Number(event.key) : 0;
}

/**
 * @param {number} place
 * @returns {string} the digit to show on a choice, empty where it does nothing
 */
export function digitKey(place) {
  const digit = String(place);
  return keys.on && place < 10 && !Object.values(keys.map).includes(digit) ? digit : '';
}
