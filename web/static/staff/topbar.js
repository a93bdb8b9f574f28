/** Owns the bar at the top of the staff pages: where one is, the language, who is here, and the link. */

import { languageChanges, language, setLanguage, t, time, zoneLabel } from '/web/i18n.js';
import { el, fill, say } from '/web/dom.js';
import { languageName } from '/web/staff/format.js';
import { icon } from '/web/staff/icons.js';
import { objectInOurWords } from '/web/staff/missing.js';
import { View, part } from '/web/staff/view.js';

/**
 * @typedef {import('../../types').Person} Person
 * @typedef {import('/web/hall.js').Hall} Hall
 */

/** Before this, a page that just opened is still connecting and need not worry anybody. */
const PATIENCE_MS = 2500;

/** `<ramah-topbar>`; fires `logout`. Between title and person there is room for the page's own things. */
export class TopBar extends View {
  /** @type {Person | null} */
  person = null;
  /** @type {Hall | null} */
  hall = null;
  heading = '';
  /** @type {Node[]} */
  middle = [];
  /** @type {Node[]} */
  tools = [];

  /** @override */
  build() {
    this.className = 'topbar';
    const languages = (document.documentElement.dataset.languages || 'id en').split(' ');
    this.append(
      el('header', { class: 'bar' },
        el('a', { class: 'brand', href: '/' }, el('img', { src: '/web/icon.svg', alt: 'Ramah', width: 36, height: 36 })),
        el('p', { class: 'place' }, el('b', {}, this.heading), el('small', {}, this.person ? this.person.branch.name : '')),
        el('div', { class: 'middle' }, ...this.middle),
        el('div', { class: 'tools' }, ...this.tools),
        el('span', { class: 'clock number', 'data-part': 'clock' }),
        el('div', { class: 'tongues', role: 'group', 'aria-label': t('Language') },
          ...languages.map((lang) => el('button', {
            type: 'button',
            class: 'tongue',
            lang,
            'aria-pressed': String(lang === language()),
            'aria-label': `${lang.toUpperCase()} ${languageName(lang)}`,
            title: languageName(lang),
            onclick: () => setLanguage(lang, { remember: true }),
          }, lang.toUpperCase())),
        ),
        this.person
          ? el('div', { class: 'person' },
              el('button', {
                type: 'button',
                class: 'person-button',
                title: t('Your log-in'),
                onclick: () => import('/web/staff/account.js').then((room) => this.person && room.showAccount(this.person)),
              }, icon('people'), el('span', { class: 'person-name' }, this.person.name)),
              el('button', { type: 'button', class: 'button quiet', onclick: () => this.dispatchEvent(new Event('logout')) }, t('Log out')))
          : null,
      ),
      el('div', { class: 'link-lost', role: 'alert' }),
    );
    if (this.hall) {
      this.opened = performance.now();
      this.follow(this.hall, 'online', () => this.render());
      this.follow(this.hall, 'change', () => this.render());
      this.follow(this.hall, 'stale', () => this.render());
      this.every(1000, () => this.render());
    } else {
      this.every(10000, () => this.render());
    }
  }

  opened = 0;
  said = '';

  /** @override */
  render() {
    const now = this.hall ? this.hall.now() : Date.now();
    say(part(this, '[data-part="clock"]'), this.person ? `${time(now)} ${zoneLabel()}`.trim() : '');
    const patient = this.hall && !this.hall.state && performance.now() - this.opened < PATIENCE_MS;
    const lost = Boolean(this.hall && !this.hall.online && !patient);
    const words = lost ? 'lost' : this.hall && this.hall.stale ? 'stale' : '';
    const told = this.querySelector('.link-lost');
    if (words === this.said && told && told.childElementCount === (words ? 1 : 0)) {
      return;
    }
    this.said = words;
    const place = part(this, '.link-lost');
    if (words === 'lost') {
      fill(place, el('p', { class: 'banner danger' }, icon('link'), el('span', {},
        el('b', {}, t('The link to the server is lost.')), ' ',
        t('All numbers are safe. We keep trying; please wait a moment before the next step.'))));
    } else if (words === 'stale') {
      fill(place, el('p', { class: 'banner' }, icon('info'), el('span', {}, t('This page has been renewed. Please load it again when it suits you.')),
        el('button', { type: 'button', class: 'button quiet small', onclick: () => location.reload() }, t('Load again'))));
    } else {
      fill(place);
    }
  }
}

/**
 * Put the page's parts on the screen again whenever its language changes.
 *
 * @param {() => void} show
 */
export function onLanguage(show) {
  languageChanges.addEventListener('change', show);
}

customElements.define('ramah-topbar', TopBar);
objectInOurWords();
