/**
 * Owns keeping the screen lit while a page wants it, where the browser can (secure contexts only).
 * The browser takes the lock away whenever the page is hidden; it is asked for again when the page
 * is looked at. Elsewhere the operating system has to keep the screen on; nothing here fails then.
 */

/** The lock itself, or a promise of it, or nothing. @type {Promise<any> | null} */
let held = null;
let wanted = false;

/** Keep the screen lit from now on; called again it changes nothing. */
export function keepAwake() {
  if (!wanted) {
    wanted = true;
    document.addEventListener('visibilitychange', ask);
    ask();
  }
}

/** Let the screen go dark when the device thinks so. */
export function letSleep() {
  wanted = false;
  document.removeEventListener('visibilitychange', ask);
  const lock = held;
  held = null;
  if (lock) {
    lock.then((one) => one && one.release()).catch(() => undefined);
  }
}

/** @returns {boolean} whether this browser can keep a screen lit at all */
export function canKeepAwake() {
  return 'wakeLock' in navigator;
}

function ask() {
  if (!wanted || held || document.visibilityState !== 'visible' || !canKeepAwake()) {
    return;
  }
  // eslint-disable-next-line compat/compat -- asked for above
  const asked = /** @type {any} */ (navigator).wakeLock.request('screen').then(
    (/** @type {EventTarget} */ lock) => {
      lock.addEventListener('release', () => forget(asked));
      return lock;
    },
    (/** @type {unknown} */ error) => {
      forget(asked); // an empty battery, or a policy: asked again when the page is looked at
      console.info('the screen may go dark', error);
      return null;
    },
  );
  held = asked;
}

/** @param {Promise<any>} gone */
function forget(gone) {
  if (held === gone) {
    held = null;
  }
}
