/**
 * Owns preparing settings for halls: those of one are changed in the usual form, and go to all that are chosen.
 *
 * @typedef {import('../../web/types').Preparing} Preparing
 * @typedef {import('../../web/types').PreparedHall} PreparedHall
 * @typedef {import('../../web/types').HallOutcome} HallOutcome
 * @typedef {import('../../web/types').SettingProblem} Problem
 */

import { get, post } from '/web/api.js';
import { t, tn } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { part } from '/web/staff/view.js';
import { SettingsEditor } from '/manager/settings/editor.js';
import { showProblems } from '/manager/setup/fields.js';

/** So many halls are named at once; more are a number that opens. */
const FEW = 3;

/**
 * `<ramah-prepare>`; fires `done` when it is prepared, or left.
 *
 * @extends {SettingsEditor<{problems: Problem[], halls: HallOutcome[]}>}
 */
export class Prepare extends SettingsEditor {
  /**
   * @param {PreparedHall} hall whose settings are changed
   * @param {PreparedHall[]} halls
   */
  constructor(hall, halls) {
    super();
    this.hall = hall;
    this.halls = halls.filter((each) => each.ready);
    this.chosen = new Set([hall.code]);
    this.section = 'calendar';
    /** Settings that were looked at before the change, where something was prepared already. */
    this.began = '';
  }

  /** @override */
  build() {
    this.className = 'settings';
    const all = el('button', { type: 'button', class: 'button quiet small', onclick: () => this.choose(this.halls.map((each) => each.code)) }, t('All halls'));
    const alone = el('button', { type: 'button', class: 'button quiet small', onclick: () => this.choose([this.hall.code]) }, t('This one alone'));
    this.append(
      el('div', { class: 'spread' },
        el('h3', { tabIndex: -1 }, t('Prepare settings: {name}', { name: this.hall.title })),
        el('button', { type: 'button', class: 'button quiet small', onclick: () => this.leave() }, t('Back to the list'))),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'alert' }),
      this.editor(),
      el('fieldset', { class: 'card stack-s prepare-halls' },
        el('legend', { class: 'strong' }, t('For which halls?')),
        el('p', { class: 'soft' }, t('Others get what you change here, and keep what they have of their own.')),
        el('p', { class: 'row' }, all, alone),
        el('div', { class: 'prepare-list' }, ...this.halls.map((each) => this.box(each)))),
      el('section', { class: 'card stack settings-save', 'data-part': 'save', hidden: true, 'aria-label': t('What changes') }));
    this.load();
  }

  /** @param {PreparedHall} each */
  box({ code, title }) {
    const input = el('input', { type: 'checkbox', value: code, checked: this.chosen.has(code) });
    input.addEventListener('change', () => {
      if (input.checked) {
        this.chosen.add(code);
      } else {
        this.chosen.delete(code);
      }
      this.changed();
    });
    return el('label', { class: 'consent' }, input, el('span', {}, title, ' ', el('small', { class: 'soft' }, code)));
  }

  /** @param {string[]} codes */
  choose(codes) {
    this.chosen = new Set(codes);
    this.querySelectorAll('.prepare-list input').forEach((each) => {
      const input = /** @type {HTMLInputElement} */ (each);
      input.checked = this.chosen.has(input.value);
    });
    this.changed();
  }

  async load() {
    await this.trying(async () => {
      const start = /** @type {Preparing} */ (await get(this.path, { as: 'staff' }));
      this.form = start.form;
      this.languages = start.languages;
      this.began = start.earlier ? start.settings : '';
      this.take(start.settings, start.base);
      /** @type {HTMLElement} */ (this.querySelector('h3')).focus();
    });
  }

  get path() {
    return `/api/city/prepared/${encodeURIComponent(this.hall.code)}`;
  }

  /** @returns {string[]} the chosen ones; the one whose settings are changed if none is, to be told what is wrong */
  get wanted() {
    return this.chosen.size ? Array.from(this.chosen) : [this.hall.code];
  }

  /**
   * @override
   * @param {{settings: string, base: number}} asked
   */
  async ask(asked) {
    const { halls } = await post(`${this.path}/check`, Object.assign({ halls: this.wanted, began: this.began }, asked), { as: 'staff' });
    return { halls, problems: problemsOf(halls, this.hall.code) };
  }

  /** @override */
  tell() {
    const { checked } = this;
    if (!checked) {
      return;
    }
    showProblems(part(this, '[data-part="form"]'), checked.problems);
    const place = part(this, '[data-part="save"]');
    const { halls } = checked;
    const fit = halls.filter((each) => !each.problems.length && each.changes.length);
    place.hidden = !halls.some((each) => each.changes.length || each.conflicts.length || each.problems.length);
    fill(place,
      el('h2', {}, tn('For {n} hall', 'For {n} halls', fit.length)),
      el('div', { class: 'row' },
        el('button', { type: 'button', class: 'button', 'data-ready': '', disabled: !fit.length || !this.chosen.size, onclick: () => this.prepare() }, t('Prepare it')),
        el('small', { class: 'soft' }, t('Each office looks at it and decides.'))),
      el('ul', { class: 'plain stack-s', 'aria-live': 'polite' }, ...alike(halls).map(told)));
  }

  async prepare() {
    await this.trying(async () => {
      const sent = { settings: JSON.stringify(this.mine), base: this.base, began: this.began, halls: this.wanted };
      const { halls } = await post(this.path, sent, { as: 'staff' });
      this.checked = { halls, problems: problemsOf(halls, this.hall.code) };
      if (halls.some((/** @type {HallOutcome} */ each) => each.problems.length)) {
        this.tell();
      } else {
        this.leave();
      }
    });
  }

  leave() {
    window.clearTimeout(this.timer);
    this.dispatchEvent(new Event('done'));
  }
}

