/** Owns the log-in card of the staff pages (counter and manager) and who is logged in. */

import { del, get, post, LinkError, ProblemError } from '/web/api.js';
import { t, tn } from '/web/i18n.js';
import { el, fill, say } from '/web/dom.js';
import { ask } from '/web/staff/dialog.js';
import { KeyTrouble, browserKnows, signed } from '/web/staff/passkeys.js';
import { withShow } from '/web/staff/secret.js';
import { View, part } from '/web/staff/view.js';

/** @typedef {import('../../types').Person} Person */

/**
 * @returns {Promise<Person | null>} null when nobody is logged in
 */
export async function whoIsHere() {
  try {
    return await get('/api/session', { as: 'staff' });
  } catch (error) {
    if (error instanceof ProblemError && (error.status === 401 || error.status === 403)) {
      return null;
    }
    throw error;
  }
}

/** End the session. The page shows the log-in card whatever the answer was. */
export async function logOut() {
  try {
    await del('/api/session', undefined, { as: 'staff' });
  } catch (error) {
    if (error instanceof LinkError) {
      throw error;
    }
  }
}

/** Problems that ask for a second step. */
const ASKING = ['code-needed', 'passkey-needed', 'recovery-needed'];

/** `<ramah-login>`: fires `loggedin` with the person as `detail`. */
export class Login extends View {
  /** What the page is for, in one line. */
  purpose = '';
  /** Why one has to log in again, if there is a reason. */
  reason = '';
  busy = false;
  /** How often which user name was tried on this card and failed: that was the person. @type {Record<string, number>} */
  missed = {};
  /** The browser asks for the passkey by itself, once. */
  keyNext = false;
  /** Ends the browser's wait for a passkey. @type {AbortController | null} */
  waits = null;
  under = Promise.resolve();
  /** Ends the time that somebody has to wait. */
  waiting = 0;

  /** @override */
  build() {
    this.className = 'login';
    const login = el('input', {
      id: 'login-name',
      name: 'login',
      autocomplete: 'username',
      autocapitalize: 'none',
      spellcheck: false,
      required: true,
      maxLength: 64,
    });
    const password = el('input', {
      id: 'login-password',
      name: 'password',
      type: 'password',
      autocomplete: 'current-password',
      required: true,
      maxLength: 200,
      'aria-describedby': 'login-caps',
    });
    const caps = el('small', { id: 'login-caps', class: 'caps', 'aria-live': 'polite' });
    password.addEventListener('keyup', (event) => {
      say(caps, event.getModifierState && event.getModifierState('CapsLock') ? t('Caps Lock is on.') : '');
    });
    this.append(
      el(
        'form',
        { class: 'card login-card', method: 'post', onsubmit: (/** @type {Event} */ event) => this.submit(event) },
        el('img', { src: '/web/icon.svg', alt: '', width: 64, height: 64 }),
        el('div', { class: 'login-words' }, el('h1', {}, t('Welcome')), el('p', { class: 'soft' }, this.purpose)),
        el('p', { class: 'banner warn', role: 'status', hidden: !this.reason }, this.reason),
        el('div', { class: 'banner danger', role: 'alert', hidden: true, 'data-part': 'problem' }),
        el('label', { class: 'field', for: 'login-name' }, el('span', {}, t('User name')), login),
        el(
          'div',
          { class: 'field' },
          el('label', { for: 'login-password', class: 'strong' }, t('Password')),
          withShow(password),
          caps,
        ),
        el('div', { class: 'own-password', hidden: true, 'data-part': 'own' }),
        el('div', { class: 'stack-s', hidden: true, 'data-part': 'code' }),
        el('button', { class: 'button large wide', type: 'submit' }, t('Log in')),
        el('div', { class: 'stack-s', 'data-part': 'providers' }),
        el('p', { class: 'soft small', 'data-part': 'forgot' }, t('Forgot your password? The manager can make a new one.')),
      ),
    );
    login.focus();
    this.offer();
  }

