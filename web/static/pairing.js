/**
 * Owns `<ramah-pairing>`: connects a kiosk or display that the server does not know yet, with a
 * short code. Has keys of its own, for screens without a keyboard. Fires `paired`.
 */

import { post, ProblemError } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { languageChanges, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';

const KEYS = '1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ-';
const LONGEST = 64;

export class Pairing extends HTMLElement {
  constructor() {
    super();
    this.busy = false;
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
    const form = el(
      'form',
      { class: 'card pairing-form', onsubmit: (/** @type {Event} */ event) => this.send(event) },
      this.title_,
      this.lead,
      this.label,
      el('div', { class: 'pairing-code' }, this.input, this.submit),
      this.trouble,
      el('div', { class: 'pairing-keys' }, ...keys, this.erase),
      this.hint,
    );
    this.append(form);
    languageChanges.addEventListener('change', () => this.render());
  }

  /** Show the screen and wait for a code. */
  open() {
    if (this.hidden) {
      this.hidden = false;
      this.render();
      this.input.focus();
    }
  }

  /** @private */
  render() {
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
      this.hidden = true;
      this.input.value = '';
      this.trouble.hidden = true;
      this.dispatchEvent(new Event('paired'));
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
