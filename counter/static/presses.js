/**
 * Owns what counts as one press, for fast hands that work here all day.
 *
 * An accident is the same finger twice: a double click, a key that bounces or is held down, a second
 * click where another button has just appeared, words typed while this window happens to listen. It
 * is not taken, and that is said. Everything else counts at once: another key, another place.
 */

/** So soon after a press was answered, the same finger in the same place meant the first one. */
const SAME_MS = 600;
/** A hand that meant another place has moved further. */
const NEAR_PX = 24;
/** Letters that follow one another so soon are words, once one of them is no shortcut. */
const TYPING_MS = 1000;

/** What can be pressed by accident; a double click into a field or on a choice harms nobody. */
const PRESSED = 'button, a, summary';

/**
 * @typedef {'twice' | 'typing' | 'busy' | 'offline' | 'not-now' | 'too-soon'} Dropped
 *
 * @typedef {object} Press
 * @property {'pointer' | 'key' | 'letter'} by
 * @property {string} letter
 * @property {number} x
 * @property {number} y
 * @property {Element | null} thing
 * @property {string} words what the thing said then
 * @property {number} at when it was answered, or else made; milliseconds of this page, which a busy
 *   computer learns of late
 */

/** Fires `dropped`, with why and what for as `detail`, and `taken`. */
export class Presses extends EventTarget {
  constructor() {
    super();
    /** @type {Press | null} the last one that was taken */
    this.last = null;
    this.typedAt = -TYPING_MS;
    /** Tests in slow motion make it longer. */
    this.sameMs = SAME_MS;
    this.listening = false;
  }

  /** Watch the page, before anything on it does. */
  listen() {
    if (!this.listening) {
      this.listening = true;
      document.addEventListener('click', (event) => this.clicked(event), true);
      document.addEventListener('keydown', (event) => this.keyed(event), true);
    }
  }

  /**
   * What the last press asked for has been answered, and the page looks different now.
   *
   * @param {boolean} done
   */
  settled(done) {
    if (!done) {
      this.forgetLetter();
    }
    if (this.last) {
      this.last.at = performance.now();
    }
  }

  /** It did nothing: pressed again at once, it is no second one. A second click may meet another button. */
  forgetLetter() {
    if (this.last && this.last.by === 'letter') {
      this.last = null;
    }
  }

  /**
   * @param {Dropped} why
   * @param {object} [what]
   */
  drop(why, what = {}) {
    if (why !== 'twice') {
      this.forgetLetter();
    }
    this.dispatchEvent(new CustomEvent('dropped', { detail: Object.assign({ why }, what) }));
  }

  /**
   * A letter or digit that nobody types into a field.
   *
   * @param {string} letter
   * @param {boolean} known whether it is a shortcut
   * @param {number} at when it was pressed
   * @returns {boolean} whether it is to be obeyed
   */
  letter(letter, known, at) {
    const typing = at - this.typedAt < TYPING_MS;
    if (!known || typing) {
      this.typedAt = at;
      if (known) {
        this.drop('typing');
      }
      return false;
    }
    if (this.last && this.last.by === 'letter' && this.last.letter === letter && this.soon(at)) {
      this.drop('twice');
      return false;
    }
    this.take({ by: 'letter', letter, x: 0, y: 0, thing: null, words: '', at });
    return true;
  }

  /**
   * @param {number} at
   * @returns {boolean} whether the last press was answered only just before
   */
  soon(at) {
    return this.last !== null && at - this.last.at < this.sameMs;
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    if (!event.isTrusted || !(event.target instanceof Element)) {
      return;
    }
    const thing = event.target.closest('label') || event.target.closest(PRESSED) || event.target;
    /** @type {Press} */
    const press = {
      by: event.detail === 0 ? 'key' : 'pointer',
      letter: '',
      x: event.clientX,
      y: event.clientY,
      thing,
      words: thing.textContent || '',
      at: event.timeStamp,
    };
    // the space between two words, while a button has the focus
    const typing = press.by === 'key' && press.at - this.typedAt < TYPING_MS;
    if (thing.matches(PRESSED) && (typing || this.isAgain(press))) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.drop(typing ? 'typing' : 'twice');
      return;
    }
    this.take(press);
  }

  /** @param {Press} press */
  take(press) {
    this.last = press;
    this.dispatchEvent(new Event('taken'));
  }

  /**
   * @param {Press} press
   * @returns {boolean} whether the same finger came down again, but on something else
   */
  isAgain(press) {
    const { last } = this;
    if (!last || last.by !== press.by || !this.soon(press.at)) {
      return false;
    }
    if (last.thing === press.thing || last.words === press.words) {
      return false;
    }
    return press.by === 'key' || Math.hypot(press.x - last.x, press.y - last.y) < NEAR_PX;
  }

  /** @param {KeyboardEvent} event */
  keyed(event) {
    const presses = event.key === 'Enter' || event.key === ' ';
    if (presses && event.repeat && event.target instanceof Element && event.target.closest(PRESSED)) {
      event.preventDefault(); // a key that is held down is one press
    } else if (!presses && this.last && this.last.by === 'key') {
      this.last = null; // whoever moves on with Tab means what comes next
    }
  }
}

/** The presses of this page. */
export const presses = new Presses();
