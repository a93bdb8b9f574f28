/**
 * Owns the start of a page of staff: its words, who is logged in, the log-in card, and what is shown
 * while the server cannot be reached. `view` on `#app` names what is shown.
 *
 * @typedef {import('../../types').Person} Person
 *
 * @typedef {object} StaffPage
 * @property {() => string} heading in the bar before anybody is logged in
 * @property {() => string} purpose what one logs in for, in one line
 * @property {() => string} again why one has to log in again
 * @property {() => string} shut what is said when the page cannot open
 * @property {string[]} roles whose page it is
 * @property {(person: Person) => void} begin somebody is logged in
 * @property {() => void} leave let go of whatever `begin` started
 * @property {() => void} relearn the language changed while somebody is logged in
 */

import { LinkError } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { loadCatalog, t, useOfficeZone } from '/web/i18n.js';
import { homeOf } from '/web/staff/home.js';
import { icon } from '/web/staff/icons.js';
import { LockCard, lockHere, lockNow, watch } from '/web/staff/lock.js';
import { Login, logOut, whoIsHere } from '/web/staff/login.js';
import { TopBar, onLanguage } from '/web/staff/topbar.js';

const AGAIN_MS = 5000;

export const app = /** @type {HTMLElement} */ (document.getElementById('app'));

export class Boot {
  /** @param {StaffPage} page */
  constructor(page) {
    this.page = page;
    /** @type {Person | null} */
    this.person = null;
    /** Ends the watch over whether somebody is at the page. */
    this.unwatch = () => {};
    onLanguage(() => this.relearn());
    this.open();
  }

  /** @param {string} view */
  show(view) {
    app.dataset.view = view;
  }

  /** Look who is logged in. */
  async open() {
    await loadCatalog();
    try {
      const person = await whoIsHere();
      if (person) {
        this.enter(person);
      } else {
        await this.showOut('');
      }
    } catch (error) {
      this.showTrouble(error);
    }
  }

  /**
   * @private
   * @param {Person | null} person
   */
  enter(person) {
    if (!person) {
      this.showLogin('');
      return;
    }
    this.person = person;
    useOfficeZone(person.branch);
    this.show('');
    if (person.unready) {
      this.showFirst();
      return;
    }
    if (!this.page.roles.includes(person.role)) {
      this.showElsewhere();
      return;
    }
    if (person.idle_minutes) {
      this.unwatch = watch(person.idle_minutes, () => this.lock());
    }
    this.page.begin(person);
  }

  /**
   * This page is for others: lead the person to their own.
   *
   * @private
   */
  showElsewhere() {
    this.show('elsewhere');
    const { name, role } = /** @type {Person} */ (this.person);
    const bar = new TopBar();
    bar.heading = this.page.heading();
    bar.person = this.person;
    bar.addEventListener('logout', () => this.logOut());
    const own = el('a', { class: 'button large', href: homeOf(role) }, t('To my page'));
    fill(app, bar, el('main', { class: 'center' },
      el('section', { class: 'card trouble' },
        icon('info'),
        el('h1', {}, t('This page is for other tasks')),
        el('p', { class: 'soft' }, t('You are logged in as {name}. What you need is on a page of your own.', { name })),
        own)));
    own.focus();
    document.title = `${t('This page is for other tasks')} · Ramah`;
  }

  /** Nobody is at the page: close it. The server does so too should the link be lost now. */
  async lock() {
    await lockHere().catch(() => undefined);
    await this.leave('');
  }

