/** Owns sound as numbers: trimming, loudness, and WAV files. Pure, for recordings of a person. */

/** Clips are kept at this rate: speech has nothing above 12 kHz that a hall would hear. */
export const RATE = 24000;
const WINDOW_S = 0.01;
/** What stays before and after the voice. */
const HEAD_S = 0.03;
const TAIL_S = 0.07;
/** Quieter than this is a quiet room, whatever the loudest moment was. */
const FLOOR = 0.008;
const LOUDNESS = 0.12;
const PEAK = 0.84;

/**
 * Cut silence at both ends.
 *
 * @param {Float32Array} samples
 * @param {number} rate
 * @returns {Float32Array} empty when nobody spoke
 */
export function trim(samples, rate) {
  const size = Math.round(rate * WINDOW_S);
  const levels = [];
  for (let start = 0; start + size <= samples.length; start += size) {
    levels.push(loudness(samples.subarray(start, start + size)));
  }
  const loudest = levels.reduce((most, level) => Math.max(most, level), 0);
  const limit = Math.max(FLOOR, loudest * 0.06);
  const first = levels.findIndex((level) => level > limit);
  if (first < 0) {
    return new Float32Array(0);
  }
  let last = levels.length - 1;
  while (levels[last] <= limit) {
    last -= 1;
  }
  const from = Math.max(0, first * size - Math.round(HEAD_S * rate));
  const to = Math.min(samples.length, (last + 1) * size + Math.round(TAIL_S * rate));
  return samples.slice(from, to);
}

/**
 * Bring a clip to the loudness of all others, never so loud that it clips.
 *
 * @param {Float32Array} samples
 * @returns {Float32Array}
 */
export function level(samples) {
  const now = loudness(samples);
  const peak = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!now || !peak) {
    return samples;
  }
  const factor = Math.min(LOUDNESS / now, PEAK / peak);
  return samples.map((value) => value * factor);
}

/**
 * @param {Float32Array} samples
 * @returns {number} root mean square, 0 to 1
 */
export function loudness(samples) {
  let sum = 0;
  for (let index = 0; index < samples.length; index += 1) {
    sum += samples[index] * samples[index];
  }
  return samples.length ? Math.sqrt(sum / samples.length) : 0;
}

/**
 * @param {Float32Array} samples
 * @param {number} rate
 * @returns {Blob} a WAV file, mono, 16 bits
 */
export function waveOf(samples, rate) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  /** @param {number} at @param {string} text */
  const write = (at, text) => Array.from(text).forEach((sign, index) => view.setUint8(at + index, sign.charCodeAt(0)));
  write(0, 'RIFF');
  view.setUint32(4, 36 + samples.length * 2, true);
  write(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, 'data');
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((value, index) => {
    view.setInt16(44 + index * 2, Math.round(Math.max(-1, Math.min(1, value)) * 32767), true);
  });
  return new Blob([view.buffer], { type: 'audio/wav' });
}
