/**
 * Owns what the two set-up pages of the display share: only a manager gets in, one line tells what
 * happened, files go up as they are.
 *
 * @typedef {import('../../web/types').Person} Person
 */

import { LinkError, ProblemError } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { language, loadCatalog, t, useOfficeZone } from '/web/i18n.js';
import { homeOf, READS } from '/web/staff/home.js';
import { icon } from '/web/staff/icons.js';
import { Login, logOut, whoIsHere } from '/web/staff/login.js';
import { TopBar, onLanguage } from '/web/staff/topbar.js';

const app = /** @type {HTMLElement} */ (document.getElementById('app'));

/**
 * @param {() => string} heading
 * @param {(main: HTMLElement) => Promise<void>} build fills the page for a manager
 */
export async function openFor(heading, build) {
  await loadCatalog(language());
  /** @param {Person | null} person */
  const bar = (person) => {
    const made = new TopBar();
    made.heading = heading();
    made.person = person;
    made.addEventListener('logout', async () => {
      await logOut();
      location.reload();
    });
    return made;
  };
  /** @param {Person} person */
  const begin = async (person) => {
    useOfficeZone(person.branch);
    const main = el('main', { class: 'room' });
    fill(app, bar(person), main);
    document.title = `${heading()} · Ramah`;
    if (!READS.includes(person.role)) {
      fill(main, el('section', { class: 'card trouble' }, icon('people'), el('h1', {}, t('This page is for the manager')),
        el('a', { class: 'button', href: homeOf(person.role) }, t('To my page'))));
      return;
    }
    await build(main);
  };
  onLanguage(() => location.reload());
  const person = await whoIsHere().catch(() => null);
  if (person) {
    await begin(person);
    return;
  }
  const login = new Login();
  login.purpose = t('Log in as the manager to set up screens and voices.');
  login.addEventListener('loggedin', (event) => begin(/** @type {CustomEvent} */ (event).detail));
  fill(app, bar(null), el('main', { class: 'center' }, login));
}

/** One line that tells how it went, for eyes and for screen readers. */
export class Told {
  constructor() {
    this.root = el('p', { class: 'banner told', role: 'status', hidden: true });
  }

  /**
   * Do something and say what came of it.
   *
   * @param {() => Promise<unknown>} work
   * @param {string | null} [done] said when it worked; `null` leaves what was said before
   * @returns {Promise<boolean>}
   */
  async about(work, done = '') {
    try {
      await work();
      if (done !== null) {
        this.tell(done, 'ok');
      }
      return true;
    } catch (error) {
      const known = error instanceof ProblemError || error instanceof LinkError;
      this.tell(known ? error.detail : t('Something went wrong on our side. Please try again in a moment.'), 'danger');
      if (!known) {
        console.warn(error);
      }
      return false;
    }
  }

  /**
   * @param {string} words
   * @param {'ok' | 'warn' | 'danger'} kind
   */
  tell(words, kind) {
    this.root.hidden = !words;
    this.root.className = `banner told ${kind}`;
    say(this.root, words);
  }
}

/**
 * Send a file as it is.
 *
 * @param {string} path
 * @param {Blob} body
 * @param {(share: number) => void} [progress] 0 to 1
 * @returns {Promise<any>}
 */
export function upload(path, body, progress) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.responseType = 'json';
    request.setRequestHeader('Accept-Language', language());
    request.setRequestHeader('Ramah-As', 'staff');
    request.setRequestHeader('Content-Type', body.type || 'application/octet-stream');
    request.upload.onprogress = (event) => progress && event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = () => failed(new LinkError());
    request.onload = () => {
      if (request.status < 300) {
        done(request.response);
      } else {
        failed(new ProblemError(Object.assign({ type: '', title: '', detail: '', status: request.status }, request.response)));
      }
    };
    request.send(body);
  });
}
