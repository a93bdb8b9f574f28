/**
 * Owns saying a letter or a number with the hall's own clips, for kiosks whose browser has no voice
 * for the language (Chromium on Linux often has none). Sentences stay in the bar: there are no clips
 * of them. What it needs is asked for once, when a visitor first wants to hear.
 *
 * @typedef {import('../../web/types').VoiceAnswer} VoiceAnswer
 */

import { get } from '/web/api.js';
import { sayLabel } from '/display/spoken.js';

/** A clip takes a second; one that never ends must not hold up the rest. */
const LONGEST_MS = 4000;

export class Clips {
  constructor() {
    /** @type {Promise<VoiceAnswer | null> | null} */
    this.how = null;
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
   * Say a label letter by letter and digit by digit, after anything else was stopped.
   *
   * @param {string} label such as `A012`, or only a service's letter
   * @param {string} prefix the letters it begins with
   * @param {string} language
   * @param {{intro: boolean}} [options] `intro`: "ticket number" first
   */
  async say(label, prefix, language, options = { intro: false }) {
    this.stop();
    const { turn } = this;
    const how = await this.load();
    const known = how && how.languages[language];
    if (!how || !known) {
      return;
    }
    const clips = [...(options.intro ? ['number'] : []), ...sayLabel(label, prefix, known.table, how.rules.style)];
    // a colleague's own recordings are for the displays; the clips that came with us are for everybody
    const voice = known.voices.find((one) => clips.every((clip) => (one.clips[clip] || '').startsWith('/display/')));
    if (!voice) {
      return;
    }
    for (const clip of clips) {
      if (turn !== this.turn) {
        return;
      }
      await this.play(voice.clips[clip]);
    }
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
