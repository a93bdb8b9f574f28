/** Owns what the parts of the staff pages have in common: build once, render from state, let go. */

import { LinkError, ProblemError } from '/web/api.js';
import { el, fill, listen } from '/web/dom.js';

/** A custom element that builds its skeleton once and then only changes what differs. */
export class View extends HTMLElement {
  constructor() {
    super();
    this.ending = new AbortController();
  }

  connectedCallback() {
    this.ending = new AbortController();
    this.textContent = '';
    this.build();
    this.render();
  }

  disconnectedCallback() {
    this.ending.abort();
  }

  /** Make the elements that stay. */
  build() {}

  /** Write the present state into them. */
  render() {}

  /**
   * Do something that talks to the server; a refusal or a lost link is said in the part `problem`.
   *
   * @param {() => Promise<void>} work
   * @param {boolean} [aside] nobody pressed for it: that it went well takes no refusal of something else away
   */
  async trying(work, aside = false) {
    const problem = part(this, '[data-part="problem"]');
    try {
      await work();
      if (!aside) {
        fill(problem);
      }
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LinkError)) {
        throw error;
      }
      fill(problem, el('p', { class: 'banner warn' }, error.detail));
      this.refused(problem, error);
    }
  }

  /**
   * Say more beside a refusal, such as what can be done now.
   *
   * @param {Element} _place where it is said
   * @param {ProblemError | LinkError} _error
   */
  refused(_place, _error) {}

  /**
   * Listen for as long as this part is on the page.
   *
   * @param {EventTarget} target
   * @param {string} type
   * @param {(event: any) => void} handler
   */
  follow(target, type, handler) {
    listen(target, type, handler, this.ending.signal);
  }

  /**
   * Do something every so often for as long as this part is on the page.
   *
   * @param {number} ms
   * @param {() => void} work
   */
  every(ms, work) {
    const timer = window.setInterval(work, ms);
    this.ending.signal.addEventListener('abort', () => window.clearInterval(timer));
  }
}

/**
 * Show one child per item and keep the child while its item stays, so that focus and the place
 * of a reader are not lost when a list changes.
 *
 * @template T
 * @template {HTMLElement} E
 * @param {Element} parent
 * @param {readonly T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => E} make
 * @param {(child: E, item: T) => void} [update]
 */
export function keepList(parent, items, keyOf, make, update) {
  /** @type {Map<string, E>} */
  const known = new Map();
  for (const child of Array.from(parent.children)) {
    const kept = /** @type {E} */ (child);
    known.set(kept.dataset.key || '', kept);
  }
  let next = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let child = known.get(key);
    if (child) {
      known.delete(key);
    } else {
      child = make(item);
      child.dataset.key = key;
    }
    if (update) {
      update(child, item);
    }
    if (child === next) {
      next = child.nextElementSibling;
    } else {
      parent.insertBefore(child, next);
    }
  }
  for (const child of known.values()) {
    child.remove();
  }
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {Element} root
 * @param {string} selector
 * @returns {HTMLElement} the element, which the caller has built itself
 */
export function part(root, selector) {
  const found = root.querySelector(selector);
  if (!(found instanceof HTMLElement)) {
    throw new Error(`no ${selector} here`);
  }
  return found;
}
