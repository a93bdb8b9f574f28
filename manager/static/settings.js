/**
 * Owns the page of the settings: one part at a time, checked while it is typed, and told in words what
 * changes before it is saved: now, or from a time on.
 *
 * @typedef {import('../../web/types').Settings} SettingsNow
 * @typedef {import('../../web/types').SettingsCheck} Check
 * @typedef {import('../../web/types').FormField} FormField
 */

import { del, get, post, LinkError, ProblemError } from '/web/api.js';
import { day, t, time, tn } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { ask } from '/web/staff/dialog.js';
import { View, part } from '/web/staff/view.js';
import { fieldsOf, one } from '/manager/settings/form.js';
import { Days } from '/manager/settings/days.js';
import { History, bringFile } from '/manager/settings/history.js';
import { Preview } from '/manager/settings/preview.js';
import { Week } from '/manager/settings/week.js';
import { field, showProblems } from '/manager/setup/fields.js';

const PAUSE_MS = 500;
const AGAIN_MS = 2000;
/** Settings of the office that stand together, though the file has no block for them. */
const OFFICE = 'office';
const CALENDAR = ['hours', 'closed_dates', 'special_days', 'seasons'];

/** `<ramah-settings>` */
export class Settings extends View {
  /** @type {SettingsNow | null} */
  now = null;
  /** @type {any} what is typed */
  mine = null;
  base = 0;
  section = OFFICE;
  timer = 0;
  /** Counts the questions: of several under way, only the newest is about what is typed now. */
  asked = 0;
  /** @type {Check | null} */
  checked = null;
  /** @type {Week | null} */
  week = null;
  /** @type {Days | null} */
  days = null;

  /** @override */
  build() {
    this.className = 'settings';
    this.append(
      el('div', { class: 'notices', 'data-part': 'problem', role: 'alert' }),
      el('div', { class: 'card stack', 'data-part': 'planned', hidden: true }),
      el('div', { class: 'settings-body' },
        el('nav', { class: 'settings-nav', 'aria-label': t('Parts of the settings'), 'data-part': 'nav' }),
        el('div', { class: 'card stack settings-form', 'data-part': 'form' })),
      el('section', { class: 'card stack settings-save', 'data-part': 'save', hidden: true, 'aria-label': t('What changes') }),
      new Preview(() => JSON.stringify(this.mine)),
      el('p', { class: 'row' },
        el('a', { class: 'button quiet', href: '/api/settings/file', download: '' }, t('Take the settings as a file')),
        el('button', { type: 'button', class: 'button quiet', onclick: () => bringFile((brought) => this.take(brought.settings, brought.base)) }, t('Bring a file'))),
      new History((brought) => this.take(brought.settings, brought.base)));
    this.load();
  }

  async load() {
    await this.trying(async () => {
      this.now = /** @type {SettingsNow} */ (await get('/api/settings', { as: 'staff' }));
      this.take(this.now.draft || this.now.settings, this.now.draft ? this.now.draft_base : this.now.version);
    });
  }

  /**
   * @param {string} settings JSON text, to be looked at and saved
   * @param {number} base the version they were made from
   */
  take(settings, base) {
    this.mine = whole(JSON.parse(settings), /** @type {SettingsNow} */ (this.now).form);
    this.base = base;
    this.show();
    this.check(false);
  }

  /** @returns {[string, string, FormField[]][]} name, words and fields of each part */
  sections() {
    const { form } = /** @type {SettingsNow} */ (this.now);
    const plain = form.filter((each) => !each.fields.length && !CALENDAR.includes(each.name));
    const calendar = form.filter((each) => CALENDAR.includes(each.name));
    const blocks = form.filter((each) => each.fields.length && !CALENDAR.includes(each.name));
    return [
      [OFFICE, t('Office'), plain],
      ['calendar', t('Hours and calendar'), calendar],
      .../** @type {[string, string, FormField[]][]} */ (blocks.map((each) => [each.name, each.label, [each]])),
    ];
  }

  show() {
    const context = {
      settings: this.mine,
      languages: /** @type {SettingsNow} */ (this.now).languages,
      changed: () => this.changed(),
    };
    const all = this.sections();
    const chosen = all.find(([name]) => name === this.section) || all[0];
    fill(part(this, '[data-part="nav"]'), ...all.map(([name, words]) => el('button', {
      type: 'button', class: 'view-link', 'data-section': name, 'aria-current': name === chosen[0] ? 'true' : undefined,
      onclick: () => {
        this.section = name;
        this.show();
        this.tell();
      },
    }, words)));
    const [, words, fields] = chosen;
    const single = fields.length === 1 && fields[0].kind === 'block' && !fields[0].optional;
    fill(part(this, '[data-part="form"]'), el('h2', {}, words), ...(chosen[0] === 'calendar' ? this.calendar() : []),
      ...(single ? fieldsOf(fields[0].fields, this.mine[fields[0].name], fields[0].name, context) : fields.map((each) => one(each, this.mine, each.name, context))));
    this.showPlanned();
  }

  /** What the calendar has besides its fields; it stays when the fields are drawn anew. */
  calendar() {
    if (!this.week || this.week.settings !== this.mine) {
      this.week = new Week(this.mine);
      this.days = new Days({ settings: this.mine, changed: () => this.changed(), redraw: () => this.show() });
    }
    return [this.week, /** @type {Days} */ (this.days)];
  }

  changed() {
    window.clearTimeout(this.timer);
    // what is saved was told before: not yet what was typed just now
    this.querySelectorAll('[data-ready]').forEach((each) => each.setAttribute('disabled', ''));
    this.timer = window.setTimeout(() => this.check(true), PAUSE_MS);
  }

