/** Owns doing something soon after it is asked for, but never more often than it is worth. */

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
