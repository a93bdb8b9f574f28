/** Owns a few small words for elements: make, fill, say, listen. Text goes in as text, never as HTML. */

/**
 * Make an element. `on...` properties become listeners, `class`, `data-*`, `aria-*` and other
 * dashed names attributes, the rest plain properties. Empty children are left out.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [props]
 * @param {...(Node | string | number | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const name of Object.keys(props)) {
    const value = props[name];
    if (value === undefined || value === null) {
      continue;
    }
    if (name.startsWith('on')) {
      made.addEventListener(name.slice(2), value);
    } else if (name === 'class' || name === 'role' || name === 'for' || name.includes('-')) {
      made.setAttribute(name, String(value));
    } else {
      /** @type {any} */ (made)[name] = value;
    }
  }
  made.append(...wanted(children));
  return made;
}

/**
 * Put these children, and only these, into a parent.
 *
 * @param {Element} parent
 * @param {...(Node | string | number | null | undefined | false)} children
 */
export function fill(parent, ...children) {
  parent.textContent = '';
  parent.append(...wanted(children));
}

/**
 * Write a text only when it changed, so that a screen reader is not disturbed.
 *
 * @param {Element} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/**
 * Listen until the signal ends it. `addEventListener` takes a signal itself only from Chromium 88 on;
 * an older one would listen for ever.
 *
 * @param {EventTarget} target
 * @param {string} type
 * @param {(event: any) => void} handler
 * @param {AbortSignal} signal
 */
export function listen(target, type, handler, signal) {
  target.addEventListener(type, handler);
  signal.addEventListener('abort', () => target.removeEventListener(type, handler));
}

/**
 * @param {string} selector of a template of the page
 * @returns {HTMLElement} what stands in it, anew
 */
export function copy(selector) {
  const template = /** @type {HTMLTemplateElement} */ (document.querySelector(selector));
  return /** @type {HTMLElement} */ (document.importNode(/** @type {Element} */ (template.content.firstElementChild), true));
}

/** @param {(Node | string | number | null | undefined | false)[]} children */
function wanted(children) {
  /** @type {(Node | string)[]} */
  const list = [];
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) {
      list.push(child instanceof Node ? child : String(child));
    }
  }
  return list;
}
