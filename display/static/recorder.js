/**
 * Owns the microphone: opens it once, tells the level all the time, and keeps one recording.
 * Fires `level` with a number from 0 to 1 as `detail`.
 */

import { wake } from '/web/sound-device.js';
import { RATE, level, loudness, trim } from '/display/wave.js';

const LONGEST_S = 10;

export class Recorder extends EventTarget {
  constructor() {
    super();
    /** @type {AudioContext | null} */
    this.context = null;
    /** @type {MediaStream | null} */
    this.stream = null;
    /** @type {Float32Array[] | null} */
    this.parts = null;
    this.length = 0;
  }

  /** @returns {boolean} whether this browser gives a microphone to this address at all */
  static get possible() {
    return Boolean(window.isSecureContext && navigator.mediaDevices && window.AudioWorkletNode);
  }

  /**
   * Ask for the microphone, once.
   *
   * @throws {DOMException} the person or the browser said no
   */
  async open() {
    if (this.context) {
      await wake(this.context);
      return;
    }
    // what makes telephone calls clear makes a voice thin
    const wish = { echoCancellation: false, noiseSuppression: true, autoGainControl: false };
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: wish });
    this.context = new AudioContext();
    await this.context.audioWorklet.addModule('/display/pcm-worklet.js');
    const tap = new AudioWorkletNode(this.context, 'ramah-tap');
    tap.port.onmessage = (message) => this.take(message.data);
    this.context.createMediaStreamSource(this.stream).connect(tap);
    // a node that leads nowhere may be put to sleep
    const silent = this.context.createGain();
    silent.gain.value = 0;
    tap.connect(silent);
    silent.connect(this.context.destination);
    await wake(this.context);
  }

  /** Let the microphone go. */
  close() {
    if (this.stream) {
      this.stream.getTracks().forEach((track) => track.stop());
    }
    if (this.context) {
      this.context.close();
    }
    this.context = null;
    this.stream = null;
  }

  begin() {
    this.parts = [];
    this.length = 0;
  }

  /**
   * End the recording.
   *
   * @returns {Promise<Float32Array>} trimmed, levelled, at `RATE`; empty when nobody spoke
   */
  async end() {
    const { parts, context } = this;
    this.parts = null;
    if (!parts || !context || !this.length) {
      return new Float32Array(0);
    }
    const whole = new Float32Array(this.length);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return level(trim(await resample(whole, context.sampleRate), RATE));
  }

  /**
   * @private
   * @param {Float32Array} samples
   */
  take(samples) {
    this.dispatchEvent(new CustomEvent('level', { detail: Math.min(1, loudness(samples) * 4) }));
    const { context, parts } = this;
    if (parts && context && this.length < LONGEST_S * context.sampleRate) {
      parts.push(samples);
      this.length += samples.length;
    }
  }
}

/**
 * @param {Float32Array} samples
 * @param {number} rate
 */
async function resample(samples, rate) {
  const offline = new OfflineAudioContext(1, Math.ceil((samples.length * RATE) / rate), RATE);
  const buffer = offline.createBuffer(1, samples.length, rate);
  buffer.getChannelData(0).set(samples);
  const source = offline.createBufferSource();
  source.buffer = buffer;
  source.connect(offline.destination);
  source.start();
  return (await offline.startRendering()).getChannelData(0);
}
