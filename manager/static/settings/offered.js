/**
 * Owns what the city prepared for this office: settings to be looked at, people to be invited.
 *
 * @typedef {import('../../../web/types').Offered} OfferedNow
 * @typedef {import('../../../web/types').Invited} Invited
 * @typedef {import('../../../web/types').OfferedPerson} OfferedPerson
 */

import { get, newKey, post } from '/web/api.js';
import { day, t, time, tn } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { View, part } from '/web/staff/view.js';
import { handOver } from '/manager/invited.js';
import { roleName } from '/manager/personform.js';

/** `<ramah-settings-offered>`: hidden where nothing is prepared that is not so yet. */
export class Offered extends View {
  /** @param {(brought: {settings: string, base: number}) => void} bring shows settings to be looked at and saved */
  constructor(bring) {
    super();
    this.bring = bring;
  }

  /** @override */
  build() {
    this.hidden = true;
    this.append(el('section', { class: 'card stack', 'aria-labelledby': 'offered-title' },
      el('h2', { id: 'offered-title' }, t('Prepared by the city')),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { class: 'stack', 'data-part': 'offer' })));
    this.load();
  }

  async load() {
    await this.trying(async () => {
      this.draw(/** @type {OfferedNow} */ (await get('/api/settings/prepared', { as: 'staff' })));
    });
  }

  /** @param {OfferedNow} offer */
  draw(offer) {
    this.hidden = !offer.version;
    if (this.hidden) {
      return;
    }
    const { people, at, name } = offer;
    fill(part(this, '[data-part="offer"]'),
      el('p', { class: 'soft' },
        at ? `${t('{day}, {time}, by {name}', { day: day(at), time: time(at), name })}. ` : '',
        offer.aside ? t('Put aside here; the city sees that.') : t('Nothing changes until you save it.')),
      offer.settings ? this.settings(offer) : null,
      people.length ? this.people(people) : null,
      offer.aside ? null : el('p', {}, el('button', { type: 'button', class: 'button quiet small', onclick: () => this.trying(async () => {
        await post('/api/settings/prepared/aside', { version: offer.version }, { as: 'staff', idempotencyKey: newKey() });
        await this.load();
      }) }, t('Not for us now'))));
  }

  /** @param {OfferedNow} offer */
  settings(offer) {
    const { changes, conflicts, problems } = offer;
    return el('div', { class: 'stack-s' },
      el('b', {}, problems.length ? t('It does not fit here as it is.') : tn('{n} change', '{n} changes', changes.length + conflicts.length)),
      el('ul', { class: 'told-list' },
        ...problems.map((each) => el('li', { class: 'error' }, each.words)),
        ...conflicts.map((words) => el('li', { class: 'error' }, words)),
        ...changes.map((words) => el('li', {}, words))),
      el('p', {}, el('button', { type: 'button', class: 'button', onclick: () => this.bring(offer) }, t('Put it into the form'))),
      el('small', { class: 'soft' }, t('There you look at it, change what does not suit, and save.')));
  }

  /** @param {OfferedPerson[]} people */
  people(people) {
    return el('div', { class: 'stack-s' },
      el('b', {}, t('Invite these people?')),
      el('ul', { class: 'care-list' }, ...people.map((each) => el('li', { class: 'care-item' },
        el('div', { class: 'care-words' }, el('b', {}, each.name), el('small', { class: 'soft' }, `${roleName(each.role)} · ${each.login}`)),
        !each.mine ? el('small', { class: 'soft' }, t('An administrator invites this person.')) : el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('Invite {name}', { name: each.name }), onclick: () => this.trying(async () => {
          await handOver(/** @type {Invited} */ (await post('/api/people', { login: each.login, name: each.name, role: each.role }, { as: 'staff' })));
          await this.load();
        }) }, t('Invite'))))));
  }
}

customElements.define('ramah-settings-offered', Offered);
