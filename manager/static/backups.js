/**
 * Owns the page of backups: how old the last good one is, how the last ones went, one now, and the plan.
 *
 * @typedef {import('../../web/types').Backups} Backups
 * @typedef {import('../../web/types').BackupMade} BackupMade
 */

import { get, newKey, post } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { dateFormat, number, t, tn } from '/web/i18n.js';
import { View, part } from '/web/staff/view.js';
import { planForm } from '/manager/backupform.js';

/** While one is made, and else: it changes without an event. */
const SOON_MS = 2000;
const LATER_MS = 60000;
const MB = 1e6;
/** @type {Intl.DateTimeFormatOptions} */
const WHEN = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

/** `<ramah-backups>`; `admin` may plan them and make one now. */
export class BackupsView extends View {
  admin = false;
  planning = false;
  timer = 0;

  /** @override */
  build() {
    this.className = 'privacy backups';
    this.append(
      el('section', { class: 'card', 'aria-labelledby': 'backups-title' },
        el('h2', { id: 'backups-title' }, t('Backups')),
        el('div', { 'data-part': 'now', role: 'status' }),
        el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
        el('div', { class: 'actions', 'data-part': 'act' })),
      el('section', { class: 'card', 'aria-labelledby': 'plan-title', 'data-part': 'plan', hidden: true },
        el('h2', { id: 'plan-title' }, t('The plan for backups')),
        el('div', { 'data-part': 'form' })),
      el('section', { class: 'card', 'aria-labelledby': 'made-title', 'data-part': 'made', hidden: true },
        el('h2', { id: 'made-title' }, t('The last ones')),
        el('div', { class: 'turns-scroll', tabIndex: 0, role: 'region', 'aria-labelledby': 'made-title' },
          el('table', { class: 'table' },
            el('thead', {}, el('tr', {}, ...[t('Time'), t('How it went'), t('Size')].map((name) => el('th', { scope: 'col' }, name)))),
            el('tbody', {})))));
    this.ending.signal.addEventListener('abort', () => window.clearTimeout(this.timer), { once: true });
    this.load();
  }

  async load() {
    /** @type {Backups | null} */
    let told = null;
    await this.trying(async () => {
      told = await get('/api/backups', { as: 'staff' });
      this.show(/** @type {Backups} */ (told));
    });
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.load(), told && /** @type {Backups} */ (told).asked ? SOON_MS : LATER_MS);
  }

  /** @param {Backups} told */
  show(told) {
    fill(part(this, '[data-part="now"]'), ...standing(told));
    fill(part(this, '[data-part="act"]'), ...(this.admin ? this.acts(told) : []));
    part(this, '[data-part="plan"]').hidden = !this.planning;
    part(this, '[data-part="made"]').hidden = told.made.length === 0;
    fill(part(this, 'tbody'), ...told.made.map(row));
  }

  /** @param {Backups} told */
  acts(told) {
    const make = told.asked ? t('One is being made …') : t('Make one now');
    const plan = told.planned ? t('Change the plan') : t('Plan backups');
    return [
      told.planned ? el('button', { type: 'button', class: 'button', disabled: told.asked, onclick: () => this.ask() }, make) : null,
      told.several || this.planning ? null : el('button', { type: 'button', class: told.planned ? 'button quiet' : 'button', onclick: () => this.plan(told) }, plan),
    ];
  }

  /** @param {Backups} told */
  plan(told) {
    this.planning = true;
    const place = part(this, '[data-part="form"]');
    fill(place, planForm(told, () => {
      this.planning = false;
      fill(place);
      this.load();
    }));
    this.show(told);
    /** @type {HTMLElement} */ (place.querySelector('input')).focus();
  }

  ask() {
    return this.trying(async () => {
      await post('/api/backups', {}, { as: 'staff', idempotencyKey: newKey() });
      await this.load();
    });
  }
}

/** @param {Backups} told */
function standing(told) {
  if (!told.planned) {
    return [
      el('p', { class: 'banner warn' }, t('No backups are planned. If this machine breaks, everything is lost.')),
      told.several ? el('p', { class: 'soft' }, t('Whoever looks after the server plans them in one line: ramah backups plan, followed by the folder or stick.')) : null,
    ];
  }
  const age = told.age_hours === null ? t('None was made yet.')
    : told.age_hours === 0 ? t('The last one is fresh: made within the hour.')
      : tn('The last good one is {n} hour old.', 'The last good one is {n} hours old.', told.age_hours);
  return [
    el('p', { class: told.late ? 'banner warn' : 'backup-age' }, told.late ? `${age} ${told.bucket || told.folder.startsWith('s3:') ? t('That is too long. How the last one went stands below.') : t('That is too long. Is the stick plugged in?')}` : age),
    el('p', { class: 'soft' }, t('Every day at {at}, to {folder}; {keep} stay.', { at: told.at, folder: told.folder, keep: number(told.keep) }),
      ' ', told.sealed ? t('They are encrypted.') : t('They are not encrypted: keep them locked away.')),
    told.same_disk ? el('p', { class: 'banner warn' }, t('This folder is on the same disk as the data: if that disk breaks, both are gone. Choose a stick, another machine, or a store in the network.')) : null,
  ];
}

/** @param {BackupMade} each */
function row(each) {
  return el('tr', { class: each.error ? 'failed' : '' },
    el('th', { scope: 'row' }, el('time', { class: 'number', dateTime: each.at }, dateFormat(WHEN).format(new Date(each.at)))),
    el('td', {}, each.error || t('Made, and restored to check it')),
    el('td', { class: 'number' }, each.error ? '–' : `${number(Math.max(0.1, Math.round((each.bytes / MB) * 10) / 10))} MB`));
}

customElements.define('ramah-backups', BackupsView);
