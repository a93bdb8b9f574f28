/** Owns the soft bell of the staff pages, for a visitor who asks for a person; made here, no file needed. */

/** @type {AudioContext | null} */
let context = null;

/** Ring twice, softly. Silent where the browser has not been touched yet. */
export function ring() {
  try {
    context = context || new AudioContext();
    for (const [start, pitch] of [[0, 660], [0.35, 880]]) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      const at = context.currentTime + start;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, at);
      volume.gain.exponentialRampToValueAtTime(0.2, at + 0.03);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.9);
      tone.connect(volume).connect(context.destination);
      tone.start(at);
      tone.stop(at + 1);
    }
  } catch (error) {
    // no sound here: the request is on the screen all the same
  }
}