  /** @param {boolean} keep whether it is kept as a draft, too */
  async check(keep) {
    this.asked += 1;
    const { asked: number } = this;
    await this.trying(async () => {
      const asked = { settings: JSON.stringify(this.mine), base: this.base };
      const checked = /** @type {Check} */ (await post('/api/settings/check', asked, { as: 'staff' }).catch((error) => {
        if (error instanceof LinkError && number === this.asked) {
          this.timer = window.setTimeout(() => this.check(keep), AGAIN_MS);
        }
        throw error;
      }));
      if (number !== this.asked) {
        return;
      }
      this.checked = checked;
      this.tell();
      if (this.week && this.week.isConnected) {
        this.week.look();
      }
      if (keep) {
        await post('/api/settings/draft', asked, { as: 'staff' });
      }
      if (!checked.problems.length) {
        /** @type {Preview} */ (this.querySelector('ramah-settings-preview')).look();
      }
    });
  }

  /** Say what is wrong beside its field, and what would change below. */
  tell() {
    const { checked } = this;
    if (!checked) {
      return;
    }
    const left = showProblems(part(this, '[data-part="form"]'), checked.problems);
    const place = part(this, '[data-part="save"]');
    const { changes, conflicts } = checked;
    place.hidden = !(changes.length || conflicts.length || checked.problems.length);
    const ready = !checked.problems.length && !conflicts.length && changes.length > 0;
    fill(place,
      el('h2', {}, checked.problems.length ? t('Not right yet') : conflicts.length ? t('Somebody changed the same') : tn('{n} change', '{n} changes', changes.length)),
      el('ul', { class: 'told-list', 'aria-live': 'polite' },
        ...left.concat(left.length ? [] : checked.problems).map((each) => el('li', { class: 'error' }, each.words)),
        ...conflicts.map((each) => el('li', { class: 'error' }, each)),
        ...changes.map((each) => el('li', {}, each))),
      el('div', { class: 'row' },
        el('button', { type: 'button', class: 'button', 'data-ready': '', disabled: !ready, onclick: () => this.save('') }, t('Save, in force now')),
        el('button', { type: 'button', class: 'button quiet', 'data-ready': '', disabled: !ready, onclick: () => this.plan() }, t('From a time on…')),
        conflicts.length ? el('button', { type: 'button', class: 'button quiet', onclick: () => this.mineGoesOn() }, t('Mine shall count')) : null,
        el('button', { type: 'button', class: 'button quiet', onclick: () => this.discard() }, t('Leave everything as it is'))));
  }

  /** Look at mine as a change of what is in force now; it is told again before it is saved. */
  mineGoesOn() {
    this.base = /** @type {Check} */ (this.checked).version;
    this.check(true);
  }

  /** @param {string} at office clock, empty for now */
  async save(at) {
    await this.trying(async () => {
      try {
        await post('/api/settings', { settings: JSON.stringify(this.mine), base: this.base, at }, { as: 'staff' });
      } catch (error) {
        if (error instanceof ProblemError && error.slug === 'settings-changed') {
          await this.check(false);
        }
        throw error;
      }
      window.clearTimeout(this.timer);
      this.checked = null;
      part(this, '[data-part="save"]').hidden = true;
      await this.load();
      /** @type {History} */ (this.querySelector('ramah-settings-history')).load();
    });
  }

  async plan() {
    const input = el('input', { type: 'datetime-local', class: 'input', required: true });
    const sure = await ask({
      title: t('From when on?'),
      intro: t('By the clock of the office. Until then everything stays as it is; it can be taken back.'),
      fields: [field(t('Day and time'), input)],
      confirm: t('Plan it'),
      check: () => (input.value ? null : t('Please choose a day and a time.')),
    });
    if (sure) {
      await this.save(input.value);
    }
  }

  async discard() {
    await this.trying(async () => {
      window.clearTimeout(this.timer);
      await del('/api/settings/draft', undefined, { as: 'staff' });
      await this.load();
    });
  }

  showPlanned() {
    const place = part(this, '[data-part="planned"]');
    const { planned } = /** @type {SettingsNow} */ (this.now);
    place.hidden = !planned.length;
    fill(place, el('h2', {}, t('Planned')), ...planned.map((each) => el('div', { class: 'stack-s' },
      el('b', {}, t('{day}, {time}, by {name}', { day: day(each.at), time: time(each.at), name: each.name })),
      each.trouble ? el('p', { class: 'banner warn' }, t('It did not come into force: {why}', { why: each.trouble })) : null,
      el('ul', { class: 'told-list' }, ...each.changes.map((words) => el('li', {}, words))),
      el('p', {}, el('button', { type: 'button', class: 'button quiet small', onclick: () => this.trying(async () => {
        await del(`/api/settings/planned/${each.id}`, undefined, { as: 'staff' });
        await this.load();
      }) }, t('Take it back'))))));
  }
}

/**
 * Settings with every value, also those that a file leaves out.
 *
 * @param {any} values
 * @param {FormField[]} fields
 */
function whole(values, fields) {
  for (const each of fields) {
    if (values[each.name] === undefined && each.default) {
      values[each.name] = JSON.parse(each.default);
    }
    const value = values[each.name];
    if (each.kind === 'block' && value) {
      whole(value, each.fields);
    } else if (each.kind === 'blocks' && Array.isArray(value)) {
      value.forEach((entry) => whole(entry, each.fields));
    }
  }
  return values;
}

customElements.define('ramah-settings', Settings);
