/**
 * Owns reading what the server laid into a page: the hall as it stood when the page was asked for.
 *
 * @typedef {import('../types').Queue} Queue
 */

/** @returns {Queue | null} nothing for a page without a key, which has to ask for the hall itself */
export function opening() {
  const laid = document.querySelector('#opening');
  return laid ? JSON.parse(laid.textContent || 'null') : null;
}

/** @returns {boolean} whether the page only shows itself, inside the settings: it reaches no server */
export function isPreview() {
  return document.documentElement.dataset.preview !== undefined;
}

/** @returns {number} when the server's answer began, in ms of this page's clock */
export function answeredAt() {
  const [entry] = performance.getEntriesByType('navigation');
  return entry ? /** @type {PerformanceNavigationTiming} */ (entry).responseStart : 0;
}
