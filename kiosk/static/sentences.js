/**
 * Owns finding the clips that say a sentence of the kiosk. Pure: words and the list of known
 * sentences in, clips out. What no clip says (names of services, papers) is left out; the bar on the
 * screen has it.
 *
 * @typedef {[string, string[]]} Sentence words with `#` for a number, and its clips
 * @typedef {{clip: string} | {number: number} | {label: true}} Piece
 */

/** @param {string} words */
function plain(words) {
  return words.toLowerCase().replace(/[^\p{L}\p{N}#]+/gu, ' ').trim();
}

/**
 * @param {string} words
 * @param {Sentence[]} known
 * @param {string} [label] a number that stands in the words sign by sign
 * @returns {Piece[]}
 */
export function piecesOf(words, known, label = '') {
  const rest = plain(words).split(' ');
  const patterns = known.map(([text, clips]) => ({ signs: plain(text).split(' '), clips })).sort((one, other) => other.signs.length - one.signs.length);
  const spelled = label ? plain(label.split('').join(' ')).split(' ') : [];
  /** @type {Piece[]} */
  const found = [];
  let at = 0;
  while (at < rest.length) {
    const fitting = patterns.find(({ signs }) => signs.every((sign, n) => (sign === '#' ? /^\d+$/.test(rest[at + n] || '') : sign === rest[at + n])));
    if (spelled.length > 1 && spelled.every((sign, n) => sign === rest[at + n])) {
      found.push({ label: true });
      at += spelled.length;
    } else if (fitting) {
      const numbers = fitting.signs.map((sign, n) => (sign === '#' ? Number(rest[at + n]) : -1)).filter((n) => n >= 0);
      for (const clip of fitting.clips) {
        found.push(clip === '#' ? { number: /** @type {number} */ (numbers.shift()) } : { clip });
      }
      at += fitting.signs.length;
    } else {
      at += 1;
    }
  }
  return found;
}
