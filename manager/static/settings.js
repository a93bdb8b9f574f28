/**
 * Owns the page of the settings: one part at a time, checked while it is typed, and told in words what
 * changes before it is saved: now, or from a time on.
 *
 * @typedef {import('../../web/types').Settings} SettingsNow
 * @typedef {import('../../web/types').SettingsCheck} Check
 */

import { del, get, post, ProblemError } from '/web/api.js';
import { day, t, time, tn } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { ask } from '/web/staff/dialog.js';
import { part } from '/web/staff/view.js';
import { Days } from '/manager/settings/days.js';
import { Draft } from '/manager/settings/draft.js';
import { SettingsEditor } from '/manager/settings/editor.js';
import { History, bringFile } from '/manager/settings/history.js';
import { Offered } from '/manager/settings/offered.js';
import { Preview } from '/manager/settings/preview.js';
import { Week } from '/manager/settings/week.js';
import { field, showProblems } from '/manager/setup/fields.js';

/**
 * `<ramah-settings>`
 *
 * @extends {SettingsEditor<Check>}
 */
export class Settings extends SettingsEditor {
  /** @type {SettingsNow | null} */
  now = null;
  /** @type {Week | null} */
  week = null;
  /** @type {Days | null} */
  days = null;
  /** Something stands in the form that a person typed and did not save. */
  typed = false;
  draft = new Draft({
    typed: () => ({ settings: JSON.stringify(this.mine), base: this.base }),
    take: ({ settings, base }) => this.take(settings, base),
    tell: () => this.tell(),
  });

  /** @override */
  build() {
    this.className = 'settings';
    this.append(
      el('div', { class: 'notices', 'data-part': 'problem', role: 'alert' }),
      new Offered((brought) => this.bring(brought)),
      el('div', { class: 'card stack', 'data-part': 'planned', hidden: true }),
      this.editor(),
      el('section', { class: 'card stack settings-save', 'data-part': 'save', hidden: true, 'aria-label': t('What changes') }),
      new Preview(() => JSON.stringify(this.mine)),
      el('p', { class: 'row' },
        el('a', { class: 'button quiet', href: '/api/settings/file', download: '' }, t('Take the settings as a file')),
        el('button', { type: 'button', class: 'button quiet', onclick: () => bringFile((brought) => this.bring(brought)) }, t('Bring a file'))),
      new History((brought) => this.bring(brought)));
    this.load();
  }

  async load() {
    await this.trying(async () => {
      this.now = /** @type {SettingsNow} */ (await get('/api/settings', { as: 'staff' }));
      this.form = this.now.form;
      this.languages = this.now.languages;
      this.draft.begin(this.now);
      this.typed = Boolean(this.now.draft);
      this.take(this.now.draft || this.now.settings, this.now.draft ? this.now.draft_base : this.now.version);
    });
  }

  /** @param {{settings: string, base: number}} brought from a file, an earlier version or the city */
  async bring({ settings, base }) {
    const instead = !this.typed || await ask({
      title: t('Put this in place of what you typed?'),
      intro: t('What you typed here is gone then. The settings in force stay as they are.'),
      cancel: t('Keep what I typed'),
      confirm: t('Put it in its place'),
      careful: true,
    });
    if (instead) {
      await this.settled();
      this.typed = false;
      this.take(settings, base);
    }
  }

  /** @override */
  changed() {
    this.typed = true;
    super.changed();
  }

  /** @override */
  show() {
    super.show();
    this.showPlanned();
  }

  /** @override */
  calendar() {
    if (!this.week || this.week.settings !== this.mine) {
      this.week = new Week(this.mine);
      this.days = new Days({ settings: this.mine, changed: () => this.changed(), redraw: () => this.show() });
    }
    return [this.week, /** @type {Days} */ (this.days)];
  }

  /**
   * @override
   * @param {{settings: string, base: number}} asked
   */
  ask(asked) {
    return /** @type {Promise<Check>} */ (post('/api/settings/check', asked, { as: 'staff' }));
  }

  /**
   * @override
   * @param {{settings: string, base: number}} asked
   * @param {boolean} keep
   */
  async checkedWell(asked, keep) {
    const { checked } = this;
    if (this.week && this.week.isConnected) {
      this.week.look();
    }
    if (keep) {
      await this.draft.keep(asked);
    }
    if (checked && !checked.problems.length) {
      /** @type {Preview} */ (this.querySelector('ramah-settings-preview')).look();
    }
  }

