/**
 * Owns the spoken prompts of the kiosk, for visitors who do not see the screen: what has the
 * focus, what a screen says, and what changed. The same words stand in a bar on the screen. Where
 * the browser has no voice for the language, or one that does not speak, the hall's clips say them;
 * names of services that nobody has recorded stay in the bar.
 */

import { Clips } from '/kiosk/clips.js';
import { ServiceCard } from '/kiosk/service-card.js';
import { el, say } from '/web/dom.js';
import { language, languageChanges, t } from '/web/i18n.js';

/** A voice that has not begun after so long is none: the service behind it is missing or hangs. */
const BEGINS_MS = 4000;
const BROKEN = ['audio-hardware', 'network', 'synthesis-unavailable', 'synthesis-failed', 'language-unavailable', 'voice-unavailable'];
/** Android calls some languages as Java did. */
const OLD_CODES = /** @type {Record<string, string>} */ ({ id: 'in', he: 'iw', yi: 'ji' });
const VOICES = /** @type {Record<string, string>} */ ({ id: 'id-ID', en: 'en-GB' });

export class Speech extends HTMLElement {
  constructor() {
    super();
    this.on = false;
    /** The last words, for those who look after the page. */
    this.last = '';
    this.clips = new Clips();
    /** Languages whose voice in this browser was tried in vain. @type {string[]} */
    this.mute = [];
    this.waiting = 0;
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
    return this.voice ? 'browser' : 'clips';
  }

  /** @private @returns {SpeechSynthesis | null} where this browser speaks the language */
  get voice() {
    const voice = window.speechSynthesis;
    return voice && !this.mute.includes(language()) && hasVoice(voice, language()) ? voice : null;
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
    const { voice } = this;
    if (!voice) {
      this.speakByClips(words, options);
      return;
    }
    if (!options.more) {
      voice.cancel();
    }
    const said = new SpeechSynthesisUtterance(words);
    said.lang = VOICES[language()] || language();
    said.rate = 0.95;
    const lang = language();
    const failed = () => {
      window.clearTimeout(this.waiting);
      this.mute.push(lang);
      voice.cancel();
      if (this.last === words) {
        this.speakByClips(words, options);
      }
    };
    said.onerror = ({ error }) => BROKEN.includes(error) && failed();
    said.onstart = () => window.clearTimeout(this.waiting);
    window.clearTimeout(this.waiting);
    if (!voice.speaking) {
      this.waiting = window.setTimeout(failed, BEGINS_MS);
    }
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
    window.clearTimeout(this.waiting);
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
  const known = [lang].concat(OLD_CODES[lang] || []);
  const codes = voice.getVoices().map((one) => one.lang.toLowerCase().split(/[-_]/)[0]);
  return typeof SpeechSynthesisUtterance === 'function' && codes.some((code) => known.includes(code));
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
