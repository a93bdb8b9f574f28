/**
 * Owns what is prepared for which hall, and what became of it there.
 *
 * @typedef {import('../../web/types').PreparedHall} PreparedHall
 * @typedef {import('../../web/types').CityVoices} CityVoices
 */

import { del, get, post } from '/web/api.js';
import { day, t, tn } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { send } from '/web/send.js';
import { ask, until } from '/web/staff/dialog.js';
import { View, part } from '/web/staff/view.js';
import { oneLine } from '/web/text.js';
import { howInvited, labelled, nameAndLogin, roleName } from '/manager/personform.js';
import { Prepare } from '/manager/prepare.js';

const ROLES = ['staff', 'host', 'supervisor', 'manager', 'admin'];
/** Of more halls than these, what changes is folded away: the list stays one that can be looked over. */
const FEW = 6;
/** A voice is up to 64 MB. */
const UPLOAD_MS = 600000;
const EVERY_MS = 30000;

/** `<ramah-city-prepared>` */
export class CityPrepared extends View {
  /** @type {PreparedHall[]} */
  halls = [];

  /** @override */
  build() {
    this.append(el('section', { class: 'card stack', 'aria-labelledby': 'prepared-title' },
      el('h2', { id: 'prepared-title' }, t('Prepare for the halls')),
      el('p', { class: 'soft' }, t('Holidays, rules, words and people: typed once, for as many halls as you choose. Each office looks at it and takes it, or does not.')),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('ul', { class: 'care-list', 'data-part': 'halls' }),
      el('div', { 'data-part': 'edit', hidden: true })));
    this.load();
    this.every(EVERY_MS, () => document.visibilityState === 'visible' && this.load());
  }

  async load() {
    await this.trying(async () => {
      this.halls = (await get('/api/city/prepared', { as: 'staff' })).halls;
      this.draw();
    }, true);
  }

  draw() {
    const signature = JSON.stringify(this.halls);
    const list = part(this, '[data-part="halls"]');
    if (list.dataset.shown !== signature) {
      list.dataset.shown = signature;
      fill(list, ...this.halls.map((each) => this.item(each)));
    }
  }

