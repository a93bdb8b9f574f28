/**
 * Owns the list of where somebody is logged in, one's own or a colleague's, and ending what is not
 * wanted any more.
 *
 * @typedef {import('../../types').Login} Login
 * @typedef {import('../../types').LoginList} LoginList
 */

import { del, get } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { day, t, time } from '/web/i18n.js';
import { View, part } from '/web/staff/view.js';

/** `<ramah-logins>`; give it the `person` whose it is, or none for one's own. */
export class Logins extends View {
  person = '';

  /** @override */
  build() {
    this.className = 'logins stack-s';
    this.append(
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('ul', { class: 'plain stack-s', 'data-part': 'list' }),
      el('div', { 'data-part': 'all' }));
    this.load();
  }

  get whose() {
    return this.person ? `?person=${encodeURIComponent(this.person)}` : '';
  }

  async load() {
    await this.trying(async () => {
      const { logins } = /** @type {LoginList} */ (await get(`/api/logins${this.whose}`, { as: 'staff' }));
      fill(part(this, '[data-part="list"]'), ...(logins.length
        ? logins.map((each) => this.line(each))
        : [el('li', { class: 'soft' }, t('Logged in nowhere just now.'))]));
      const others = logins.filter((each) => !each.here).length;
      fill(part(this, '[data-part="all"]'), others > 1
        ? el('button', { type: 'button', class: 'button quiet small', onclick: () => this.end('') },
          this.person ? t('Log out everywhere') : t('Log out everywhere else'))
        : null);
    });
  }

  /** @param {Login} each */
  line(each) {
    const what = [kindName(each.kind), each.browser].filter(Boolean).join(' · ') || t('Unknown browser');
    const used = t('last used {day}, {time}', { day: day(each.used), time: time(each.used) });
    return el('li', { class: 'login-line', 'data-login': each.id },
      el('div', {},
        el('b', {}, what, each.here ? ` · ${t('here')}` : ''),
        el('small', { class: 'soft' }, [used, each.place && t('from {place}', { place: each.place })].filter(Boolean).join(' · '))),
      each.here ? null : el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('Log out: {what}', { what }), onclick: () => this.end(each.id) }, t('Log out')));
  }

  /** @param {string} login empty for all but this one */
  async end(login) {
    await this.trying(async () => {
      await del(`/api/logins${login ? `/${login}` : ''}${this.whose}`, undefined, { as: 'staff' });
    });
    await this.load();
    const list = part(this, '[data-part="list"]'); // what had the focus is gone
    list.tabIndex = -1;
    list.focus();
  }
}

/** @param {string} kind */
function kindName(kind) {
  const names = /** @type {Record<string, string>} */ ({ phone: t('Phone'), tablet: t('Tablet'), computer: t('Computer') });
  return names[kind] || '';
}

customElements.define('ramah-logins', Logins);
