/** Owns joining by address: a kiosk or display that is opened with its code behind `#` joins by itself. */

import { post } from '/web/api.js';

/** Bring the code to the server, once. When it does not fit, the page asks for another one itself. */
export async function join() {
  const code = decodeURIComponent(location.hash.slice(1));
  // it works once: a reload, or whoever reads the address later, has no use for it
  history.replaceState(null, '', location.pathname + location.search);
  try {
    await post('/api/pair', { code });
  } catch (error) {
    console.warn('not joined', error);
  }
}
