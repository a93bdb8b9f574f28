/**
 * Owns the chime: two soft bell tones, made by WebAudio, no files. Browsers keep sound off until a
 * touch or a start flag allows it; `state` says so and `change` tells when it changes.
 */

import { wake } from '/web/sound-device.js';

/** A falling major third, E5 to C5: heard in a noisy hall, friendly to the ear. */
const TONES = [659.25, 523.25];
const GAP_S = 0.42;
const RING_S = 1.5;
/** A sound device that may run by itself does so well within this time. */
const START_MS = 2000;
/** Loudness of the tone and of its overtones, which make it a bell and not a beep. */
const PARTIALS = [
  [1, 0.5],
  [2, 0.16],
  [3.01, 0.07],
];

export class Chime extends EventTarget {
  constructor() {
    super();
    /** @type {AudioContext | null} */
    this.context = null;
    /** @type {Promise<void>} the device runs, or will not without a touch */
    this.started = Promise.resolve();
    try {
      this.context = new AudioContext();
      this.started = new Promise((done) => {
        this.addEventListener('change', () => done());
        setTimeout(done, START_MS);
      });
      this.context.onstatechange = () => this.dispatchEvent(new Event('change'));
    } catch (error) {
      console.warn('no sound on this device', error);
    }
  }

  /** @returns {'on' | 'off' | 'none'} `off` can be switched on by a touch, `none` cannot */
  get state() {
    if (!this.context) {
      return 'none';
    }
    return this.context.state === 'running' ? 'on' : 'off';
  }

  /**
   * Switch sound on; works only inside a touch or key press.
   *
   * @returns {Promise<boolean>} whether the device sounds now; one that does not answer does not
   */
  async allow() {
    return this.context ? wake(this.context) : false;
  }

  /**
   * Ring once.
   *
   * @param {number} [volume] 0 to 1
   * @returns {Promise<boolean>} whether it could be heard, when it has ended
   */
  play(volume = 1) {
    const { context } = this;
    if (!context || context.state !== 'running') {
      return Promise.resolve(false);
    }
    const loudness = context.createGain();
    loudness.gain.value = 0.9 * volume;
    loudness.connect(context.destination);
    TONES.forEach((tone, index) => this.ring(context, loudness, tone, index * GAP_S));
    const whole = GAP_S * (TONES.length - 1) + RING_S;
    return new Promise((done) =>
      setTimeout(() => {
        loudness.disconnect();
        done(true);
      }, whole * 1000),
    );
  }

  /**
   * @private
   * @param {AudioContext} context
   * @param {AudioNode} out
   * @param {number} tone hertz
   * @param {number} after seconds
   */
  ring(context, out, tone, after) {
    const start = context.currentTime + 0.02 + after;
    for (const [ratio, share] of PARTIALS) {
      const wave = context.createOscillator();
      const shape = context.createGain();
      wave.frequency.value = tone * ratio;
      shape.gain.setValueAtTime(0.0001, start);
      shape.gain.exponentialRampToValueAtTime(share, start + 0.015);
      shape.gain.exponentialRampToValueAtTime(0.0001, start + RING_S / ratio);
      wave.connect(shape);
      shape.connect(out);
      wave.start(start);
      wave.stop(start + RING_S);
    }
  }
}
