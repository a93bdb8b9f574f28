/**
 * Owns `<kiosk-help>`: "call a person", within reach on every screen. Touched, the host is paged
 * until somebody goes there; touched again when somebody has come, the time it took is known.
 *
 * @typedef {import('../../web/types').Help} Help
 */

import { newKey, post } from '/web/api.js';
import { el, say } from '/web/dom.js';
import { languageChanges, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';

const FAILED_MS = 45000;
/** Who is on the way is there by then, whether or not somebody touches. */
const COMING_MS = 120000;

/** @typedef {'idle' | 'sending' | 'called' | 'coming' | 'failed'} CallState */

/** What every help button of the page shows; one call, however many buttons. */
const call = {
  state: /** @type {CallState} */ ('idle'),
  id: '',
  timer: 0,
  changes: new EventTarget(),
};

/** @param {CallState} state */
function set(state) {
  call.state = state;
  window.clearTimeout(call.timer);
  if (state === 'coming' || state === 'failed') {
    call.timer = window.setTimeout(() => set('idle'), state === 'coming' ? COMING_MS : FAILED_MS);
  }
  call.changes.dispatchEvent(new Event('change'));
}

/** Page the host; touched again before somebody came, it says that they have. */
export async function askForHelp() {
  if (call.state === 'sending') {
    return;
  }
  const arrived = call.state === 'called' || call.state === 'coming';
  const { id } = call;
  set('sending');
  try {
    const path = arrived ? `/api/help/${encodeURIComponent(id)}/here` : '/api/help';
    /** @type {Help} */
    const help = await post(path, {}, { as: 'kiosk', idempotencyKey: newKey(), retries: 2, timeout: 4000 });
    call.id = help.id;
    set(arrived ? 'idle' : 'called');
  } catch (error) {
    set('failed');
  }
}

/**
 * Take news from the hall.
 *
 * @param {{kind: string, help?: string}} event
 */
export function helpNews(event) {
  if (event.help !== call.id) {
    return;
  }
  if (event.kind === 'help_taken' && call.state === 'called') {
    set('coming');
  } else if (event.kind === 'help_arrived' && (call.state === 'called' || call.state === 'coming')) {
    set('idle');
  }
}

export class HelpButton extends HTMLElement {
  constructor() {
    super();
    this.words = el('b');
    this.more = el('span', { class: 'more' });
    this.button = el(
      'button',
      { class: 'button quiet help', type: 'button', onclick: askForHelp },
      icon('bell'),
      el('span', { class: 'words' }, this.words, this.more),
    );
    this.said = el('span', { class: 'hidden-visually', role: 'status' });
    this.render = this.render.bind(this);
  }

  connectedCallback() {
    if (!this.button.parentNode) {
      this.append(this.button, this.said);
    }
    languageChanges.addEventListener('change', this.render);
    call.changes.addEventListener('change', this.render);
    this.render();
  }

  disconnectedCallback() {
    languageChanges.removeEventListener('change', this.render);
    call.changes.removeEventListener('change', this.render);
  }

  /** @private */
  render() {
    const { state } = call;
    this.dataset.state = state;
    const [words, more] = {
      idle: [t('Call our staff'), ''],
      sending: [t('Calling…'), ''],
      called: [t('Staff have been called'), t('Somebody is here? Touch')],
      coming: [t('Somebody is on the way'), t('Somebody is here? Touch')],
      failed: [t('Please see our staff'), t('The call did not get through')],
    }[state];
    say(this.words, words);
    say(this.more, more);
    this.more.hidden = !more;
    say(this.said, state === 'idle' ? '' : words);
  }
}

customElements.define('kiosk-help', HelpButton);
