/**
 * Owns how large words may be in a place: measured with the page's own font, so that a number of
 * eight signs fits where one of four does, on every screen, without a reflow.
 */

/** @type {Map<string, number>} */
const widths = new Map();
const MOST_KEPT = 2000;
const AT_PX = 100;
/** @type {CanvasRenderingContext2D | null} */
let pen = null;
let font = '';

/**
 * @param {string} text
 * @param {number} weight
 * @returns {number} how wide it is, in font sizes
 */
export function ems(text, weight) {
  const key = weight + text;
  let known = widths.get(key);
  if (known === undefined) {
    if (widths.size > MOST_KEPT) {
      widths.clear(); // months of numbers must not pile up
    }
    pen = pen || document.createElement('canvas').getContext('2d');
    font = font || getComputedStyle(document.body).fontFamily;
    if (pen) {
      pen.font = `${weight} ${AT_PX}px ${font}`;
      known = pen.measureText(text).width / AT_PX;
    }
    known = known || text.length * 0.75;
    widths.set(key, known);
  }
  return known;
}

/**
 * @param {string[]} texts
 * @param {number} weight
 * @returns {number} the widest, in font sizes; never nothing
 */
export function widest(texts, weight) {
  return texts.reduce((most, text) => Math.max(most, ems(text, weight)), 0.6);
}

/**
 * Set a size only when it changed.
 *
 * @param {HTMLElement} element
 * @param {number} px
 */
export function size(element, px) {
  const wanted = `${Math.max(1, Math.floor(px))}px`;
  if (element.style.fontSize !== wanted) {
    element.style.fontSize = wanted;
  }
}

/**
 * Tell when an element's box changes; the window's size where the browser cannot tell more.
 *
 * @param {Element} element
 * @param {() => void} work
 */
export function onResize(element, work) {
  window.addEventListener('resize', work);
  if ('ResizeObserver' in window) {
    new ResizeObserver(() => window.requestAnimationFrame(work)).observe(element);
  }
}
