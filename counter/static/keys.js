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
 * Which action a key press asks for: none while somebody types, holds a key down, or a dialog is
 * open, and none together with Ctrl, Alt or the like.
 *
 * @param {KeyboardEvent} event
 * @returns {Action | null}
 */
export function actionOf(event) {
  if (!keys.on || event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) {
    return null;
  }
  const target = event.target;
  if (target instanceof Element && target.closest('input, textarea, select, dialog, [contenteditable]')) {
    return null;
  }
  if (document.querySelector('dialog[open]')) {
    return null;
  }
  const pressed = event.key.toLowerCase();
  return ACTIONS.find((action) => keys.map[action] === pressed) || null;
}
