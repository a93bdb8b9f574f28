/**
 * Owns what a lobby page leaves behind for the page after it: which calls it knew, and which of them
 * it still had to say. So a call made while the page is loaded anew, or while the browser was gone,
 * is rung and spoken, and none is spoken twice.
 *
 * @typedef {{branch: string, known: number, owed: number[]}} Left
 */

const KEY = 'ramah-display-calls';

/**
 * @param {string} branch
 * @returns {Left | null} nothing when there was no page before, or it was another hall's
 */
export function recall(branch) {
  try {
    const left = JSON.parse(localStorage.getItem(KEY) || 'null');
    const sound = left && left.branch === branch && Number.isFinite(left.known) && Array.isArray(left.owed);
    return sound ? left : null;
  } catch (error) {
    return null; // storage that is switched off, or damaged
  }
}

/** @param {Left} left */
export function remember(left) {
  try {
    localStorage.setItem(KEY, JSON.stringify(left));
  } catch (error) {
    // without storage, calls since this page began to load are announced; see page.js
  }
}
