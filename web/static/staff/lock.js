/**
 * Owns the lock of a shared computer: when nobody touches the page for as long as the office says, it
 * is closed, and the person's PIN opens it again. The server keeps the time too.
 *
 * @typedef {import('../../types').Lock} Lock
 */

import { get, post, LinkError, ProblemError } from '/web/api.js';
import { t } from '/web/i18n.js';
import { el, say } from '/web/dom.js';
import { withShow } from '/web/staff/secret.js';
import { View, part } from '/web/staff/view.js';

const BEAT_MS = 30000;
const TOUCHES = ['pointerdown', 'keydown', 'touchstart', 'wheel'];

/** @returns {Promise<Lock | null>} null when nobody is logged in */
export async function lockNow() {
  try {
    return await get('/api/session/lock', { as: 'staff' });
  } catch (error) {
    return null;
  }
}

export function lockHere() {
  return post('/api/session/lock', {}, { as: 'staff' });
}

/**
 * Watch whether somebody is at the page.
 *
 * @param {number} minutes
 * @param {() => void} lock is called once, when nobody was for so long
 * @returns {() => void} ends the watch
 */
export function watch(minutes, lock) {
  let touched = Date.now();
  let told = touched;
  const touch = () => {
    touched = Date.now();
  };
  const look = () => {
    const now = Date.now();
    if (now - touched >= minutes * 60000) {
      end();
      lock();
    } else if (touched > told && now - told >= BEAT_MS) {
      told = now;
      post('/api/session/here', {}, { as: 'staff' }).catch(() => undefined); // the next beat tells it
    }
  };
  TOUCHES.forEach((each) => window.addEventListener(each, touch, { capture: true, passive: true }));
  const timer = window.setInterval(look, 1000);
  /** Let go. */
  function end() {
    window.clearInterval(timer);
    TOUCHES.forEach((each) => window.removeEventListener(each, touch, { capture: true }));
  }
  return end;
}

/** `<ramah-lock>`; give it what the server said of the `lock`. Fires `unlocked`, or `out` to log in anew. */
export class LockCard extends View {
  /** @type {Lock} */
  lock = { locked: true, name: '', login: '', pin: false };
  busy = false;

  /** @override */
  build() {
    this.className = 'login';
    const { name, login, pin } = this.lock;
    const words = pin ? t('PIN') : t('Password');
    const input = el('input', {
      id: 'lock-secret', name: 'secret', type: 'password', required: true, maxLength: pin ? 12 : 200,
      inputMode: pin ? 'numeric' : undefined, autocomplete: pin ? 'off' : 'current-password',
    });
    this.append(el('form', { class: 'card login-card', method: 'post', onsubmit: (/** @type {Event} */ event) => this.submit(event) },
      el('div', { class: 'login-words' }, el('h1', {}, t('This page is locked')),
        el('p', { class: 'soft' }, pin ? t('{name}, please type your PIN to go on.', { name }) : t('{name}, please type your password to go on.', { name }))),
      el('div', { class: 'banner danger', role: 'alert', hidden: true, 'data-part': 'problem' }),
      el('input', { type: 'text', value: login, autocomplete: 'username', readOnly: true, hidden: true, name: 'login' }),
      el('div', { class: 'field' }, el('label', { for: 'lock-secret', class: 'strong' }, words), withShow(input)),
      el('button', { class: 'button large wide', type: 'submit' }, t('Unlock')),
      el('button', { class: 'button quiet wide', type: 'button', onclick: () => this.dispatchEvent(new Event('out')) }, t('Somebody else logs in'))));
    input.focus();
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    if (this.busy) {
      return;
    }
    this.busy = true;
    const input = /** @type {HTMLInputElement} */ (part(this, '#lock-secret'));
    try {
      await post('/api/session/unlock', this.lock.pin ? { pin: input.value } : { password: input.value }, { as: 'staff' });
      this.dispatchEvent(new Event('unlocked'));
    } catch (error) {
      if (error instanceof ProblemError && error.status === 401) {
        this.dispatchEvent(new Event('out'));
        return;
      }
      const problem = part(this, '[data-part="problem"]');
      problem.hidden = false;
      say(problem, error instanceof ProblemError || error instanceof LinkError ? error.detail : t('Something went wrong on our side. Please try again in a moment.'));
      input.select();
    } finally {
      this.busy = false;
    }
  }
}

customElements.define('ramah-lock', LockCard);