  /**
   * The office asks this person for a second step at log-in: nothing else can be done before.
   *
   * @private
   */
  showFirst() {
    this.show('first');
    const bar = new TopBar();
    bar.heading = this.page.heading();
    const set = el('button', { type: 'button', class: 'button large', onclick: async () => {
      const room = await import('/web/staff/factor.js');
      if (await room.setUpFactor()) {
        this.open();
      }
    } }, t('Set an app up'));
    const key = el('button', { type: 'button', class: 'button quiet large', hidden: true, onclick: async () => {
      const room = await import('/web/staff/factor.js');
      if (await room.setUpPasskey()) {
        this.open();
      }
    } }, t('Set a passkey up'));
    import('/web/staff/factor.js').then((room) => room.passkeysHere()).then((here) => {
      key.hidden = !here;
    }).catch(() => undefined); // the app does as well
    fill(app, bar, el('main', { class: 'center' },
      el('section', { class: 'card login-card' },
        el('h1', {}, t('One more step')),
        el('p', {}, t('Your office asks managers for a second step besides the password. Please set it up now; it takes two minutes.')),
        set,
        key,
        el('button', { type: 'button', class: 'button quiet', onclick: () => this.logOut() }, t('Log out')))));
    set.focus();
  }

  /**
   * Whoever listens for this person has been sent away: log in again.
   *
   * @param {...EventTarget} sources that tell it by `unpaired`
   */
  endsWith(...sources) {
    const { person } = this;
    for (const source of sources) {
      source.addEventListener('unpaired', () => {
        if (this.person === person) {
          this.leave(this.page.again());
        }
      });
    }
  }

  /** @param {string} reason to log in again */
  async leave(reason) {
    this.person = null;
    this.unwatch();
    this.page.leave();
    for (const dialog of Array.from(document.querySelectorAll('dialog[open]'))) {
      /** @type {HTMLDialogElement} */ (dialog).close('');
    }
    await this.showOut(reason);
  }

  /**
   * Nobody may go on here now: the page is locked, or nobody is logged in.
   *
   * @private
   * @param {string} reason
   */
  async showOut(reason) {
    this.show('out');
    const lock = await lockNow();
    if (!lock || !lock.locked) {
      this.showLogin(reason);
      return;
    }
    this.show('locked');
    const card = new LockCard();
    card.lock = lock;
    card.addEventListener('unlocked', () => this.open());
    card.addEventListener('out', () => this.logOut());
    const bar = new TopBar();
    bar.heading = this.page.heading();
    fill(app, bar, el('main', { class: 'center' }, card));
    document.title = `${t('This page is locked')} · Ramah`;
  }

  /**
   * End the session.
   *
   * @param {(error: LinkError) => void} [lost] is told when the server cannot be reached
   */
  async logOut(lost = () => undefined) {
    try {
      await logOut();
      this.leave('');
    } catch (error) {
      if (!(error instanceof LinkError)) {
        throw error;
      }
      lost(error);
    }
  }

  /** @param {string} reason */
  showLogin(reason) {
    this.show('login');
    const login = new Login();
    login.purpose = this.page.purpose();
    login.reason = reason;
    login.addEventListener('loggedin', (event) => this.enter(/** @type {CustomEvent} */ (event).detail));
    const bar = new TopBar();
    bar.heading = this.page.heading();
    fill(app, bar, el('main', { class: 'center' }, login));
    document.title = `${t('Log in')} · Ramah`;
  }

  /**
   * @private
   * @param {unknown} error
   */
  showTrouble(error) {
    this.show('trouble');
    const words = error instanceof LinkError
      ? error.detail
      : t('Something went wrong on our side. Please try again in a moment.');
    fill(app, el('main', { class: 'center' },
      el('section', { class: 'card trouble', role: 'alert' },
        icon('link'),
        el('h1', {}, this.page.shut()),
        el('p', { class: 'soft' }, words),
        el('button', { type: 'button', class: 'button', onclick: () => location.reload() }, t('Try again')))));
    window.setTimeout(() => app.dataset.view === 'trouble' && this.open(), AGAIN_MS);
  }

  /** @private */
  relearn() {
    if (app.dataset.view === 'first') {
      this.showFirst();
    } else if (app.dataset.view === 'elsewhere') {
      this.showElsewhere();
    } else if (this.person) {
      this.page.relearn();
    } else if (app.dataset.view === 'login') {
      this.showLogin('');
    } else if (app.dataset.view === 'locked') {
      this.showOut('');
    } else if (app.dataset.view === 'trouble') {
      this.open();
    }
  }
}
