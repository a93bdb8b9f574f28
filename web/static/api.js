/**
 * Owns how a page talks to the server: JSON over HTTP, problems as errors a person can read,
 * time-outs, and safe repeats.
 *
 * @typedef {'kiosk' | 'display' | 'tablet' | 'care' | 'staff'} Role whose login a page uses
 * @typedef {object} Options
 * @property {Role} [as] which login of this browser acts; default: the page's (`data-role`)
 * @property {string} [idempotencyKey] same key, same result: the call may then be repeated
 * @property {number} [retries] repeats after a lost link, only with a key; default 0
 * @property {number} [timeout] milliseconds for one try; default 8000
 * @property {(seq: number) => void} [onEvent] told the number of the last event of what was done
 */

import { language, t } from '/web/i18n.js';

/** An answer that is not what was asked for; `detail` is a sentence for the person at the screen. */
export class ProblemError extends Error {
  /** @param {import('../types').Problem} problem */
  constructor(problem) {
    super(problem.detail || problem.title);
    this.name = 'ProblemError';
    this.type = problem.type || 'about:blank';
    this.title = problem.title || '';
    this.detail = problem.detail || problem.title || '';
    this.status = problem.status;
    this.field = problem.field || null;
    this.problem = problem;
    /** Seconds after which it may be tried again, 0 when nobody said. */
    this.retryAfter = 0;
  }

  /** @returns {string} the problem's stable name, for example `service-closed` */
  get slug() {
    return this.type.split(/[/:]/).pop() || '';
  }
}

/** The link failed: nothing is known about what the server did. `detail` is a kind sentence. */
export class LinkError extends Error {
  constructor() {
    super('no link to the server');
    this.name = 'LinkError';
  }

  /** @returns {string} */
  get detail() {
    return t('We have lost touch with the server for a moment. Please try again.');
  }
}

/**
 * @param {string} path of a file that ships, such as a sound
 * @returns {string} where it is under this page's build: kept by the browser, never asked for twice
 */
export function fileOf(path) {
  return path.startsWith('/api/') ? path : (document.documentElement.dataset.files || '/') + path.slice(1);
}

/** @returns {string} a new key for one intention, such as one touch of a button */
export function newKey() {
  // crypto.randomUUID is missing on plain-http hosts and old WebViews
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * @template T
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<T>}
 */
export function get(path, options) {
  return request('GET', path, undefined, options);
}

/**
 * @template T
 * @param {string} path
 * @param {unknown} [body]
 * @param {Options} [options]
 * @returns {Promise<T>} undefined for an empty answer (204)
 */
export function post(path, body, options) {
  return request('POST', path, body === undefined ? {} : body, options);
}

/**
 * @template T
 * @param {string} path
 * @param {unknown} [body]
 * @param {Options} [options]
 * @returns {Promise<T>}
 */
export function del(path, body, options) {
  return request('DELETE', path, body, options);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} body
 * @param {Options} [options]
 * @returns {Promise<any>}
 */
export async function request(method, path, body, options = {}) {
  const safe = method === 'GET' || Boolean(options.idempotencyKey);
  const tries = 1 + (safe && options.retries ? options.retries : 0);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(method, path, body, options);
    } catch (error) {
      if (error instanceof ProblemError || attempt >= tries) {
        throw error;
      }
      await new Promise((done) => setTimeout(done, 250 * attempt + Math.random() * 250));
    }
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} body
 * @param {Options} options
 */
async function once(method, path, body, options) {
  /** @type {Record<string, string>} */
  const headers = {
    Accept: 'application/json',
    'Accept-Language': language(),
    'Ramah-As': options.as || document.documentElement.dataset.role || 'staff',
  };
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  if (options.idempotencyKey) {
    headers['Idempotency-Key'] = options.idempotencyKey;
  }
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), options.timeout || 8000);
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: abort.signal,
      credentials: 'same-origin',
      cache: 'no-store',
    });
    const text = await response.text();
    if (response.ok) {
      const seq = Number(response.headers.get('Ramah-Seq'));
      if (seq && options.onEvent) {
        options.onEvent(seq);
      }
      return text ? JSON.parse(text) : undefined;
    }
    const problem = new ProblemError(problemOf(response, text));
    problem.retryAfter = Number(response.headers.get('Retry-After')) || 0;
    throw problem;
  } catch (error) {
    if (error instanceof ProblemError) {
      throw error;
    }
    throw new LinkError();
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {Response} response
 * @param {string} text
 * @returns {import('../types').Problem}
 */
export function problemOf(response, text) {
  try {
    const problem = JSON.parse(text);
    if (problem && typeof problem === 'object') {
      return Object.assign({ status: response.status }, problem);
    }
  } catch (error) {
    // not JSON: a proxy's page, say
  }
  return {
    type: 'about:blank',
    title: response.statusText,
    status: response.status,
    detail: t('Something went wrong on our side. Please try again in a moment.'),
  };
}