  /**
   * Say what is wrong beside its field, and what would change below.
   *
   * @override
   */
  tell() {
    const { checked } = this;
    if (!checked) {
      return;
    }
    const left = showProblems(part(this, '[data-part="form"]'), checked.problems);
    const place = part(this, '[data-part="save"]');
    const { changes, conflicts } = checked;
    const { open } = this.draft;
    place.hidden = !(open || changes.length || conflicts.length || checked.problems.length);
    this.classList.toggle('telling', !place.hidden);
    const ready = !open && !checked.problems.length && !conflicts.length && changes.length > 0;
    fill(place,
      ...this.draft.choice((work) => this.trying(work)),
      el('h2', {}, checked.problems.length ? t('Not right yet') : conflicts.length ? t('Somebody changed the same') : tn('{n} change', '{n} changes', changes.length)),
      el('ul', { class: 'told-list', 'aria-live': 'polite' },
        ...left.concat(left.length ? [] : checked.problems).map((each) => el('li', { class: 'error' }, each.words)),
        ...conflicts.map((each) => el('li', { class: 'error' }, each)),
        ...changes.map((each) => el('li', {}, each))),
      el('div', { class: 'row' },
        el('button', { type: 'button', class: 'button', 'data-ready': '', disabled: !ready, onclick: () => this.save('') }, t('Save, in force now')),
        el('button', { type: 'button', class: 'button quiet', 'data-ready': '', disabled: !ready, onclick: () => this.plan() }, t('From a time on…')),
        conflicts.length ? el('button', { type: 'button', class: 'button quiet', onclick: () => this.mineGoesOn() }, t('Mine shall count')) : null,
        el('button', { type: 'button', class: 'button quiet', disabled: open, onclick: () => this.discard() }, t('Leave everything as it is'))));
    const typed = document.activeElement;
    if (typed && !place.hidden && part(this, '[data-part="form"]').contains(typed)) {
      typed.scrollIntoView({ block: 'nearest' }); // what is told below came after it
    }
  }

  /** Look at mine as a change of what is in force now; it is told again before it is saved. */
  mineGoesOn() {
    this.base = /** @type {Check} */ (this.checked).version;
    this.check(true);
  }

  /**
   * @param {string} at office clock, empty for now
   * @param {string} [until] when all is as before again
   */
  async save(at, until = '') {
    await this.trying(async () => {
      await this.settled();
      try {
        await post('/api/settings', { settings: JSON.stringify(this.mine), base: this.base, at, until, seen: this.draft.seen }, { as: 'staff' });
      } catch (error) {
        if (error instanceof ProblemError && error.slug === 'settings-changed') {
          await this.check(false);
        }
        throw error;
      }
      this.checked = null;
      part(this, '[data-part="save"]').hidden = true;
      this.classList.remove('telling');
      await this.load();
      /** @type {History} */ (this.querySelector('ramah-settings-history')).load();
      /** @type {Offered} */ (this.querySelector('ramah-settings-offered')).load();
    });
  }

  async plan() {
    const input = el('input', { type: 'datetime-local', class: 'input', required: true });
    const end = el('input', { type: 'datetime-local', class: 'input' });
    const sure = await ask({
      title: t('From when on?'),
      intro: t('By the clock of the office. Until then everything stays as it is; it can be taken back.'),
      fields: [
        field(t('Day and time'), input),
        field(t('Until when? It may stay empty.'), end, { hint: t('Then everything that this changes is as it was before.') }),
      ],
      confirm: t('Plan it'),
      check: () => (!input.value
        ? t('Please choose a day and a time.')
        : end.value && end.value <= input.value ? t('The end must come after the beginning.') : null),
    });
    if (sure) {
      await this.save(input.value, end.value);
    }
  }

  /** Nothing that was typed before is still on its way: it would be a draft again afterwards. */
  async settled() {
    window.clearTimeout(this.timer);
    this.asked += 1;
    await this.draft.sending;
  }

  async discard() {
    const sure = await ask({
      title: t('Leave everything as it is?'),
      intro: t('What you typed here is gone then. The settings in force stay as they are.'),
      cancel: t('Keep what I typed'),
      confirm: t('Let it go'),
      careful: true,
    });
    if (sure) {
      await this.trying(async () => {
        await this.settled();
        await this.draft.forget();
        await this.load();
      });
    }
  }

  showPlanned() {
    const place = part(this, '[data-part="planned"]');
    const { planned } = /** @type {SettingsNow} */ (this.now);
    place.hidden = !planned.length;
    const endOf = new Map(planned.map((each) => [each.follows, each]));
    /** @param {string} id */
    const until = (id) => {
      const end = endOf.get(id);
      return end ? el('p', {}, t('Until {day}, {time}; then it is as it was before.', { day: day(end.at), time: time(end.at) })) : null;
    };
    fill(place, el('h2', {}, t('Planned')), ...planned.map((each) => el('div', { class: 'stack-s' },
      el('b', {}, t('{day}, {time}, by {name}', { day: day(each.at), time: time(each.at), name: each.name })),
      each.follows ? el('span', {}, t('Back as it was before')) : until(each.id),
      each.trouble ? el('p', { class: 'banner warn' }, t('It did not come into force: {why}', { why: each.trouble })) : null,
      el('ul', { class: 'told-list' }, ...each.changes.map((words) => el('li', {}, words))),
      each.waits ? el('small', { class: 'soft' }, t('Begins once the change before it is in force. What others change meanwhile stays.')) : null,
      el('p', { class: 'row' }, each.waits ? null : el('button', { type: 'button', class: 'button quiet small', onclick: () => this.trying(async () => {
        this.bring(await get(`/api/settings/planned/${each.id}`, { as: 'staff' }));
      }) }, t('Show it in the form')), el('button', { type: 'button', class: 'button quiet small', onclick: () => this.trying(async () => {
        await del(`/api/settings/planned/${each.id}`, undefined, { as: 'staff' });
        this.now = /** @type {SettingsNow} */ (await get('/api/settings', { as: 'staff' }));
        this.showPlanned(); // what is typed stays
      }) }, endOf.has(each.id) ? t('Take both back') : t('Take it back'))))));
  }
}

customElements.define('ramah-settings', Settings);