  /** @param {PreparedHall} each */
  item(each) {
    const { title } = each;
    return el('li', { class: 'care-item', 'data-hall': each.code },
      el('div', { class: 'care-words' },
        el('b', {}, title),
        el('small', { class: 'soft' }, words(each)),
        each.conflicts.length ? el('ul', { class: 'told-list' }, ...each.conflicts.map((one) => el('li', { class: 'error' }, one))) : null,
        each.changes.length ? this.changes(each.changes) : null,
        each.people.length ? this.people(each) : null),
      each.ready ? el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('Prepare settings: {name}', { name: title }), onclick: () => this.edit(each) }, t('Settings')) : null,
      each.ready ? el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('Prepare people: {name}', { name: title }), onclick: () => this.addPerson(each) }, t('A person')) : null,
      each.ready ? el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('Prepare a voice: {name}', { name: title }), onclick: () => this.voices(each) }, t('A voice')) : null,
      each.at && each.ready ? el('a', { class: 'button quiet small', 'aria-label': t('Settings as a file: {name}', { name: title }), href: `${path(each)}/file`, download: '' }, t('File')) : null,
      each.at ? el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('Take back what is prepared: {name}', { name: title }), onclick: () => this.takeBack(each) }, t('Take it back')) : null);
  }

  /** @param {string[]} changes */
  changes(changes) {
    const list = el('ul', { class: 'told-list' }, ...changes.map((one) => el('li', {}, one)));
    return this.halls.length > FEW ? el('details', {}, el('summary', {}, t('What changes')), list) : list;
  }

  /** @param {PreparedHall} each */
  people(each) {
    return el('ul', { class: 'care-list', 'aria-label': t('To be invited') }, ...each.people.map(({ login, name, role }) => el('li', { class: 'care-item' },
      el('small', { class: 'care-words' }, t('To be invited: {names}', { names: name }), ` (${roleName(role)})`),
      el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('Do not invite {name}', { name }), onclick: () => this.trying(async () => {
        await del(`${path(each)}/people/${encodeURIComponent(login)}`, undefined, { as: 'staff' });
        await this.load();
      }) }, t('Do not invite')))));
  }

  /** @param {PreparedHall} each */
  edit(each) {
    const place = part(this, '[data-part="edit"]');
    const list = part(this, '[data-part="halls"]');
    const form = new Prepare(each, this.halls);
    form.addEventListener('done', () => {
      fill(place);
      place.hidden = true;
      list.hidden = false;
      this.load();
    });
    list.hidden = true;
    place.hidden = false;
    fill(place, form);
  }

  /** @param {PreparedHall} each */
  async addPerson(each) {
    const { name, login, lines, missing } = nameAndLogin('prepared');
    const role = el('select', { id: 'prepared-role', class: 'input' }, ...ROLES.map((one) => el('option', { value: one }, roleName(one))));
    await until({
      title: t('Somebody for {name}', { name: each.title }),
      intro: `${t('The office invites the person when it looks at what is prepared.')} ${howInvited()}`,
      confirm: t('Prepare it'),
      fields: [...lines, labelled(t('May work as'), role)],
      missing,
    }, async () => {
      const people = [{ login: login.value.trim(), name: oneLine(name.value), role: role.value }];
      await post(`${path(each)}/people`, { people }, { as: 'staff' });
      return true;
    });
    await this.load();
  }

  /** @param {PreparedHall} each */
  async voices(each) {
    const address = `${path(each)}/voices`;
    await this.trying(async () => {
      const { voices } = /** @type {CityVoices} */ (await get(address, { as: 'staff' }));
      const file = el('input', { id: 'voice-file', type: 'file', class: 'input', accept: '.zip,application/zip' });
      await until({
        title: t('A voice for {name}', { name: each.title }),
        intro: t('The file of a voice, as the page of the call voices saves it. The office fetches it there, or does not.'),
        confirm: t('Prepare it'),
        fields: [
          voices.length ? this.soFar(each, voices) : el('p', { class: 'soft' }, t('No voice is prepared.')),
          labelled(t('Voice file (.zip)'), file),
        ],
        missing: () => (file.files && file.files.length ? null : t('Please choose a file.')),
      }, () => send(address, /** @type {FileList} */ (file.files)[0], { type: 'application/zip', timeout: UPLOAD_MS }));
    });
  }

  /**
   * @param {PreparedHall} hall
   * @param {CityVoices['voices']} voices
   */
  soFar(hall, voices) {
    return el('ul', { class: 'plain stack-s' }, ...voices.map(({ id, person }) => {
      const gone = () => this.trying(async () => {
        await del(`${path(hall)}/voices/${id}`, undefined, { as: 'staff' });
        line.remove();
      });
      const line = el('li', { class: 'row' }, t('Prepared so far: {names}', { names: person }),
        // a voice of a hall on this server is its own: its people delete it on their page
        hall.here ? null : el('button', { type: 'button', class: 'button quiet small', 'aria-label': t('Delete the voice of {name}', { name: person }), onclick: gone }, t('Delete')));
      return line;
    }));
  }

  /** @param {PreparedHall} each */
  async takeBack(each) {
    const sure = await ask({
      title: t('Take back what is prepared: {name}', { name: each.title }),
      intro: t('What the office has taken already stays there.'),
      confirm: t('Take it back'),
      careful: true,
    });
    if (sure) {
      await this.trying(async () => {
        await del(path(each), undefined, { as: 'staff' });
        await this.load();
      });
    }
  }
}

/** @param {PreparedHall} each */
function path(each) {
  return `/api/city/prepared/${encodeURIComponent(each.code)}`;
}

/**
 * @param {PreparedHall} each
 * @returns {string} how it stands
 */
function words(each) {
  if (!each.ready) {
    return t('Its settings have not come yet.');
  }
  if (!each.at) {
    return t('Nothing is prepared.');
  }
  const made = t('Prepared {day} by {name}.', { day: day(each.at), name: each.name });
  const left = each.changes.length + each.conflicts.length;
  if (!left) {
    return `${made} ${each.people.length ? '' : t('All of it is in force.')}`.trim();
  }
  const open = tn('{n} change is not in force there.', '{n} changes are not in force there.', left);
  const stands = each.aside ? t('The office put it aside.') : each.had || each.here ? t('The office can see it.') : t('It has not reached the office yet.');
  return `${made} ${open} ${stands}`;
}

customElements.define('ramah-city-prepared', CityPrepared);
