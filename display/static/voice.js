/**
 * Owns the voice of this screen: fetches and decodes clips once, joins them without gaps, says one
 * call at a time. Fires `speaking` and `silent`, so that a video can be turned down meanwhile.
 *
 * @typedef {import('../../web/types').VoiceAnswer} VoiceAnswer
 * @typedef {import('../../web/types').Said} SaidCall
 * @typedef {(language: string) => SaidCall} Saying the call as it is said in a language
 * @typedef {import('/display/chime.js').Chime} Chime
 */

import { fileOf, get } from '/web/api.js';
import { knownZone } from '/web/i18n.js';
import { decode } from '/web/sound-device.js';
import { inWords, spoken, spokenShort } from '/web/spoken.js';
import { readAloud } from '/display/read-aloud.js';

/**
 * @typedef {import('/display/announcer.js').Pace} Pace
 * @typedef {object} Manner
 * @property {boolean} words or the bell alone
 * @property {boolean} bell
 * @property {() => Pace} pace who waits for the voice, asked again before each sentence
 * @property {string | null} [own] the visitor's language, when it is not the hall's
 */

/** Words begin while the bell still fades. */
const AFTER_BELL_S = 1.25;
/** A breath before a new part of the sentence, and between two sentences. */
const BREATH_S = 0.22;
const SENTENCE_S = 0.7;
const RUSH_SENTENCE_S = 0.3;
/** A sound device whose clock stands still for so long has died; a slow one is only slow. */
const PATIENCE_MS = 3000;
/** A call in the first moments of a page waits this long for words and for the sound device. */
const WAKE_MS = 3000;

export class Voice extends EventTarget {
  /** @param {Chime} chime */
  constructor(chime) {
    super();
    this.chime = chime;
    /** @type {VoiceAnswer | null} */
    this.how = null;
    /** @type {Promise<void> | null} */
    this.learning = null;
    /** @type {Map<string, Promise<AudioBuffer | null>>} */
    this.decoded = new Map();
    /** @type {GainNode | null} */
    this.out = null;
  }

  /** Ask how this hall speaks; what was known before stays when the server does not answer. */
  load() {
    this.learning = this.learn();
    return this.learning;
  }

  /** @private */
  async learn() {
    try {
      this.how = await get('/api/voice');
      const wanted = new Set(this.choices().flatMap((each) => Object.keys(each.clips).map((clip) => each.clips[clip])));
      for (const address of this.decoded.keys()) {
        if (!wanted.has(address) || address.startsWith('/api/')) {
          this.decoded.delete(address);
        }
      }
    } catch (error) {
      console.warn('voice not loaded', error);
    }
  }

  /** @private */
  choices() {
    const how = this.how;
    return how ? Object.keys(how.languages).flatMap((language) => how.languages[language].voices) : [];
  }

  /**
   * Whether this moment is one of the hall's quiet times.
   *
   * @param {number} now the server's time, ms
   */
  quiet(now) {
    return Boolean(this.how && isQuiet(this.how.rules.quiet, now, this.how.zone));
  }

  /**
   * Fetch and decode what the hall's calls are made of, before the first of them.
   *
   * @param {Saying[]} calls examples: one for each letter and counter
   */
  async prepare(calls) {
    const { how } = this;
    if (how) {
      for (const language of how.rules.languages) {
        for (const call of calls) {
          await this.clipsOf(call, language);
        }
      }
    }
  }

  /**
   * Ring, then say a call in every language, as often as the office wants: once while others wait,
   * and number and counter alone in a rush.
   *
   * @param {Saying} call
   * @param {Manner} manner
   * @returns {Promise<boolean>} whether people could hear it
   */
  async announce(call, manner) {
    this.dispatchEvent(new Event('speaking'));
    try {
      await this.awake();
      const { how } = this;
      if (!how || !manner.words) {
        return manner.bell && (!how || how.rules.chime) ? await this.chime.play(this.loudness()) : false;
      }
      let heard = manner.bell && how.rules.chime ? await this.ring() : false;
      for (let time = 0; time < how.rules.times && (time === 0 || manner.pace() === 'calm'); time += 1) {
        heard = (await this.sayOnce(call, manner)) || heard;
      }
      return heard;
    } finally {
      this.dispatchEvent(new Event('silent'));
    }
  }

  /** Ring alone, where calls ring: there is something to read. */
  bell() {
    return this.how && !this.how.rules.chime ? Promise.resolve(false) : this.chime.play(this.loudness());
  }

  /**
   * Wait until the first answer of the server is there and the sound device runs, or until that
   * took too long.
   *
   * @private
   */
  async awake() {
    const learnt = this.how ? null : this.learning;
    await Promise.race([Promise.all([learnt, this.chime.started]), pause(WAKE_MS)]);
  }

  /** @private */
  loudness() {
    return this.how ? this.how.rules.volume / 100 : 1;
  }

  /** @private Ring, and go on while the bell still fades. */
  async ring() {
    const rung = this.chime.play(this.loudness());
    const heard = this.chime.state === 'on';
    await (heard ? pause(AFTER_BELL_S * 1000) : rung);
    return heard;
  }

  /**
   * @private
   * @param {Saying} call
   * @param {Manner} manner
   */
  async sayOnce(call, manner) {
    const how = /** @type {VoiceAnswer} */ (this.how);
    const own = manner.own && how.languages[manner.own] ? manner.own : '';
    let heard = false;
    for (const language of this.languages(own, manner.pace())) {
      const pace = manner.pace();
      if (heard && pace === 'rush') {
        break; // it began in quiet, and the hall filled meanwhile
      }
      const sounds = await this.clipsOf(call, language, pace === 'rush');
      const said = sounds ? await this.join(sounds, pace) : await this.aloud(call, language);
      heard = said || heard;
    }
    return heard;
  }

