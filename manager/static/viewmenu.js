/**
 * Owns the way between the manager's pages: all of them in sight on a wide screen; on a phone, where they
 * would fill the first screen, one button that says where one is and opens them.
 */

import { el, say } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { icon } from '/web/staff/icons.js';
import { View, part } from '/web/staff/view.js';

/** @returns {string[][]} the name in the address, and the words */
export function views() {
  return [
    ['today', t('The day')], ['morning', t('Morning read')], ['satisfaction', t('Satisfaction')], ['comfort', t('Comfort')], ['waits', t('Waits told')], ['forecast', t('Who will come')], ['plan', t('The plan')],
    ['advice', t('Advice')],
    ['reports', t('Reports')], ['log', t('The log')],
    ['settings', t('Settings')], ['devices', t('Devices')], ['person', t('One person')], ['people', t('Staff logins')], ['deeds', t('Who did what')], ['privacy', t('Data of people')], ['backups', t('Backups')],
  ];
}

/** `<ramah-view-menu>`; tell it with `current` which view is shown. */
export class ViewMenu extends View {
  /** @override */
  build() {
    this.className = 'views';
    this.append(
      el('button', { type: 'button', class: 'button quiet views-button', 'aria-expanded': 'false', 'aria-controls': 'views', onclick: () => this.open(!this.opened) },
        icon('rows'), el('span', {}, t('Menu')), el('b', { 'data-part': 'current' }), icon('down')),
      el('nav', { id: 'views', class: 'views-list', 'aria-label': t('Parts of this page') },
        ...views().map(([name, words]) => el('a', { class: 'view-link', href: `#${name}`, 'data-view': name }, words)),
        el('a', { class: 'view-link', href: '/counter/supervisor' }, t('Whole hall')),
        el('a', { class: 'view-link', href: '/display/setup' }, t('Screens and media')),
        el('a', { class: 'view-link', href: '/display/voices' }, t('Call voices')),
        el('a', { class: 'view-link', href: '/kiosk/paper' }, t('Ticket paper'))));
    this.addEventListener('keydown', (event) => event.key === 'Escape' && this.leave());
    part(this, 'nav').addEventListener('click', (event) => event.target instanceof Element && event.target.closest('[data-view]') && this.leave());
  }

  get opened() {
    return this.hasAttribute('data-open');
  }

  /** @param {boolean} wanted */
  open(wanted) {
    this.toggleAttribute('data-open', wanted);
    part(this, '.views-button').setAttribute('aria-expanded', String(wanted));
  }

  /** Fold it, and stay where the keys are: a link that is hidden would lose them. */
  leave() {
    if (this.opened) {
      this.open(false);
      /** @type {HTMLElement} */ (part(this, '.views-button')).focus();
    }
  }

  /** @param {string} chosen */
  current(chosen) {
    for (const link of Array.from(this.querySelectorAll('[data-view]'))) {
      if (link.getAttribute('data-view') === chosen) {
        link.setAttribute('aria-current', 'page');
        say(part(this, '[data-part="current"]'), link.textContent || '');
      } else {
        link.removeAttribute('aria-current');
      }
    }
  }
}

customElements.define('ramah-view-menu', ViewMenu);