/**
 * @param {HallOutcome[]} halls
 * @param {string} code
 * @returns {Problem[]} what is wrong with the settings themselves
 */
function problemsOf(halls, code) {
  const own = halls.find((each) => each.code === code) || halls[0];
  return own ? own.problems : [];
}

/**
 * Put halls together for which it means the same: a holiday for sixty halls is read once.
 *
 * @param {HallOutcome[]} halls
 * @returns {HallOutcome[][]} those that need somebody to look first
 */
function alike(halls) {
  /** @type {Map<string, HallOutcome[]>} */
  const groups = new Map();
  for (const each of halls) {
    const key = JSON.stringify([each.problems.map(({ words }) => words), each.conflicts, each.changes]);
    groups.set(key, (groups.get(key) || []).concat([each]));
  }
  const kinds = Array.from(groups.values());
  const worse = kinds.filter(([one]) => one.problems.length || one.conflicts.length);
  return worse.concat(kinds.filter((group) => !worse.includes(group)));
}

/** @param {HallOutcome[]} group */
function told(group) {
  const [{ changes, conflicts, problems }] = group;
  const names = group.map(({ title }) => title);
  const few = names.slice(0, names.length > FEW ? FEW - 1 : FEW).join(', ');
  const more = names.slice(FEW - 1);
  const rest = el('details', {},
    el('summary', {}, tn('and {n} more hall', 'and {n} more halls', more.length)), more.join(', '));
  return el('li', {}, el('b', {}, few), names.length > FEW ? rest : null,
    el('ul', { class: 'told-list' },
      ...problems.map(({ words }) => el('li', { class: 'error' }, words)),
      ...conflicts.map((words) => el('li', { class: 'error' }, words)),
      ...changes.map((words) => el('li', {}, words)),
      changes.length || conflicts.length || problems.length ? null : el('li', { class: 'soft' }, t('Nothing changes there.'))));
}

customElements.define('ramah-prepare', Prepare);
