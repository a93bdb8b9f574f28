/**
 * Owns what the settings were: who changed what and when, going back, and bringing a file.
 *
 * @typedef {import('../../../web/types').SettingsHistory} Versions
 * @typedef {import('../../../web/types').SomeSettings} Brought
 */

import { get, post } from '/web/api.js';
import { day, t, time } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { textOf } from '/web/reading.js';
import { ask } from '/web/staff/dialog.js';
import { View, part } from '/web/staff/view.js';

/** `<ramah-settings-history>` */
export class History extends View {
  /** @param {(brought: Brought) => void} bring shows settings to be looked at and saved */
  constructor(bring) {
    super();
    this.bring = bring;
  }

  oldest = 1;

  /** @override */
  build() {
    this.append(el('details', { class: 'card', ontoggle: () => this.load() },
      el('summary', {}, el('b', {}, t('What was changed, and going back'))),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('ol', { class: 'rows', 'data-part': 'versions' }),
      el('button', { type: 'button', class: 'button quiet', 'data-part': 'earlier', hidden: true, onclick: () => this.load(this.oldest) }, t('Earlier versions'))));
  }

  /** @param {number} [below] show versions before this one, too */
  async load(below = 0) {
    const opened = this.querySelector('details');
    if (!opened || !opened.open) {
      return;
    }
    await this.trying(async () => {
      const { versions } = /** @type {Versions} */ (await get(`/api/settings/history${below ? `?below=${below}` : ''}`, { as: 'staff' }));
      const rows = part(this, '[data-part="versions"]');
      const known = below ? Array.from(rows.children) : [];
      this.oldest = versions.length ? versions[versions.length - 1].version : 1;
      part(this, '[data-part="earlier"]').hidden = this.oldest <= 1;
      fill(rows, ...known, ...versions.map((each, index) => el('li', { class: 'setting-version' },
        el('b', {}, t('{day}, {time}, by {name}', { day: day(each.at), time: time(each.at), name: each.name })),
        each.changes.length
          ? el('ul', { class: 'told-list' }, ...each.changes.map((words) => el('li', {}, words)))
          : el('p', { class: 'soft' }, t('The beginning')),
        index || below
          ? el('button', { type: 'button', class: 'button quiet small', onclick: () => this.goBack(each.version) }, t('Go back to this'))
          : el('span', { class: 'chip ok' }, t('In force')))));
    });
  }

  /** @param {number} version */
  async goBack(version) {
    await this.trying(async () => {
      this.bring(await get(`/api/settings/versions/${version}`, { as: 'staff' }));
      window.scrollTo(0, 0);
    });
  }
}

/**
 * Ask for a file and show its settings; nothing is saved yet.
 *
 * @param {(brought: Brought) => void} bring
 */
export function bringFile(bring) {
  const input = el('input', { type: 'file', accept: '.toml,application/toml,text/plain' });
  input.addEventListener('change', async () => {
    const file = (input.files || [])[0];
    if (!file) {
      return;
    }
    try {
      bring(await post('/api/settings/file', { file: await textOf(file) }, { as: 'staff' }));
    } catch (error) {
      await ask({ title: t('This file cannot be read'), intro: /** @type {{detail?: string}} */ (error).detail || String(error), confirm: t('Good'), cancel: '' });
    }
  });
  input.click();
}

customElements.define('ramah-settings-history', History);