  /** People of some offices may log in by a provider of theirs; what came of that is said once. */
  async offer() {
    const came = new URLSearchParams(location.search).get('login');
    if (came) {
      history.replaceState(null, '', location.pathname + location.hash);
      this.tell(came === 'refused'
        ? t('You were not let in there, or have no task here yet. Please ask the manager.')
        : t('Logging in there did not work. Please try once more.'));
    }
    try {
      const { providers } = /** @type {import('../../types').ProviderList} */ (await get('/api/oidc', { as: 'staff' }));
      fill(part(this, '[data-part="providers"]'), ...providers.map(({ branch, name }) => el('a', {
        class: 'button quiet wide',
        href: `/api/oidc/begin?${new URLSearchParams({ branch, to: location.pathname })}`,
      }, t('Log in by {provider}', { provider: name }))));
    } catch (error) {
      // the own password does as well
    }
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    await this.giveUpKey();
    const code = this.querySelector('#login-code');
    const typed = code instanceof HTMLInputElement ? code.value.trim() : '';
    this.go(async () => (typed ? { code: typed } : {}));
  }

  /** Have the person's passkey sign, and log in with it. */
  async useKey() {
    await this.giveUpKey();
    this.waits = new AbortController();
    const { signal } = this.waits;
    this.under = this.go(async (own) => {
      const asked = /** @type {import('../../types').PasskeyAsked} */ (await post('/api/session/passkey', own, { as: 'staff' }));
      return { passkey: await signed(asked, signal) };
    });
  }

  /** The browser waits for a key no longer: the person does something else. */
  async giveUpKey() {
    if (this.waits) {
      this.waits.abort();
      this.waits = null;
      await this.under;
    }
  }

  /** @param {(own: {login: string, password: string}) => Promise<Record<string, any>>} step gives the second step, if there is one */
  async go(step) {
    if (this.busy) {
      return;
    }
    const values = new FormData(/** @type {HTMLFormElement} */ (part(this, 'form')));
    if (values.get('new') !== values.get('again')) {
      this.tell(t('The two new passwords differ.'));
      return;
    }
    const login = String(values.get('login')).trim();
    const own = { login, password: String(values.get('password')) };
    const button = /** @type {HTMLButtonElement} */ (part(this, 'button[type="submit"]'));
    this.busy = true;
    button.setAttribute('aria-busy', 'true');
    this.tell('');
    try {
      const told = /** @type {Person} */ (await post(
        '/api/session',
        Object.assign(
          {},
          own,
          values.get('new') ? { new: String(values.get('new')) } : {},
          await step(own),
        ),
        { as: 'staff' },
      ));
      const person = await whoIsHere();
      if (!person) {
        throw new LinkError();
      }
      await tellFailed(told.failed - (this.missed[login] || 0));
      this.dispatchEvent(new CustomEvent('loggedin', { detail: person, bubbles: true }));
    } catch (error) {
      if (error instanceof ProblemError && error.slug === 'own-password-needed') {
        this.choose();
        return;
      }
      if (error instanceof ProblemError && ASKING.includes(error.slug)) {
        this.askStep(error);
        return;
      }
      this.tell(sentence(error));
      this.patience(error instanceof ProblemError && error.status === 429 ? error.retryAfter : 0);
      const password = /** @type {HTMLInputElement} */ (part(this, '#login-password'));
      const code = this.querySelector('#login-code');
      const wrong = error instanceof ProblemError && error.slug === 'wrong-login';
      if (error instanceof ProblemError && error.status === 401) {
        this.missed[login] = (this.missed[login] || 0) + 1;
      }
      password.setAttribute('aria-invalid', String(wrong));
      const use = this.querySelector('[data-part="key"]');
      if (use instanceof HTMLElement && (error instanceof KeyTrouble || (error instanceof ProblemError && error.slug === 'wrong-passkey'))) {
        use.focus();
        return;
      }
      const next = code || this.querySelector('#login-new');
      /** @type {HTMLInputElement} */ (wrong || !next ? password : next).select();
    } finally {
      this.busy = false;
      button.removeAttribute('aria-busy');
    }
    if (this.keyNext) {
      this.keyNext = false;
      this.useKey();
    }
  }

