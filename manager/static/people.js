/**
 * Owns the list of people who log in, and making a new password for who forgot theirs: told once,
 * changed at the next log-in.
 *
 * @typedef {import('../../web/types').StaffPerson} StaffPerson
 * @typedef {import('../../web/types').GivenPassword} GivenPassword
 */

import { day, t, time } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { get, post } from '/web/api.js';
import { ask } from '/web/staff/dialog.js';
import { View, part } from '/web/staff/view.js';

/** `<ramah-people>` */
export class People extends View {
  /** @override */
  build() {
    this.className = 'people';
    this.append(el('section', { class: 'card', 'aria-labelledby': 'people-title' },
      el('h2', { id: 'people-title' }, t('People who log in')),
      el('p', { class: 'soft' }, t('Somebody forgot the password? Make a new one here. New people are added by whoever looks after Ramah.')),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('ul', { class: 'care-list', 'data-part': 'people' })));
    this.load();
  }

  async load() {
    await this.trying(async () => {
      const { people } = /** @type {{people: StaffPerson[]}} */ (await get('/api/people', { as: 'staff' }));
      fill(part(this, '[data-part="people"]'), ...people.map((each) => this.person(each)));
    });
  }

  /** @param {StaffPerson} each */
  person(each) {
    const notes = [roleName(each.role), t('logs in as {login}', { login: each.login })];
    return el('li', { class: 'care-item', 'data-login': each.login },
      el('div', { class: 'care-words' },
        el('b', {}, each.name),
        el('small', { class: 'soft' }, notes.join(' · ')),
        each.given ? el('small', { class: 'given' }, t('A new password was made and waits for the first log-in.')) : null),
      each.helped
        ? el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('New password for {name}', { name: each.name }), onclick: () => this.help(each) }, t('New password'))
        : null);
  }

  /** @param {StaffPerson} each */
  async help(each) {
    const sure = await ask({
      title: t('A new password for {name}?', { name: each.name }),
      intro: t('The old one stops working now, and {name} is logged out everywhere.', { name: each.name }),
      confirm: t('Make a new one'),
    });
    if (!sure) {
      return;
    }
    await this.trying(async () => {
      const made = /** @type {GivenPassword} */ (await post(`/api/people/${each.id}/password`, {}, { as: 'staff' }));
      await tell(made);
      await this.load();
    });
  }
}

/**
 * Show a password, the only time there is.
 *
 * @param {GivenPassword} made
 */
async function tell(made) {
  await ask({
    title: t('The new password of {name}', { name: made.name }),
    intro: t('Tell it to this person only. It is shown just once.'),
    fields: [
      el('p', { class: 'told-password number', 'data-part': 'password' }, made.password),
      el('p', { class: 'soft' }, t('{name} logs in as {login} with it and then chooses an own password, by {day}, {time}.', {
        name: made.name, login: made.login, day: day(made.until), time: time(made.until),
      })),
    ],
    confirm: t('I have told it'),
    cancel: '',
  });
}

/** @param {string} role */
function roleName(role) {
  const names = /** @type {Record<string, string>} */ ({ staff: t('staff'), manager: t('manager'), admin: t('administrator') });
  return names[role] || role;
}

customElements.define('ramah-people', People);
