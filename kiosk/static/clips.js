/**
 * Owns saying sentences, letters and numbers with the hall's own clips, for kiosks whose browser has
 * no voice for the language (Chromium on Linux often has none). What it needs is asked for once, when
 * a visitor first wants to hear.
 *
 * @typedef {import('../../web/types').VoiceAnswer} VoiceAnswer
 */

import { get } from '/web/api.js';
import { sayLabel, sayNumber } from '/web/spoken.js';
import { piecesOf } from '/kiosk/sentences.js';

/** A clip takes some seconds; one that never ends must not hold up the rest. */
const LONGEST_MS = 12000;

export class Clips {
  constructor() {
    /** @type {Promise<VoiceAnswer | null> | null} */
    this.how = null;
    /** @type {Map<string, Promise<import('/kiosk/sentences.js').Sentence[]>>} */
    this.sentences = new Map();
    /** Counts what is said: a newer saying ends an older one. */
    this.turn = 0;
    /** @type {HTMLAudioElement | null} */
    this.audio = null;
  }

  stop() {
    this.turn += 1;
    if (this.audio) {
      this.audio.pause();
      this.audio = null;
    }
  }

  /**
   * Say all of some words that there are clips for.
   *
   * @param {string} words
   * @param {string} language
   * @param {{label?: string, prefix?: string, service?: string}} [options] a number in the words, or the
   *   letter of a service, which goes first, and its name where a colleague has recorded it
   */
  async sayWords(words, language, options = {}) {
    this.stop();
    const { turn } = this;
    const { label = '', prefix = '', service = '' } = options;
    const [how, known] = await Promise.all([this.load(), this.known(language)]);
    const spoken = how && how.languages[language];
    if (!how || !spoken || turn !== this.turn) {
      return;
    }
    const own = `/display/kiosk-voice/${language}/`;
    const hall = `/display/voices/${language}/`;
    const sign = (/** @type {string} */ clip) => `${hall}${clip}.ogg`;
    const labelled = sayLabel(label, prefix, spoken.table, how.rules.style).map(sign);
    const addresses = label && label === prefix ? labelled.concat(recorded(spoken, `service.${service}`)) : [];
    for (const piece of piecesOf(words, known, label === prefix ? '' : label)) {
      if ('clip' in piece) {
        addresses.push(`${own}${piece.clip}.ogg`);
      } else if ('number' in piece) {
        addresses.push(...sayNumber(piece.number, spoken.table).map(sign));
      } else {
        addresses.push(...labelled);
      }
    }
    for (const address of addresses) {
      if (turn !== this.turn) {
        return;
      }
      await this.play(address);
    }
  }

  /**
   * @private
   * @param {string} language
   * @returns {Promise<import('/kiosk/sentences.js').Sentence[]>} nothing for a language without clips
   */
  known(language) {
    let found = this.sentences.get(language);
    if (!found) {
      found = fetch(`/display/kiosk-voice/${encodeURIComponent(language)}/sentences.json`)
        .then((answer) => (answer.ok ? answer.json() : []))
        .catch(() => []);
      this.sentences.set(language, found);
    }
    return found;
  }

  /** @private */
  load() {
    this.how = this.how || get('/api/voice', { as: 'kiosk', retries: 1 }).catch(() => (this.how = null));
    return /** @type {Promise<VoiceAnswer | null>} */ (this.how);
  }

  /**
   * @private
   * @param {string} address
   * @returns {Promise<void>} ends with the clip, also when it cannot be played
   */
  play(address) {
    return new Promise((done) => {
      const audio = new Audio(address);
      const timer = window.setTimeout(end, LONGEST_MS);
      function end() {
        window.clearTimeout(timer);
        done();
      }
      this.audio = audio;
      audio.addEventListener('ended', end);
      audio.addEventListener('pause', end);
      audio.addEventListener('error', end);
      audio.play().catch(end);
    });
  }
}

/**
 * @param {import('../../web/types').VoiceAnswer['languages'][string]} spoken
 * @param {string} clip
 * @returns {string[]} where it is, when one of the voices has it
 */
function recorded(spoken, clip) {
  const voice = spoken.voices.find((each) => clip in each.clips);
  return voice ? [`${voice.clips[clip]}?as=kiosk`] : [];
}
