/** Owns taking a new version of the page, at most once a minute, so that a mismatch never loops. */

const KEY = 'ramah-reloaded';
const PAUSE_MS = 60000;

/** Load the page again, unless that was done just now. */
export function reloadForNewVersion() {
  const last = Number(sessionStorage.getItem(KEY) || 0);
  if (Date.now() - last > PAUSE_MS) {
    sessionStorage.setItem(KEY, String(Date.now()));
    location.reload();
  }
}
