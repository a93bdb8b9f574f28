/**
 * Owns the reader for QR codes beside a kiosk. It types like a keyboard, only faster than any hand:
 * what comes in one go is caught before a button or a shortcut hears it.
 */

const BURST_MS = 60;
/** From the third sign of a burst on it is no hand. */
const SURE = 3;
const LONGEST = 300;
const TOKEN = /\/t\/([A-Za-z0-9_-]{8,64})$/;

/**
 * @param {() => boolean} wanted whether this kiosk has a reader
 * @param {(token: string) => void} read told the token of a number's paper
 */
export function listenToReader(wanted, read) {
  let text = '';
  let last = -Infinity;
  document.addEventListener('keydown', (event) => {
    if (!wanted() || event.key === 'Shift') {
      return;
    }
    const quick = event.timeStamp - last < BURST_MS;
    last = event.timeStamp;
    if (event.key === 'Enter' || event.key === 'Tab') {
      const burst = quick && text.length >= SURE;
      const found = TOKEN.exec(text.trim());
      text = '';
      if (burst) {
        event.preventDefault();
        event.stopPropagation();
        if (found) {
          read(found[1]);
        }
      }
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      text = quick ? (text + event.key).slice(-LONGEST) : event.key;
      if (text.length >= SURE) {
        event.preventDefault();
        event.stopPropagation();
      }
    }
  }, true);
}
