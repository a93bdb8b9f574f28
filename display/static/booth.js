/**
 * Owns `<display-booth>`: one phrase after the other, large; record, hear, take again, go on.
 *
 * @typedef {import('../../web/types').Pack} VoicePack
 * @typedef {import('../../web/types').PackList} VoicePacks
 * @typedef {import('/display/staff-room.js').Told} Told
 */

import { decode, wake } from '/web/sound-device.js';
import { del } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { language as pageLanguage, t } from '/web/i18n.js';
import { Recorder } from '/display/recorder.js';
import { spoken } from '/web/spoken.js';
import { upload } from '/display/staff-room.js';
import { RATE, waveOf } from '/display/wave.js';

const SHORTEST_S = 0.12;

export class Booth extends HTMLElement {
  /**
   * @param {VoicePack} pack
   * @param {VoicePacks} all
   * @param {Told} told
   */
  constructor(pack, all, told) {
    super();
    this.pack = pack;
    this.all = all;
    this.told = told;
    this.recorder = new Recorder();
    this.language = pageLanguage() in all.tables ? pageLanguage() : Object.keys(all.tables)[0];
    this.everything = false;
    this.clip = '';
    this.recording = false;
    /** @type {AudioContext | null} */
    this.speaker = null;
  }

  connectedCallback() {
    const { all } = this;
    this.className = 'booth card stack';
    this.text = el('p', { class: 'phrase', 'aria-live': 'polite' });
    this.count = el('p', { class: 'soft number' });
    this.meter = el('meter', { min: 0, max: 1, low: 0.12, high: 0.9, optimum: 0.5, 'aria-label': t('Loudness') });
    this.button = el('button', { type: 'button', class: 'button large record', onclick: () => this.toggle() });
    this.hear = el('button', { type: 'button', class: 'button quiet', onclick: () => this.play([this.clip]) }, t('Listen'));
    this.forget = el('button', { type: 'button', class: 'button quiet', onclick: () => this.drop() }, t('Delete this one'));
    this.rows = el('ol', { class: 'phrases' });
    const choose = el('select', { onchange: () => this.speak(choose.value) },
      ...Object.keys(all.tables).map((code) => el('option', { value: code, selected: code === this.language }, all.tables[code].name)));
    const more = el('input', { type: 'checkbox', onchange: () => {
      this.everything = more.checked;
      this.render();
    } });
    this.append(
      el('div', { class: 'spread' },
        el('h2', {}, t('Voice of {person}', { person: this.pack.card.person })),
        el('button', { type: 'button', class: 'button quiet', onclick: () => this.leave() }, t('Done'))),
      el('p', { class: 'soft' }, t('Smile while you speak, people hear it. Same distance, same calm speed, quiet room.')),
      el('p', { class: 'banner warn', hidden: Recorder.possible }, t('This browser gives no microphone here. Open this page on the server itself, or over https.')),
      el('div', { class: 'row' },
        el('label', { class: 'field' }, el('span', {}, t('Language')), choose),
        el('label', { class: 'consent' }, more, el('span', {}, t('Also phrases this office does not need today')))),
      el('div', { class: 'stage' }, this.count, this.text, this.meter,
        el('div', { class: 'row centre' }, this.button),
        el('div', { class: 'row centre' },
          this.hear, this.forget,
          el('button', { type: 'button', class: 'button quiet', onclick: () => this.step(1) }, t('Next phrase')),
          el('button', { type: 'button', class: 'button quiet', 'data-part': 'whole', onclick: () => this.wholeCall() }, t('Listen to a whole call')))),
      this.rows,
    );
    this.recorder.addEventListener('level', (event) => {
      if (this.meter) {
        this.meter.value = /** @type {CustomEvent} */ (event).detail;
      }
    });
    this.clip = this.list().find((clip) => !this.have(clip)) || this.list()[0];
    this.render();
  }

  disconnectedCallback() {
    this.recorder.close();
    if (this.speaker) {
      this.speaker.close();
    }
  }

  /** @private @returns {Record<string, string>} */
  texts() {
    const table = this.all.tables[this.language];
    return Object.assign({}, table.phrases, table.places, table.numbers, table.units, table.letters, this.all.names[this.language]);
  }

  /** @private What is to be read, in this order. */
  list() {
    const needed = this.all.needed[this.language];
    const rest = Object.keys(this.texts()).filter((clip) => !needed.includes(clip));
    return this.everything ? needed.concat(rest) : needed;
  }

  /** @private @param {string} clip */
  have(clip) {
    return (this.pack.clips[this.language] || []).includes(clip);
  }

