/**
 * Owns waiting for a sound device. A browser without one may never answer: neither "running" nor an
 * error. Every wait has a limit here, so that a button never hangs and somebody can say so in words.
 */

/** A device that is there answers within a moment; one behind HDMI or Bluetooth within two. */
const ANSWER_MS = 3000;
const DECODE_MS = 6000;

/**
 * Let a device sound; works only inside a touch or key press.
 *
 * @param {AudioContext} context
 * @param {number} [ms] how long to wait for its answer
 * @returns {Promise<boolean>} whether it runs
 */
export async function wake(context, ms = ANSWER_MS) {
  if (context.state !== 'running') {
    await Promise.race([context.resume().catch(() => undefined), pause(ms)]);
  }
  return isRunning(context);
}

/** @param {AudioContext} context */
function isRunning(context) {
  return context.state === 'running';
}

/**
 * @param {BaseAudioContext} context
 * @param {ArrayBuffer} sound
 * @param {number} [ms]
 * @returns {Promise<AudioBuffer>} fails when it is no sound, or the device does not answer
 */
export function decode(context, sound, ms = DECODE_MS) {
  return new Promise((done, failed) => {
    setTimeout(() => failed(new Error('not decoded in time')), ms);
    context.decodeAudioData(sound, done, failed);
  });
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
