/**
 * Owns the people who read the halls of an agency: invited with their agency, and locked out.
 *
 * @typedef {import('../../web/types').Readers} ReadersAnswer
 * @typedef {import('../../web/types').Reader} Reader
 * @typedef {import('../../web/types').Invited} Invited
 */

import { get, post } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { until } from '/web/staff/dialog.js';
import { View, part } from '/web/staff/view.js';
import { oneLine } from '/web/text.js';
import { handOver, inviteAgain, lockOut } from '/manager/invited.js';
import { howInvited, labelled, nameAndLogin } from '/manager/personform.js';

/** `<ramah-readers>`: hidden where there is no agency to invite people of. */
export class Readers extends View {
  /** @type {string[]} */
  agencies = [];

  /** @override */
  build() {
    this.hidden = true;
    this.append(el('section', { class: 'card', 'aria-labelledby': 'readers-title' },
      el('div', { class: 'turns-head' },
        el('h2', { id: 'readers-title' }, t('People of agencies')),
        el('button', { type: 'button', class: 'button small', 'data-part': 'invite-reader', onclick: () => this.invite() }, t('Invite somebody of an agency'))),
      el('p', { class: 'soft' }, t('They read how the halls of their agency are, and act in none.')),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('ul', { class: 'care-list', 'data-part': 'readers' })));
    this.load();
  }

  async load() {
    await this.trying(async () => {
      const told = /** @type {ReadersAnswer} */ (await get('/api/city/people', { as: 'staff' }));
      this.agencies = told.agencies;
      this.hidden = !told.agencies.length && !told.people.length;
      part(this, '[data-part="invite-reader"]').hidden = !told.agencies.length;
      fill(part(this, '[data-part="readers"]'), ...told.people.map((each) => this.reader(each)));
    });
  }

  /** @param {Reader} each */
  reader(each) {
    const { name } = each;
    return el('li', { class: 'care-item', 'data-login': each.login },
      el('div', { class: 'care-words' },
        el('b', {}, name),
        el('small', { class: 'soft' }, `${each.agency} · ${t('logs in as {login}', { login: each.login })}`),
        each.invited ? el('small', { class: 'given' }, each.over ? t('The invitation has run out.') : t('Invited; has not chosen a password yet.')) : null),
      each.invited ? el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('New invitation for {name}', { name }), onclick: () => this.again(each) }, t('New invitation')) : null,
      el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('Lock {name} out', { name }), onclick: () => this.lockOut(each) }, t('Lock out')));
  }

  async invite() {
    const { name, login, lines, missing } = nameAndLogin('reader');
    const agency = el('select', { id: 'reader-agency', class: 'input' }, ...this.agencies.map((each) => el('option', { value: each }, each)));
    const made = /** @type {Invited | null} */ (await until({
      title: t('Invite somebody of an agency'),
      intro: howInvited(),
      confirm: t('Make the invitation'),
      fields: [...lines, labelled(t('Agency'), agency)],
      missing,
    }, () => post('/api/city/people', { name: oneLine(name.value), login: login.value.trim(), agency: agency.value }, { as: 'staff' })));
    if (made) {
      await handOver(made);
      await this.load();
    }
  }

  /** @param {Reader} each */
  async again(each) {
    await inviteAgain(this, `/api/city/people/${each.id}`);
  }

  /** @param {Reader} each */
  async lockOut(each) {
    await lockOut(this, each.name, `/api/city/people/${each.id}`);
  }
}

customElements.define('ramah-readers', Readers);