  /**
   * @private
   * @param {string} own the visitor's, or nothing
   * @param {Pace} pace
   * @returns {string[]} in which to say a call
   */
  languages(own, pace) {
    const { languages } = /** @type {VoiceAnswer} */ (this.how).rules;
    if (pace === 'rush') {
      return [own || languages[0]];
    }
    return own && !languages.includes(own) ? languages.concat(own) : languages;
  }

  /**
   * Find the clips of a call in the first voice that has all of them: two voices in one sentence
   * sound worse than the other voice.
   *
   * @private
   * @param {Saying} call
   * @param {string} language
   * @param {boolean} [short] number and counter alone
   * @returns {Promise<{buffer: AudioBuffer, breath: boolean}[] | null>}
   */
  async clipsOf(call, language, short = false) {
    const how = /** @type {VoiceAnswer} */ (this.how);
    const told = how.languages[language];
    const said = call(language);
    const named = how.rules.agency ? said : Object.assign({}, said, { agency: null });
    const names = short ? spokenShort(named, told.table, how.rules.style) : spoken(named, told.table, how.rules.style);
    for (const voice of told.voices) {
      // an agency whose name nobody has recorded is left out, not a reason for another voice
      const clips = names.filter((clip) => clip in voice.clips || !clip.startsWith('agency.'));
      if (clips.every((clip) => clip in voice.clips)) {
        const buffers = await Promise.all(clips.map((clip) => this.decode(voice.clips[clip])));
        if (buffers.every(Boolean)) {
          return clips.map((clip, index) => ({
            buffer: /** @type {AudioBuffer} */ (buffers[index]),
            breath: index > 0 && startsPart(clip, clips[index - 1], told.table),
          }));
        }
      }
    }
    return null;
  }

  /**
   * @private
   * @param {string} address
   * @returns {Promise<AudioBuffer | null>}
   */
  decode(address) {
    let known = this.decoded.get(address);
    if (!known) {
      known = this.fetchClip(address).catch((error) => {
        console.warn('clip failed', address, error);
        this.decoded.delete(address); // asked for again with the next call
        return null;
      });
      this.decoded.set(address, known);
    }
    return known;
  }

  /**
   * @private
   * @param {string} address
   */
  async fetchClip(address) {
    const { context } = this.chime;
    if (!context) {
      return null;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), 4000);
    try {
      const response = await fetch(fileOf(address), { signal: abort.signal, headers: { 'Ramah-As': 'display' } });
      if (!response.ok) {
        throw new Error(String(response.status));
      }
      const sound = await response.arrayBuffer();
      return await decode(context, sound);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Play clips one after the other on the audio clock, so that no gap can open between them.
   *
   * @private
   * @param {{buffer: AudioBuffer, breath: boolean}[]} sounds
   * @param {Pace} pace
   * @returns {Promise<boolean>}
   */
  async join(sounds, pace) {
    const { context } = this.chime;
    if (!context || context.state !== 'running') {
      return false;
    }
    const out = context.createGain();
    out.gain.value = this.loudness();
    out.connect(context.destination);
    let at = context.currentTime + 0.05;
    /** @type {AudioBufferSourceNode | null} */
    let last = null;
    for (const { buffer, breath } of sounds) {
      at += breath ? BREATH_S : 0;
      last = context.createBufferSource();
      last.buffer = buffer;
      last.connect(out);
      last.start(at);
      at += buffer.duration;
    }
    const ended = new Promise((done) => {
      if (last) {
        last.onended = () => done(true);
      }
    });
    const heard = await Promise.race([ended, stuck(context).then(() => false)]);
    out.disconnect();
    await pause((pace === 'rush' ? RUSH_SENTENCE_S : SENTENCE_S) * 1000);
    return Boolean(heard);
  }

  /**
   * @private
   * @param {Saying} call
   * @param {string} language
   */
  aloud(call, language) {
    const how = /** @type {VoiceAnswer} */ (this.how);
    const { table } = how.languages[language];
    const sentence = inWords(spoken(call(language), table, how.rules.style), table);
    return readAloud(sentence, language, this.loudness());
  }
}

/**
 * Whether a breath belongs before a clip: where a new part of the sentence begins.
 *
 * @param {string} clip
 * @param {string} before
 * @param {import('../../web/types').Table} table
 */
function startsPart(clip, before, table) {
  return clip in table.phrases || before in table.phrases || clip in table.places || clip.startsWith('agency.');
}

/**
 * @param {import('../../web/types').Quiet[]} times
 * @param {number} now ms
 * @param {string} zone
 */
export function isQuiet(times, now, zone) {
  if (times.length === 0) {
    return false;
  }
  const { day, clock } = clockOf(now, zone);
  return times.some((each) => each.days.includes(day) && each.starts <= clock && clock < each.ends);
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * Return the weekday (1 Monday to 7) and the time of day of the office.
 *
 * @param {number} now ms
 * @param {string} zone
 * @returns {{day: number, clock: string}} `clock` as `HH:MM`
 */
export function clockOf(now, zone) {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: knownZone(zone), weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
    });
    formats.set(zone, format);
  }
  const parts = format.formatToParts(new Date(now));
  /** @param {string} type */
  const part = (type) => (parts.find((each) => each.type === type) || { value: '' }).value;
  const day = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(part('weekday')) + 1;
  return { day, clock: `${part('hour')}:${part('minute')}` };
}

/**
 * Wait until the clock of a sound device stands still.
 *
 * @param {AudioContext} context
 */
async function stuck(context) {
  let before = -1;
  while (context.currentTime > before && context.state === 'running') {
    before = context.currentTime;
    await pause(PATIENCE_MS);
  }
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
