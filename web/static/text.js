/** Owns what people type: the server takes no line breaks, so a sentence becomes one line. */

/** @param {string} text */
export function oneLine(text) {
  return text.replace(/\s+/g, ' ').trim();
}
