/**
 * Owns the quiet call: one key, or the small dot in the bar, held for a second. Nothing sounds and
 * nothing opens; only the dot is filled. Once held it is sent until the server has it, also after
 * the page was loaded again or the power was gone.
 *
 * @typedef {import('./desk.js').Desk} Desk
 * @typedef {import('./officer.js').Officer} Officer
 */

import { LinkError, newKey, post, ProblemError } from '/web/api.js';
import { el } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { ask } from '/web/staff/dialog.js';
import { View, part } from '/web/staff/view.js';

const HOLD_MS = 1000;
const AGAIN_MS = 2000;
/** What was not sent for so long is no news any more. */
const OLD_MS = 15 * 60000;
const PENDING = 'ramah_quiet_pending';
const KEY = 'ramah_quiet_key';
/** Keys that type nothing and that browsers leave alone. */
export const QUIET_KEYS = ['F9', 'F8', 'F2', 'Pause', 'ScrollLock'];

/** @returns {string} the key that calls when it is held */
export function quietKey() {
  return read(KEY) || QUIET_KEYS[0];
}

/** @param {string} key */
export function setQuietKey(key) {
  write(KEY, QUIET_KEYS.includes(key) ? key : QUIET_KEYS[0]);
}

/** `<counter-quiet>`; give it the `desk` and the `officer`. */
export class Quiet extends View {
  /** @type {Desk} */
  desk = /** @type {any} */ (null);
  /** @type {Officer} */
  officer = /** @type {any} */ (null);
  holding = 0;
  held = false;
  retry = 0;

  /** @override */
  build() {
    const dot = el('button', { type: 'button', class: 'quiet-dot' }, el('i', {}));
    this.append(dot);
    this.follow(document, 'keydown', (event) => this.pressed(event));
    this.follow(document, 'keyup', (event) => event.key === quietKey() && this.released());
    this.follow(window, 'blur', () => this.released());
    this.follow(dot, 'pointerdown', () => this.hold());
    for (const end of ['pointerup', 'pointerleave', 'pointercancel']) {
      this.follow(dot, end, () => this.released());
    }
    this.follow(dot, 'keydown', (event) => {
      if (event.key === 'Enter') {
        event.preventDefault(); // held, it would be many clicks
        if (!event.repeat) {
          this.hold();
        }
      }
    });
    this.follow(dot, 'keyup', (event) => event.key === 'Enter' && this.clicked());
    this.follow(dot, 'contextmenu', (event) => event.preventDefault());
    this.follow(dot, 'click', () => this.clicked());
    this.follow(this.officer, 'change', () => this.render());
    this.ending.signal.addEventListener('abort', () => window.clearTimeout(this.retry));
    this.send(); // what a lost link or a power cut kept from going out
  }

  /** @returns {import('../../web/types').QuietSign | null} */
  get call() {
    return this.officer.now && this.officer.now.call;
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.key !== quietKey() || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    event.preventDefault();
    if (!event.repeat) {
      this.hold();
    }
  }

  /** A short press is a question whether it is over; what ends a long one is none. */
  clicked() {
    const { held } = this;
    this.held = false;
    this.released();
    if (this.call && !held) {
      this.calledOff();
    }
  }

  hold() {
    this.held = false;
    const { now } = this.officer;
    if (this.holding || !this.desk.seat || (now && !now.quiet_call)) {
      return;
    }
    this.holding = window.setTimeout(() => {
      this.holding = 0;
      this.held = true;
      const { seat } = this.desk;
      if (seat && !this.call && !read(PENDING)) {
        write(PENDING, JSON.stringify({ key: newKey(), counter: seat.id, at: Date.now() }));
        this.render();
        this.send();
      }
    }, HOLD_MS);
  }

  released() {
    window.clearTimeout(this.holding);
    this.holding = 0;
  }

  async send() {
    window.clearTimeout(this.retry);
    const pending = parsed(read(PENDING));
    if (!pending) {
      return;
    }
    if (Date.now() - pending.at > OLD_MS) {
      write(PENDING, '');
      return;
    }
    try {
      await post(`/api/counters/${encodeURIComponent(pending.counter)}/quiet-call`, {}, { as: 'staff', idempotencyKey: pending.key, timeout: 4000 });
      write(PENDING, '');
    } catch (error) {
      if (error instanceof ProblemError && error.status >= 400 && error.status < 500 && error.status !== 401) {
        write(PENDING, ''); // refused: not this counter's, or the office does without
      } else if (!(error instanceof LinkError || error instanceof ProblemError)) {
        throw error;
      } else if (!this.ending.signal.aborted) {
        this.retry = window.setTimeout(() => this.send(), AGAIN_MS);
        return;
      }
    }
    this.officer.load();
  }

  /** A slip, or it is over: one of the two persons who say so. */
  async calledOff() {
    const { call } = this;
    const yes = call && (await ask({
      title: t('Is it over?'),
      intro: t('A supervisor or the manager confirms it too. Until then they keep looking your way.'),
      fields: [],
      confirm: t('Yes, it is over'),
    }));
    if (!call || !yes) {
      return;
    }
    try {
      await post(`/api/quiet-calls/${call.id}/over`, { reason: '' }, { as: 'staff', idempotencyKey: newKey(), retries: 2 });
    } catch (error) {
      if (!(error instanceof LinkError || error instanceof ProblemError)) {
        throw error;
      }
      // it stays on, and the dot says so
    }
    this.officer.load();
  }

  /** @override */
  render() {
    const { now } = this.officer;
    this.hidden = Boolean(now && !now.quiet_call);
    const step = this.call ? this.call.step : read(PENDING) ? 'called' : '';
    const dot = part(this, '.quiet-dot');
    dot.dataset.step = step;
    dot.setAttribute('aria-label', words(step));
  }
}

/** @param {string} step */
function words(step) {
  switch (step) {
    case 'called':
      return t('Quiet call: supervisor and manager have been told');
    case 'going':
      return t('Quiet call: somebody is on the way');
    case 'confirmed':
      return t('Quiet call: over when a second person says so');
    default:
      return t('Call for help quietly: hold this, or the key {key}, for a second', { key: quietKey() });
  }
}

/** @param {string} name */
function read(name) {
  try {
    return localStorage.getItem(name) || '';
  } catch (error) {
    return memory[name] || '';
  }
}

/** @type {Record<string, string>} for windows that may keep nothing */
const memory = {};

/**
 * @param {string} name
 * @param {string} value
 */
function write(name, value) {
  memory[name] = value;
  try {
    localStorage.setItem(name, value);
  } catch (error) {
    // kept as long as the page is
  }
}

/**
 * @param {string} text
 * @returns {{key: string, counter: string, at: number} | null}
 */
function parsed(text) {
  try {
    const found = text ? JSON.parse(text) : null;
    return found && typeof found.key === 'string' && typeof found.counter === 'string' ? found : null;
  } catch (error) {
    return null;
  }
}

customElements.define('counter-quiet', Quiet);
