/** Owns how a phone draws attention: three soft tones and a vibration, once a touch allowed them. */

import { wake } from '/web/sound-device.js';

const TONES = [523.25, 659.25, 783.99];
const STEP_S = 0.28;
const TIMES = 3;
const PAUSE_S = 1.4;
const VIBRATION_MS = [400, 200, 400, 200, 900];

export class Bell {
  constructor() {
    /** @type {AudioContext | null} */
    this.context = null;
    this.armed = false;
    /** Whether the phone has given a sound; until it was asked, it is believed. */
    this.sounds = true;
    /** How often it rang; for those who look after the page. */
    this.rung = 0;
  }

  /** Allow sound; works only inside a touch. Rings once, softly, so that people know it. */
  async arm() {
    this.armed = true;
    try {
      this.context = this.context || new AudioContext();
      this.sounds = await wake(this.context);
      this.tones(0, 0.15);
    } catch (error) {
      this.sounds = false;
      console.warn('no sound on this phone', error);
    }
    this.vibrate([120]);
  }

  /** Ring and vibrate; vibrates even without sound, as far as the phone allows. */
  ring() {
    this.rung += 1;
    this.vibrate(VIBRATION_MS);
    for (let time = 0; time < TIMES; time += 1) {
      this.tones(time * PAUSE_S, 0.5);
    }
  }

  /**
   * @private
   * @param {number[]} pattern
   */
  vibrate(pattern) {
    if (navigator.vibrate) {
      navigator.vibrate(pattern);
    }
  }

  /**
   * @private
   * @param {number} after seconds from now
   * @param {number} loudness 0 to 1
   */
  tones(after, loudness) {
    const { context } = this;
    if (!context || context.state !== 'running') {
      return;
    }
    TONES.forEach((tone, index) => {
      const start = context.currentTime + 0.02 + after + index * STEP_S;
      const wave = context.createOscillator();
      const shape = context.createGain();
      wave.type = 'triangle';
      wave.frequency.value = tone;
      shape.gain.setValueAtTime(0.0001, start);
      shape.gain.exponentialRampToValueAtTime(loudness, start + 0.02);
      shape.gain.exponentialRampToValueAtTime(0.0001, start + 0.9);
      wave.connect(shape);
      shape.connect(context.destination);
      wave.start(start);
      wave.stop(start + 1);
    });
  }
}
