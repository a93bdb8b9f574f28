/** Owns taking the microphone's samples off the audio thread, as they are. */

// The worklet's own names are not in the DOM's types.
const scope = /** @type {any} */ (globalThis);

class Tap extends scope.AudioWorkletProcessor {
  /** @param {Float32Array[][]} inputs */
  process(inputs) {
    const channel = inputs[0] && inputs[0][0];
    if (channel) {
      /** @type {any} */ (this).port.postMessage(channel.slice());
    }
    return true;
  }
}

scope.registerProcessor('ramah-tap', Tap);
