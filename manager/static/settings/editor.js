/**
 * Owns what every form of the settings has in common: one part at a time, and asked about while it is typed.
 *
 * @typedef {import('../../../web/types').FormField} FormField
 * @typedef {import('../../../web/types').SettingProblem} Problem
 */

import { LinkError } from '/web/api.js';
import { t } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { View, part } from '/web/staff/view.js';
import { fieldsOf, one } from '/manager/settings/form.js';

const PAUSE_MS = 500;
const AGAIN_MS = 2000;
/** Settings of the office that stand together, though the file has no block for them. */
const OFFICE = 'office';
const CALENDAR = ['hours', 'closed_dates', 'special_days', 'seasons'];

/**
 * Part `problem`, and those of `editor()`, are its own.
 *
 * @template {{problems: Problem[]}} Answer
 */
export class SettingsEditor extends View {
  /** @type {FormField[]} */
  form = [];
  /** @type {string[]} */
  languages = [];
  /** @type {any} what is typed */
  mine = null;
  base = 0;
  section = OFFICE;
  timer = 0;
  /** Counts the questions: of several under way, only the newest is about what is typed now. */
  asked = 0;
  /** @type {Answer | null} */
  checked = null;

  /** @returns {HTMLElement} the parts and the fields of one */
  editor() {
    return el('div', { class: 'settings-body' },
      el('nav', { class: 'settings-nav', 'aria-label': t('Parts of the settings'), 'data-part': 'nav' }),
      el('div', { class: 'card stack settings-form', 'data-part': 'form' }));
  }

  /**
   * Ask what settings mean.
   *
   * @param {{settings: string, base: number}} _asked
   * @returns {Promise<Answer>}
   */
  ask(_asked) {
    throw new Error('each form has its own question');
  }

  /** Say what the newest answer means. */
  tell() {}

  /** @returns {HTMLElement[]} what the calendar has besides its fields */
  calendar() {
    return [];
  }

  /**
   * Done once what is typed was checked.
   *
   * @param {{settings: string, base: number}} _asked
   * @param {boolean} _keep whether somebody typed it
   */
  async checkedWell(_asked, _keep) {}

  /**
   * @param {string} settings JSON text, to be looked at and saved
   * @param {number} base the version they were made from
   */
  take(settings, base) {
    this.mine = whole(JSON.parse(settings), this.form);
    this.base = base;
    this.show();
    this.check(false);
  }

  /** @returns {[string, string, FormField[]][]} name, words and fields of each part */
  sections() {
    const { form } = this;
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
      form: this.form,
      languages: this.languages,
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
      const checked = await this.ask(asked).catch((error) => {
        if (error instanceof LinkError && number === this.asked) {
          this.timer = window.setTimeout(() => this.check(keep), AGAIN_MS);
        }
        throw error;
      });
      if (number !== this.asked) {
        return;
      }
      this.checked = checked;
      this.tell();
      await this.checkedWell(asked, keep);
    });
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
