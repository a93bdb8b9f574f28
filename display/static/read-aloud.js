/**
 * Owns the browser's own voice, for a call that no recorded voice can say. Some devices promise a
 * voice and never speak or never end; every wait here has a limit.
 */

const START_MS = 2000;
const LONGEST_MS = 15000;

/**
 * @param {string} sentence
 * @param {string} language
 * @param {number} volume 0 to 1
 * @returns {Promise<boolean>} whether it was spoken
 */
export function readAloud(sentence, language, volume) {
  const synthesis = window.speechSynthesis;
  const fitting = synthesis ? synthesis.getVoices().filter((voice) => voice.lang.slice(0, 2) === language.slice(0, 2)) : [];
  if (!synthesis || fitting.length === 0) {
    return Promise.resolve(false);
  }
  return new Promise((done) => {
    const words = new SpeechSynthesisUtterance(sentence);
    words.lang = language;
    words.voice = fitting.find((voice) => voice.localService) || fitting[0];
    words.volume = volume;
    words.rate = 0.9;
    let timer = window.setTimeout(() => end(false), START_MS);
    /** @param {boolean} heard */
    const end = (heard) => {
      window.clearTimeout(timer);
      words.onstart = words.onend = words.onerror = null;
      if (!heard) {
        synthesis.cancel();
      }
      done(heard);
    };
    words.onstart = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => end(false), LONGEST_MS);
    };
    words.onend = () => end(true);
    words.onerror = () => end(false);
    synthesis.cancel();
    synthesis.speak(words);
  });
}
