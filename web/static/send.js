/** Owns requests whose body or answer is no JSON: a file that is sent, a picture that comes back. */

import { LinkError, ProblemError, problemOf } from '/web/api.js';
import { language } from '/web/i18n.js';

const TIMEOUT_MS = 60000;

/**
 * @param {string} path
 * @param {Blob | string} body
 * @param {{as?: string, type?: string, timeout?: number}} [options] whose login acts; media type of the body; milliseconds
 * @returns {Promise<Response>} a good answer
 * @throws {ProblemError} the server refused
 * @throws {LinkError} it was not reached
 */
export async function send(path, body, { as = 'staff', type = 'application/json', timeout = TIMEOUT_MS } = {}) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeout);
  let response;
  try {
    response = await fetch(path, {
      method: 'POST', body, credentials: 'same-origin', signal: abort.signal,
      headers: { 'Content-Type': type, 'Ramah-As': as, 'Accept-Language': language() },
    });
  } catch (error) {
    throw new LinkError();
  } finally {
    clearTimeout(timer);
  }
  if (!response.ok) {
    throw new ProblemError(problemOf(response, await response.text().catch(() => '')));
  }
  return response;
}
