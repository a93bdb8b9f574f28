/**
 * Owns `<ramah-pairing>`: connects a device that the server does not know yet. It shows a code that
 * somebody types on the manager's page (asking.js); or it takes one that somebody made there, with
 * keys of its own, for screens without a keyboard. Fires `paired`.
 */

import { post, ProblemError } from '/web/api.js';
import { Asking } from '/web/asking.js';
import { el, fill, say } from '/web/dom.js';
import { languageChanges, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';

const KEYS = '1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ-';
const LONGEST = 64;

export class Pairing extends HTMLElement {
  constructor() {
    super();
    this.busy = false;
    const role = document.documentElement.dataset.role || 'kiosk';
    const counter = role === 'tablet' ? Number(location.pathname.split('/')[2]) || null : null;
    this.asking = new Asking(role, counter);
    this.code = el('p', { class: 'asking-code number', id: 'asking-code', role: 'status' });
    this.picture = el('img', { class: 'asking-picture', alt: '', hidden: true });
    this.steps = el('p', { class: 'soft' });
    this.link = el('p', { class: 'banner warn', role: 'status', hidden: true });
    this.other = el('button', { class: 'button quiet', type: 'button', onclick: () => this.choose(false) });
    this.showing = el('h1');
    this.back_ = el('button', { class: 'button quiet', type: 'button', onclick: () => this.choose(true) });
    this.shown = el('section', { class: 'card asking', 'aria-labelledby': 'asking-title' });
    this.form = el('form', { class: 'card pairing-form', hidden: true, onsubmit: (/** @type {Event} */ event) => this.send(event) });
    this.input = el('input', {
      class: 'input number',
      autocomplete: 'off',
      autocapitalize: 'characters',
      spellcheck: false,
      maxLength: LONGEST,
      id: 'pairing-code',
      'aria-describedby': 'pairing-hint pairing-trouble',
    });
    this.title_ = el('h1');
    this.lead = el('p', { class: 'soft' });
    this.label = el('label', { for: 'pairing-code', class: 'hidden-visually' });
    this.hint = el('p', { class: 'pairing-hint', id: 'pairing-hint' });
    this.trouble = el('p', { class: 'banner danger', id: 'pairing-trouble', role: 'alert', hidden: true });
    this.submit = el('button', { class: 'button large', type: 'submit' });
    this.erase = el('button', { class: 'button quiet', type: 'button', onclick: () => this.back() });
    this.erase.append(icon('erase'));
  }

  connectedCallback() {
    this.hidden = true;
    const keys = Array.from(KEYS, (key) =>
      el('button', { class: 'button quiet number', type: 'button', onclick: () => this.type(key) }, key),
    );
    this.showing.id = 'asking-title';
    this.shown.append(this.showing, this.steps, el('div', { class: 'asking-both' }, this.code, this.picture), this.link, this.other);
    this.form.append(
      this.title_,
      this.lead,
      this.label,
      el('div', { class: 'pairing-code' }, this.input, this.submit),
      this.trouble,
      el('div', { class: 'pairing-keys' }, ...keys, this.erase),
      this.hint,
      this.back_,
    );
    this.append(this.shown, this.form);
    this.follow();
    languageChanges.addEventListener('change', () => this.render());
  }

  /** Show the screen and wait for a code. */
  open() {
    if (this.hidden) {
      this.hidden = false;
      // what lies behind is there for nobody, readers of the screen neither
      document.documentElement.classList.add('unpaired');
      this.choose(true);
    }
  }

  /** @private Follow what becomes of the question. */
  follow() {
    const { asking } = this;
    asking.addEventListener('code', () => this.render());
    asking.addEventListener('trouble', (event) => {
      const words = /** @type {CustomEvent} */ (event).detail;
      this.link.hidden = !words;
      say(this.link, words);
    });
    asking.addEventListener('old', () => this.choose(false));
    asking.addEventListener('in', (event) => {
      const page = /** @type {CustomEvent} */ (event).detail;
      if (page && page !== location.pathname) {
        location.replace(page);
      } else {
        this.done();
      }
    });
  }

  /**
   * @private
   * @param {boolean} shows the code of this device; else a field for a code from elsewhere
   */
  choose(shows) {
    this.shown.hidden = !shows;
    this.form.hidden = shows;
    if (shows) {
      this.asking.start();
    } else {
      this.asking.stop();
    }
    this.render();
    if (!shows) {
      this.input.focus();
    }
  }

  /** @private This device is known now. */
  done() {
    this.asking.stop();
    this.asking.asked = null;
    this.hidden = true;
    document.documentElement.classList.remove('unpaired');
    this.input.value = '';
    this.trouble.hidden = true;
    this.dispatchEvent(new Event('paired'));
  }

  /** @private The code, in two halves that are read and typed one after the other. */
  renderCode() {
    const { asked } = this.asking;
    say(this.showing, t('Connect this device'));
    say(this.steps, asked
      ? t('Open {address} on a phone or computer, log in as manager, and type this code there. Then this screen goes on by itself.', { address: asked.url.split('#')[0] })
      : t('Asking the server for a code…'));
    say(this.code, asked ? `${asked.code.slice(0, 3)} ${asked.code.slice(3)}` : '··· ···');
    // without one no phone can open the address
    this.picture.hidden = !asked || !asked.picture;
    if (asked && asked.picture && this.picture.src !== asked.picture) {
      this.picture.src = asked.picture;
    }
    this.picture.alt = t('QR code that opens the manager page with this code');
    say(this.other, t('I have a code from the manager page'));
    say(this.back_, t('Show a code on this screen instead'));
  }

  /** @private */
  render() {
    this.renderCode();
    const role = document.documentElement.dataset.role || 'kiosk';
    const counter = role === 'tablet' ? ` --counter ${location.pathname.split('/')[2]}` : '';
    const command = `ramah token create --role ${role}${counter} --code`;
    say(this.title_, t('Connect this device'));
    say(this.lead, t('Enter the code from your technician. It is needed only once.'));
    say(this.label, t('Device code'));
    say(this.submit, this.busy ? t('One moment…') : t('Connect'));
    this.erase.setAttribute('aria-label', t('Erase'));
    const made = { display: '/display/setup', tablet: '/manager#satisfaction' }[role];
    const where = made
      ? t('The manager makes the code at {address}, or the technician on the server with', { address: location.host + made })
      : t('For the technician: get the code on the server with');
    fill(this.hint, where, ' ', el('code', {}, command));
    this.submit.setAttribute('aria-busy', String(this.busy));
  }

  /**
   * @private
   * @param {string} key
   */
  type(key) {
    this.input.value = (this.input.value + key).slice(0, LONGEST);
    this.trouble.hidden = true;
  }

  /** @private */
  back() {
    this.input.value = this.input.value.slice(0, -1);
  }

  /**
   * @private
   * @param {Event} event
   */
  async send(event) {
    event.preventDefault();
    const code = this.input.value.trim();
    if (this.busy || !code) {
      this.input.focus();
      return;
    }
    this.busy = true;
    this.render();
    try {
      await post('/api/pair', { code });
      this.done();
    } catch (error) {
      this.trouble.hidden = false;
      say(this.trouble, this.words(error));
    }
    this.busy = false;
    this.render();
  }

  /**
   * @private
   * @param {any} error
   */
  words(error) {
    // 403 and 429 are not about the code: the server says what it is
    const wrong = error instanceof ProblemError && error.status < 500 && ![403, 429].includes(error.status);
    return wrong
      ? t('That code does not fit yet, or it has expired. Please check it or ask for a new one.')
      : error.detail || t('Something went wrong on our side. Please try again in a moment.');
  }
}

customElements.define('ramah-pairing', Pairing);
