/**
 * Owns the spoken prompts of the kiosk, for visitors who do not see the screen: what has the
 * focus, what a screen says, and what changed. The same words stand in a bar on the screen. Where
 * the browser has no voice for the language, the hall's clips say them; names of services that nobody
 * has recorded stay in the bar.
 */

import { Clips } from '/kiosk/clips.js';
import { ServiceCard } from '/kiosk/service-card.js';
import { el, say } from '/web/dom.js';
import { language, languageChanges, t } from '/web/i18n.js';

const VOICES = /** @type {Record<string, string>} */ ({ id: 'id-ID', en: 'en-GB' });

export class Speech extends HTMLElement {
  constructor() {
    super();
    this.on = false;
    /** The last words, for those who look after the page. */
    this.last = '';
    this.clips = new Clips();
    this.bar = el('p', { class: 'spoken', 'aria-hidden': 'true' });
  }

  connectedCallback() {
    this.append(this.bar);
    this.hidden = true;
    document.addEventListener('focusin', (event) => this.focused(event));
    languageChanges.addEventListener('change', () => this.on && this.hello());
  }

  /** @returns {'browser' | 'clips'} which voice would speak now; the options tell it to the technician */
  get source() {
    return window.speechSynthesis && hasVoice(window.speechSynthesis, language()) ? 'browser' : 'clips';
  }

  /** @param {boolean} on */
  set(on) {
    if (this.on === on) {
      return;
    }
    this.on = on;
    this.hidden = !on;
    document.documentElement.dataset.spoken = String(on);
    if (on) {
      this.hello();
    } else {
      this.silence();
    }
    this.dispatchEvent(new Event('change'));
  }

  /** @private */
  hello() {
    this.speak(t('Spoken guidance is on. Move with the arrow keys, choose with Enter, go back with Escape. F1 calls our staff.'));
  }

  /**
   * @param {string} words
   * @param {{more?: boolean, label?: string, prefix?: string, service?: string}} [options] `more`: after what is being
   *   said, not instead of it; `label`: the number in the words, beginning with `prefix`
   */
  speak(words, options = {}) {
    if (!this.on || !words) {
      return;
    }
    this.last = words;
    say(this.bar, words);
    const voice = window.speechSynthesis;
    if (!voice || !hasVoice(voice, language())) {
      this.speakByClips(words, options);
      return;
    }
    if (!options.more) {
      voice.cancel();
    }
    const said = new SpeechSynthesisUtterance(words);
    said.lang = VOICES[language()] || language();
    said.rate = 0.95;
    voice.speak(said);
  }

  /**
   * Say something once for who asked with a finger, whether guidance is on or not.
   *
   * @param {string} words
   * @param {{label?: string, prefix?: string, service?: string}} options
   */
  sayOnce(words, options) {
    const { on } = this;
    this.on = true;
    this.speak(words, options);
    this.on = on;
  }

  /**
   * @private
   * @param {string} words
   * @param {{more?: boolean, label?: string, prefix?: string, service?: string}} options
   */
  speakByClips(words, options) {
    this.clips.sayWords(words, language(), options);
  }

  /** @private */
  silence() {
    this.last = '';
    this.clips.stop();
    this.bar.textContent = '';
    if (window.speechSynthesis) {
      window.speechSynthesis.cancel();
    }
  }

  /**
   * @private
   * @param {FocusEvent} event
   */
  focused(event) {
    if (this.on && event.target instanceof HTMLElement) {
      const card = event.target.closest('kiosk-service');
      const service = card instanceof ServiceCard ? card.service : null;
      this.speak(wordsOf(event.target), service ? { label: service.prefix, prefix: service.prefix, service: service.code } : {});
    }
  }
}

/**
 * @param {SpeechSynthesis} voice
 * @param {string} lang
 * @returns {boolean} whether the browser can speak this language
 */
function hasVoice(voice, lang) {
  return typeof SpeechSynthesisUtterance === 'function' && voice.getVoices().some((one) => one.lang.toLowerCase().startsWith(lang));
}

/**
 * What an element is called and how it stands, as a screen reader would say it.
 *
 * @param {HTMLElement} element
 * @returns {string}
 */
export function wordsOf(element) {
  const parts = [element.getAttribute('aria-label') || visibleText(element)];
  const pressed = element.getAttribute('aria-pressed');
  if (pressed !== null) {
    parts.push(pressed === 'true' ? t('on') : t('off'));
  }
  if (element.getAttribute('aria-disabled') === 'true') {
    parts.push(t('not possible now'));
  }
  const dialog = element.closest('dialog');
  if (dialog && dialog.dataset.told !== 'true') {
    dialog.dataset.told = 'true';
    dialog.addEventListener('close', () => delete dialog.dataset.told, { once: true });
    parts.unshift(visibleText(dialog));
  }
  return parts.filter(Boolean).join('. ');
}

/**
 * @param {Element} element
 * @returns {string} its words in the order they stand, without what is hidden
 */
function visibleText(element) {
  if (element instanceof HTMLElement && (element.hidden || element.getAttribute('aria-hidden') === 'true')) {
    return '';
  }
  const words = [];
  for (const child of Array.from(element.childNodes)) {
    if (child.nodeType === Node.TEXT_NODE) {
      words.push((child.textContent || '').trim());
    } else if (child instanceof HTMLElement) {
      words.push(visibleText(child));
    }
  }
  return words.filter(Boolean).reduce((said, more) => (said ? `${said}${/[.?!,;:]$/.test(said) ? ' ' : ', '}${more}` : more), '');
}

customElements.define('kiosk-speech', Speech);
