/** Owns when reading again is due: soon after it is asked for, not more often than it is worth, one at a time. */

/**
 * Make a function that runs `work` at once when it has rested long enough, else as soon as it
 * has; asked often in between, it runs once. Unlike waiting for silence, it never starves in a
 * busy hall.
 *
 * @param {() => void} work
 * @param {number} ms between the starts of two runs
 * @param {AbortSignal} signal ends it
 * @returns {() => void}
 */
export function soon(work, ms, signal) {
  let timer = 0;
  let ready = 0;
  signal.addEventListener('abort', () => window.clearTimeout(timer));
  return () => {
    if (timer || signal.aborted) {
      return;
    }
    timer = window.setTimeout(() => {
      timer = 0;
      ready = performance.now() + ms;
      work();
    }, Math.max(0, ready - performance.now()));
  };
}

/**
 * Make a function that runs `work` one at a time; asked meanwhile, once more afterwards. So what was
 * read earlier, but came late, never replaces what was read later.
 *
 * @param {() => Promise<void>} work
 * @returns {() => Promise<void>} settled when a run that began after the asking is done
 */
export function oneAtATime(work) {
  /** @type {Promise<void> | null} */
  let running = null;
  let again = false;
  const run = async () => {
    try {
      do {
        again = false;
        await work();
      } while (again);
    } finally {
      running = null;
    }
  };
  return () => {
    if (running) {
      again = true;
    } else {
      running = run();
    }
    return running;
  };
}

/**
 * Listen until the signal ends it. `addEventListener` takes a signal itself only from Chromium 88 on;
 * an older one would listen for ever.
 *
 * @param {EventTarget} target
 * @param {string} type
 * @param {(event: any) => void} handler
 * @param {AbortSignal} signal
 */
export function listen(target, type, handler, signal) {
  target.addEventListener(type, handler);
  signal.addEventListener('abort', () => target.removeEventListener(type, handler));
}
