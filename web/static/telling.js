/**
 * Owns what a device tells of itself over the socket of its page, once a minute: version, since when
 * it runs, its clock, when it was used last, its last fault. No words of visitors are in it.
 *
 * @typedef {import('/web/hall.js').Hall} Hall
 */

const EVERY_MS = 60000;
/** A fault is told soon, but not more often. */
const FAULT_MS = 3000;
const LONGEST = 200;

/** @type {{words: string, at: number}} */
const fault = { words: '', at: 0 };
let faults = 0;
/** @type {number | null} */
let used = null;

/**
 * Begin to tell; a page begins once.
 *
 * @param {Hall} hall
 */
export function tellOfOneself(hall) {
  let timer = 0;
  let told = -FAULT_MS;
  const tell = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(tell, EVERY_MS);
    told = performance.now();
    hall.mention(how());
  };
  const soon = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(tell, Math.max(0, told + FAULT_MS - performance.now()));
  };
  const touched = () => {
    used = performance.now();
  };
  hall.addEventListener('online', () => hall.online && soon());
  if (hall.role === 'display') {
    hall.addEventListener('event', (event) => /** @type {CustomEvent} */ (event).detail.kind === 'called' && touched());
  } else {
    ['pointerdown', 'keydown'].forEach((kind) => document.addEventListener(kind, touched, true));
  }
  window.addEventListener('error', (event) => {
    note(event.message ? `${event.message} (${place(event.filename)}:${event.lineno})` : '');
    soon();
  });
  window.addEventListener('unhandledrejection', (event) => {
    note(String(event.reason));
    soon();
  });
  soon();
}

/** @returns {any} what the server calls `How` */
function how() {
  const now = performance.now();
  return {
    type: 'how',
    clock: Date.now(),
    version: document.documentElement.dataset.version || '',
    up: seconds(now),
    used: used === null ? null : seconds(now - used),
    error: fault.words,
    error_ago: fault.words ? seconds(now - fault.at) : 0,
    errors: faults,
  };
}

/** @param {number} ms */
function seconds(ms) {
  return Math.max(0, Math.round(ms / 1000));
}

/** @param {string} words */
function note(words) {
  const plain = words
    .replace(/[?#]\S*/g, '') // an address may hold what is nobody's business
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+/g, ' ')
    .trim();
  if (plain) {
    fault.words = Array.from(plain).slice(0, LONGEST).join('');
    fault.at = performance.now();
    faults += 1;
  }
}

/** @param {string} address */
function place(address) {
  return address.split('/').slice(-2).join('/');
}
