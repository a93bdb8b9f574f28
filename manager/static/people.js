/**
 * Owns the people who log in: invited, changed, logged out and locked out by who looks after them, and
 * a new password for who forgot theirs.
 *
 * @typedef {import('../../web/types').StaffPerson} StaffPerson
 * @typedef {import('../../web/types').GivenPassword} GivenPassword
 * @typedef {import('../../web/types').Invited} Invited
 */

import { day, t, time } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { del, get, post } from '/web/api.js';
import { ask } from '/web/staff/dialog.js';
import { Logins } from '/web/staff/logins.js';
import { View, part } from '/web/staff/view.js';
import { handOver, inviteAgain, lockOut } from '/manager/invited.js';
import { askPerson, roleName } from '/manager/personform.js';
import { Readers } from '/manager/readers.js';

/** `<ramah-people>`; give it the `hall` and who is logged in, `me`. */
export class People extends View {
  /** @type {import('/web/hall.js').Hall} */
  hall = /** @type {any} */ (null);
  me = '';

  /** @override */
  build() {
    this.className = 'people';
    this.append(el('section', { class: 'card', 'aria-labelledby': 'people-title' },
      el('div', { class: 'turns-head' },
        el('h2', { id: 'people-title' }, t('People who log in')),
        el('button', { type: 'button', class: 'button small', 'data-part': 'invite', onclick: () => this.invite() }, t('Invite somebody'))),
      el('p', { class: 'soft' }, t('Each person has an own log-in and an own password. Somebody new gets an invitation; who forgot the password gets a new one.')),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('ul', { class: 'care-list', 'data-part': 'people' })));
    if (this.me === 'admin') {
      this.append(new Readers());
    }
    this.load();
  }

  get mayBe() {
    return this.me === 'admin' ? ['staff', 'host', 'supervisor', 'manager', 'admin'] : ['staff', 'host', 'supervisor'];
  }

  get services() {
    return this.hall.state ? this.hall.state.services : [];
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
    if (each.services) {
      notes.push(t('serves {services}', { services: each.services.join(', ') }));
    }
    const more = el('div', { class: 'person-more', hidden: true });
    const { name } = each;
    return el('li', { class: 'care-item', 'data-login': each.login },
      el('div', { class: 'care-words' },
        el('b', {}, name),
        el('small', { class: 'soft' }, notes.join(' · ')),
        each.second_step ? el('small', { class: 'soft' }, t('with a second step at log-in')) : null,
        each.given ? el('small', { class: 'given' }, t('A new password was made and waits for the first log-in.')) : null,
        each.invited ? el('small', { class: 'given' }, each.over ? t('The invitation has run out.') : t('Invited; has not chosen a password yet.')) : null),
      ...(each.helped
        ? [
          each.invited
            ? el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('New invitation for {name}', { name }), onclick: () => this.inviteAgain(each) }, t('New invitation'))
            : el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('New password for {name}', { name }), onclick: () => this.help(each) }, t('New password')),
          el('button', { type: 'button', class: 'button quiet small', 'aria-expanded': 'false', 'aria-label': t('More about {name}', { name }), onclick: (/** @type {Event} */ event) => this.toggle(each, more, /** @type {HTMLElement} */ (event.currentTarget)) }, t('More')),
          more,
        ]
        : []));
  }

  /**
   * @param {StaffPerson} each
   * @param {HTMLElement} more
   * @param {HTMLElement} button
   */
  toggle(each, more, button) {
    more.hidden = !more.hidden;
    button.setAttribute('aria-expanded', String(!more.hidden));
    if (more.hidden) {
      fill(more);
      return;
    }
    const logins = new Logins();
    logins.person = each.id;
    fill(more,
      el('b', {}, t('Where {name} is logged in', { name: each.name })), logins,
      el('div', { class: 'invited-ways' },
        el('button', { type: 'button', class: 'button quiet small', onclick: () => this.change(each) }, t('Change name, role, services')),
        el('button', { type: 'button', class: 'button quiet small', onclick: () => this.lockOut(each) }, t('Lock out')),
        each.second_step ? el('button', { type: 'button', class: 'button quiet small', onclick: () => this.takeOff(each) }, t('The phone is lost')) : null));
  }

  async invite() {
    await this.asking({
      title: t('Invite somebody'),
      confirm: t('Make the invitation'),
      about: { name: '', login: '', role: 'staff', services: null },
      fresh: true,
    }, (about) => post('/api/people', about, { as: 'staff' }));
  }

  /** @param {StaffPerson} each */
  async change(each) {
    await this.asking({
      title: each.name,
      confirm: t('Save'),
      about: each,
      fresh: false,
    }, ({ name, role, services }) => post(`/api/people/${each.id}`, { name, role, services }, { as: 'staff' }));
  }

  /**
   * @param {{title: string, confirm: string, about: import('./personform.js').About, fresh: boolean}} question
   * @param {(about: import('./personform.js').About) => Promise<Invited | undefined>} save
   */
  async asking(question, save) {
    /** @type {Invited | undefined} */
    let made;
    const saved = await askPerson(Object.assign({ mayBe: this.mayBe, services: this.services }, question), async (about) => {
      made = await save(about);
    });
    if (saved) {
      if (made) {
        await handOver(made);
      }
      await this.load();
    }
  }

  /** @param {StaffPerson} each */
  async inviteAgain(each) {
    await inviteAgain(this, `/api/people/${each.id}`);
  }

  /** @param {StaffPerson} each */
  async takeOff(each) {
    const sure = await ask({
      title: t('Take the second step off {name}?', { name: each.name }),
      intro: t('Do so only when this person stands before you. {name} is logged out everywhere, and the password alone lets in until a new app is set up.', { name: each.name }),
      confirm: t('Take the step off'),
      careful: true,
    });
    if (sure) {
      await this.trying(async () => {
        await del(`/api/people/${each.id}/factor`, undefined, { as: 'staff' });
        await this.load();
      });
    }
  }

  /** @param {StaffPerson} each */
  async lockOut(each) {
    await lockOut(this, each.name, `/api/people/${each.id}`);
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

customElements.define('ramah-people', People);