  /** The password was made by somebody else: ask for an own one, and log in with it at once. */
  choose() {
    const own = part(this, '[data-part="own"]');
    const fresh = secretField('login-new', 'new', t('New password'));
    fill(own,
      el('p', { class: 'banner', role: 'status' }, t('This password was made for you. Please choose one of your own now.')),
      fresh,
      secretField('login-again', 'again', t('The new one once more')),
      el('p', { class: 'soft small' }, t('Three or four words that do not belong together are easy to keep and hard to guess.')));
    own.hidden = false;
    for (const name of ['login', 'password']) {
      /** @type {HTMLInputElement} */ (part(this, `#login-${name === 'login' ? 'name' : name}`)).readOnly = true;
    }
    part(this, '[data-part="forgot"]').hidden = true;
    say(part(this, 'button[type="submit"]'), t('Keep it and log in'));
    /** @type {HTMLInputElement} */ (part(fresh, 'input')).focus();
  }

  /**
   * The person has a second step: ask for passkey or code, and log in with it at once.
   *
   * @param {ProblemError} wanted
   */
  askStep(wanted) {
    const place = part(this, '[data-part="code"]');
    const key = wanted.slug === 'passkey-needed';
    const possible = key && browserKnows();
    const code = el('input', { id: 'login-code', name: 'code', required: true, maxLength: 40, autocomplete: 'one-time-code', spellcheck: false, 'aria-describedby': 'login-code-hint' });
    const use = el('button', { type: 'button', class: 'button quiet large wide', 'data-part': 'key', onclick: () => this.useKey() }, t('Use the passkey'));
    let hint = t('The six digits that it shows now, or a recovery code.');
    if (wanted.slug === 'recovery-needed') {
      hint = wanted.detail;
    } else if (key) {
      hint = possible ? t('The six digits of an app, or a recovery code.') : t('Your passkey works only at the address that begins with https. Here type the six digits of an app, or a recovery code.');
    }
    fill(place,
      possible ? use : null,
      el('div', { class: 'field' },
        el('label', { for: 'login-code', class: 'strong' }, possible ? t('Or a code') : key || wanted.slug === 'recovery-needed' ? t('Code') : t('Code of the app')),
        code,
        el('small', { class: 'soft', id: 'login-code-hint' }, hint)));
    place.hidden = false;
    part(this, '[data-part="forgot"]').hidden = true;
    this.keyNext = possible;
    (possible ? use : code).focus();
  }

  /**
   * Say when the time to wait is over, so that nobody counts seconds.
   *
   * @param {number} seconds 0 for none
   */
  patience(seconds) {
    window.clearTimeout(this.waiting);
    if (seconds > 0) {
      this.waiting = window.setTimeout(() => this.isConnected && this.tell(t('You can try again now.')), seconds * 1000);
    }
  }

  /** @param {string} problem */
  tell(problem) {
    const box = part(this, '[data-part="problem"]');
    box.hidden = !problem;
    say(box, problem);
  }
}

/**
 * @param {string} id
 * @param {string} name
 * @param {string} words
 */
function secretField(id, name, words) {
  return el('label', { class: 'field', for: id }, el('span', {}, words),
    el('input', { id, name, type: 'password', autocomplete: 'new-password', required: true, maxLength: 200 }));
}

/**
 * Somebody else may have tried to log in as this person.
 *
 * @param {number} failed how often that failed since the last log-in
 */
async function tellFailed(failed) {
  if (failed > 0) {
    await ask({
      title: t('Was that you?'),
      intro: `${tn('Since your last log-in, {n} try to log in as you failed in another browser.', 'Since your last log-in, {n} tries to log in as you failed in other browsers.', failed)} ${t('If it was not you, change your password and set the second step up.')}`,
      confirm: t('I have read it'),
      cancel: '',
    });
  }
}

/** @param {unknown} error */
function sentence(error) {
  if (error instanceof ProblemError && error.slug === 'wrong-login') {
    return t('The user name and password do not match yet. Please try once more.');
  }
  if (error instanceof ProblemError || error instanceof LinkError || error instanceof KeyTrouble) {
    return error.detail;
  }
  return t('Something went wrong on our side. Please try again in a moment.');
}


customElements.define('ramah-login', Login);