  /** @private @param {string} language */
  speak(language) {
    this.language = language;
    this.clip = this.list().find((clip) => !this.have(clip)) || this.list()[0];
    this.render();
  }

  /** @private @param {number} by */
  step(by) {
    const list = this.list();
    this.clip = list[(list.indexOf(this.clip) + by + list.length) % list.length];
    this.render();
  }

  /** @private */
  render() {
    const texts = this.texts();
    const list = this.list();
    if (!this.text || !this.count || !this.button || !this.hear || !this.forget || !this.rows) {
      return;
    }
    say(this.text, texts[this.clip] || this.clip);
    say(this.count, t('{n} of {all} phrases', { n: list.filter((clip) => this.have(clip)).length, all: list.length }));
    say(this.button, this.recording ? t('Stop') : this.have(this.clip) ? t('Record again') : t('Record'));
    this.button.classList.toggle('danger', this.recording);
    this.button.disabled = !Recorder.possible;
    this.hear.disabled = this.forget.disabled = !this.have(this.clip);
    fill(this.rows, ...list.map((clip) => el('li', {},
      el('button', { type: 'button', class: 'button quiet phrase-row', 'aria-current': String(clip === this.clip), onclick: () => {
        this.clip = clip;
        this.render();
      } }, `${this.have(clip) ? '✓ ' : ''}${texts[clip] || clip}`))));
  }

  /** @private Begin, or end and keep. */
  async toggle() {
    if (this.recording) {
      this.recording = false;
      await this.keep(await this.recorder.end());
      this.render();
      return;
    }
    try {
      await this.recorder.open();
    } catch (error) {
      this.told.tell(t('The microphone may not be used. Please allow it in the browser.'), 'warn');
      return;
    }
    this.told.tell('', 'ok');
    this.recorder.begin();
    this.recording = true;
    this.render();
  }

  /** @private @param {Float32Array} samples */
  async keep(samples) {
    if (samples.length < SHORTEST_S * RATE) {
      this.told.tell(t('Nothing was heard. Please come closer and try once more.'), 'warn');
      return;
    }
    const clip = this.clip;
    const done = await this.told.about(() => upload(this.address(clip), waveOf(samples, RATE)));
    if (done) {
      const clips = this.pack.clips;
      clips[this.language] = (clips[this.language] || []).filter((one) => one !== clip).concat(clip);
      await this.play([clip]);
    }
  }

  /** @private */
  async drop() {
    const clip = this.clip;
    if (await this.told.about(() => del(this.address(clip)))) {
      this.pack.clips[this.language] = (this.pack.clips[this.language] || []).filter((one) => one !== clip);
      this.render();
    }
  }

  /** @private @param {string} clip */
  address(clip) {
    return `/api/voice/packs/${this.pack.id}/${this.language}/${clip}`;
  }

  /** @private Say a made-up call with what is recorded; what is missing is told. */
  async wholeCall() {
    const table = this.all.tables[this.language];
    const needed = this.all.needed[this.language];
    const letter = needed.find((clip) => clip in table.letters) || 'A';
    const counter = needed.filter((clip) => clip in table.numbers).map(Number).find((number) => number > 2) || 1;
    const call = { label: `${letter}012`, counter, kind: /** @type {'call'} */ ('call'), prefix: letter, place: '', agency: null };
    const clips = spoken(call, table, 'digits');
    const missing = clips.filter((clip) => !this.have(clip));
    if (missing.length) {
      const texts = this.texts();
      this.told.tell(t('Still to record for this call: {phrases}', { phrases: missing.map((clip) => texts[clip]).join(', ') }), 'warn');
      return;
    }
    await this.play(clips);
  }

  /** @private @param {string[]} clips */
  async play(clips) {
    const speaker = this.speaker || new AudioContext();
    this.speaker = speaker;
    if (!(await wake(speaker))) {
      this.told.tell(t('No sound came from this device. Please check its loudspeaker.'), 'warn');
      return;
    }
    await this.told.about(async () => {
      const buffers = await Promise.all(clips.map(async (clip) => {
        const response = await fetch(this.address(clip), { cache: 'no-cache' });
        return decode(speaker, await response.arrayBuffer());
      }));
      let at = speaker.currentTime + 0.05;
      for (const buffer of buffers) {
        const source = speaker.createBufferSource();
        source.buffer = buffer;
        source.connect(speaker.destination);
        source.start(at);
        at += buffer.duration;
      }
    });
  }

  /** @private */
  leave() {
    this.dispatchEvent(new Event('leave'));
  }
}

customElements.define('display-booth', Booth);
