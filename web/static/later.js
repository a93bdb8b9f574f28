/**
 * Owns what a page's first picture does without: fetched once that picture stands, never given up.
 */

import { reloadForNewVersion } from '/web/reload.js';

const AGAIN_MS = 3000;
/** A page that nobody looks at is drawn never; it goes on all the same. */
const UNSEEN_MS = 500;

/** @returns {Promise<void>} ends when what was just put on the page has been painted */
export function painted() {
  return new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, UNSEEN_MS);
  });
}

/**
 * Import until it worked. Browsers keep a module that failed as failed; so once the server answers
 * again, the page is loaded anew.
 *
 * @template T
 * @param {() => Promise<T>} load
 * @returns {Promise<T>}
 */
export async function later(load) {
  for (;;) {
    try {
      return await load();
    } catch (error) {
      console.warn('fetched again in a moment', error);
      await new Promise((done) => setTimeout(done, AGAIN_MS));
      if (await answers()) {
        reloadForNewVersion();
      }
    }
  }
}

/**
 * Put style sheets on the page that only what comes later needs; they stand behind those of the page.
 *
 * @param {string} names one behind the other, with `+` between
 * @returns {Promise<void>} ends when they are in force
 */
export function sheets(names) {
  return new Promise((done, failed) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = `${document.documentElement.dataset.files}sheets/${names}.css`;
    link.onload = () => done();
    link.onerror = () => failed(new Error(names));
    document.head.append(link);
  });
}

/** @returns {Promise<boolean>} whether the server is there */
async function answers() {
  try {
    return (await fetch('/healthz', { cache: 'no-store' })).ok;
  } catch (error) {
    return false;
  }
}
