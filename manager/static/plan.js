/**
 * Owns the plan of a week: who sits at which counter when, made by the server, changed by hand, tried
 * at once, saved by version.
 *
 * @typedef {import('../../web/types').Rota} Rota
 * @typedef {import('../../web/types').RotaRulesAnswer} Told
 * @typedef {import('../../web/types').DayRota} DayRota
 * @typedef {import('../../web/types').Making} Making
 * @typedef {import('../../web/types').Shift} Shift
 * @typedef {import('../../web/types').Outlook} Outlook
 */

import { LinkError, ProblemError, get, newKey, post } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { icon } from '/web/staff/icons.js';
import { ask } from '/web/staff/dialog.js';
import { View, part } from '/web/staff/view.js';
import { mondayOf, shifted } from '/manager/period.js';
import { spanWords } from '/manager/periodwords.js';
import { PlanBack } from '/manager/planback.js';
import { PlanDay } from '/manager/planday.js';
import { planFiles } from '/manager/planfiles.js';
import { inWork, progressWords, ready, trouble } from '/manager/planmaking.js';
import { PlanRules } from '/manager/planrules.js';
import { PlanSwaps } from '/manager/planswaps.js';
import { tabs } from '/manager/plantabs.js';
import { PlanVersions, shownWords } from '/manager/planversions.js';

const SLOW_MS = 70000;
const LOOK_MS = 1000;
const TRY_MS = 250;
const WEEK_DAYS = 7;

/** `<ramah-plan>`; give it the `hall`. */
export class PlanView extends View {
  /** @type {import('/web/hall.js').Hall} */
  hall = /** @type {any} */ (null);
  week = '';
  /** The version that holds. */
  version = 0;
  /** The one that is shown instead of it, else 0. */
  earlier = 0;
  versions = new PlanVersions();
  /** @type {string[]} */
  closed = [];
  /** @type {Told | null} */
  told = null;
  /** @type {DayRota[]} */
  days = [];
  chosen = '';
  /** Changed and not saved. */
  changed = false;
  making = false;
  saving = false;
  /** The day that is being made. */
  inWork = '';
  asked = 0;
  timer = 0;

  /** @override */
  build() {
    this.className = 'plan reports';
    const today = this.hall.state ? this.hall.state.day : '';
    this.week = shifted(mondayOf(today), WEEK_DAYS);
    const swaps = new PlanSwaps();
    this.versions.addEventListener('look', (event) => this.lookAt(/** @type {CustomEvent} */ (event).detail));
    swaps.addEventListener('accepted', () => !this.changed && this.load());
    this.append(
      el('form', { class: 'card plan-week', 'aria-label': t('Choose the week'), onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
        el('button', { type: 'button', class: 'button quiet', 'aria-label': t('The week before'), onclick: () => this.go(-WEEK_DAYS) }, icon('previous')),
        el('b', { 'data-part': 'week' }),
        el('button', { type: 'button', class: 'button quiet', 'aria-label': t('The week after'), onclick: () => this.go(WEEK_DAYS) }, icon('next'))),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { class: 'plan-acts' },
        el('button', { type: 'button', class: 'button', 'data-part': 'make', onclick: () => this.make() }, t('Make the plan')),
        el('button', { type: 'button', class: 'button', 'data-part': 'save', disabled: true, onclick: () => this.save() }, t('Save the plan')),
        el('span', { class: 'soft', 'data-part': 'saved', role: 'status' })),
      el('div', { 'data-part': 'making', 'aria-live': 'polite' }),
      el('div', { 'data-part': 'files' }),
      el('div', { 'data-part': 'rules' }),
      el('div', { 'data-part': 'days' }),
      el('div', { 'data-part': 'day' }),
      swaps,
      this.versions,
      el('div', { 'data-part': 'back' }));
    this.ending.signal.addEventListener('abort', () => window.clearTimeout(this.timer));
    this.load();
  }

  /** @param {number} days */
  async go(days) {
    if (!(await this.mayLeave())) {
      return;
    }
    this.week = shifted(this.week, days);
    await this.load();
  }

  async mayLeave() {
    return !this.changed || ask({ title: t('Leave without saving?'), intro: t('What you changed in this week is not saved yet.'), confirm: t('Leave it') });
  }

  async load() {
    this.asked += 1;
    const mine = this.asked;
    say(part(this, '[data-part="week"]'), spanWords({ first: this.week, last: shifted(this.week, WEEK_DAYS - 1) }));
    await this.trying(async () => {
      const [told, rota, making] = await Promise.all([
        get('/api/rota/rules', { as: 'staff' }),
        get(`/api/rota?week=${this.week}`, { as: 'staff' }),
        get('/api/rota/making', { as: 'staff' })]);
      if (mine !== this.asked) {
        return;
      }
      this.told = told;
      this.closed = rota.closed;
      this.holds(rota);
      this.showRules();
      this.showBack();
      if (making.week === this.week && ['making', 'made', 'stopped'].includes(making.state)) {
        this.follows(making);
      } else {
        fill(part(this, '[data-part="making"]'));
      }
    });
  }

  /**
   * Offer what a colleague saved meanwhile; what is shown here stays until it is wanted.
   *
   * @override
   * @param {Element} place
   * @param {ProblemError | LinkError} error
   */
  refused(place, error) {
    if (error instanceof ProblemError && error.slug === 'changed') {
      place.append(el('button', { type: 'button', class: 'button quiet small', onclick: () => this.load() }, t('Show what is saved')));
    }
  }

  /** @param {DayRota[]} days */
  take(days) {
    const known = new Map(days.map((each) => [each.day, each]));
    this.days = Array.from({ length: WEEK_DAYS }, (_, n) => {
      const day = shifted(this.week, n);
      return known.get(day) || { day, shifts: [], outcome: null };
    });
    if (!this.days.some((each) => each.day === this.chosen)) {
      this.chosen = this.week;
    }
    this.show();
  }

  show() {
    const some = this.days.some((each) => each.shifts.length);
    const save = /** @type {HTMLButtonElement} */ (part(this, '[data-part="save"]'));
    const over = this.over();
    save.disabled = !(this.changed || (this.earlier && !over)) || this.making || this.saving;
    /** @type {HTMLButtonElement} */ (part(this, '[data-part="make"]')).disabled = this.making || this.saving || over;
    fill(part(this, '[data-part="days"]'), some ? tabs(this) : this.making ? null : el('p', { class: 'card soft' },
      over ? t('This week is over, and there was no plan for it.') : t('There is no plan for this week yet. Check who works and the target, then press "Make the plan": after about a minute you can look at it, change it and save it.')));
    if (some) {
      this.showDay();
    } else {
      fill(part(this, '[data-part="day"]'));
    }
    fill(part(this, '[data-part="files"]'), this.version && !this.changed && !this.earlier && this.told ? planFiles(this.week, this.told) : null);
  }

  over() {
    return this.hall.state !== null && this.week < mondayOf(this.hall.state.day);
  }

  /** @param {string} day */
  choose(day) {
    this.chosen = day;
    this.show();
    const pressed = this.querySelector(`[data-day="${day}"]`);
    if (pressed instanceof HTMLElement) {
      pressed.focus();
    }
  }

  showDay() {
    const day = this.days.find((each) => each.day === this.chosen);
    if (!day || !this.told) {
      return;
    }
    const shown = new PlanDay();
    shown.rota = day;
    shown.told = this.told;
    shown.closed = this.closed.includes(day.day);
    shown.frozen = this.making || this.saving;
    shown.addEventListener('changed', (event) => this.change(/** @type {CustomEvent} */ (event).detail));
    fill(part(this, '[data-part="day"]'), shown);
  }

  /**
   * Take other shifts for the day that is shown, and say what comes of them.
   *
   * @param {Shift[]} shifts
   */
  change(shifts) {
    const day = this.chosen;
    this.days = this.days.map((each) => each.day === day ? { day, shifts, outcome: each.outcome } : each);
    this.changed = true;
    fill(part(this, '[data-part="files"]'));
    /** @type {HTMLButtonElement} */ (part(this, '[data-part="save"]')).disabled = this.making;
    say(part(this, '[data-part="saved"]'), t('Changed, not saved yet. What comes of it is being worked out …'));
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.trial(day), TRY_MS);
  }

  /** @param {string} day */
  async trial(day) {
    const now = this.days.find((each) => each.day === day);
    if (!now) {
      return;
    }
    await this.trying(async () => {
      const { outcome } = await post('/api/rota/try', { day, shifts: now.shifts }, { as: 'staff', timeout: SLOW_MS });
      const latest = this.days.find((each) => each.day === day);
      if (latest && latest.shifts === now.shifts) {
        this.days = this.days.map((each) => each.day === day ? { day, shifts: now.shifts, outcome } : each);
        const shown = this.querySelector('ramah-plan-day');
        if (shown instanceof PlanDay && day === this.chosen) {
          shown.tell(outcome);
        }
        const row = this.querySelector('.plan-days');
        if (row && !row.contains(document.activeElement)) {
          fill(part(this, '[data-part="days"]'), tabs(this));
        }
      }
    }, true);
    if (this.changed && !this.saving && this.days.some((each) => each.shifts === now.shifts)) {
      say(part(this, '[data-part="saved"]'), t('Changed, not saved yet.'));
    }
  }

  // ---------------------------------------------------------------- making

  async make() {
    if (this.days.some((each) => each.shifts.length) && !(await ask({ title: t('Make the plan anew?'), intro: t('The shifts shown here are replaced. Saved versions stay.'), confirm: t('Make it anew') }))) {
      return;
    }
    const rules = this.querySelector('ramah-plan-rules');
    if (rules instanceof PlanRules && rules.dirty && !(await rules.save())) {
      return;
    }
    await this.trying(async () => {
      say(part(this, '[data-part="saved"]'), '');
      this.follows(await post('/api/rota/make', { week: this.week }, { as: 'staff' }));
      part(this, '[data-part="making"]').scrollIntoView({ block: 'nearest' });
    });
  }

  /** @param {Making} told */
  follows(told) {
    this.making = told.state === 'making';
    this.inWork = told.day;
    const place = part(this, '[data-part="making"]');
    if (told.state === 'failed') {
      this.show();
      fill(place, el('p', { class: 'banner warn', role: 'alert' }, trouble(told.trouble)));
      return;
    }
    const some = told.days.some((each) => each.shifts.length);
    if (some) {
      this.changed = true;
      this.earlier = 0;
      this.versions.mark(0);
      this.take(told.days);
    } else {
      this.show();
    }
    if (!this.making) {
      fill(place, ready(told, this.version > 0, () => this.stop(false)));
      return;
    }
    const bar = place.querySelector('progress');
    if (bar) {
      bar.value = told.done;
      say(part(place, '[data-part="words"]'), progressWords(told));
    } else {
      fill(place, inWork(told, (keep) => this.stop(keep)));
    }
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.look(), LOOK_MS);
  }

  async look() {
    await this.trying(async () => {
      const told = /** @type {Making} */ (await get('/api/rota/making', { as: 'staff' }));
      if (!this.ending.signal.aborted && told.week === this.week) {
        this.follows(told);
      }
    }, true);
  }

  /** @param {boolean} keep */
  async stop(keep) {
    window.clearTimeout(this.timer);
    await this.trying(async () => {
      const told = /** @type {Making} */ (await post('/api/rota/stop', { keep }, { as: 'staff' }));
      if (keep) {
        this.follows(told);
      } else {
        this.making = false;
        await this.load();
      }
    });
  }

  async save() {
    this.saving = true;
    this.show();
    say(part(this, '[data-part="saved"]'), t('Saving … what to expect of each day is worked out once more.'));
    await this.trying(async () => {
      const days = this.days.filter((each) => each.shifts.length).map(({ day, shifts }) => ({ day, shifts }));
      const rota = await post('/api/rota', { week: this.week, version: this.version, days }, { as: 'staff', timeout: SLOW_MS, idempotencyKey: newKey() });
      this.saving = false;
      fill(part(this, '[data-part="making"]'));
      this.holds(rota);
    });
    if (this.saving) {
      this.saving = false;
      this.show();
      say(part(this, '[data-part="saved"]'), t('Changed, not saved yet.'));
    }
  }

  /** Of the week that is shown, or the one before it begins: it and the three before. */
  showBack() {
    const back = new PlanBack();
    const now = mondayOf(this.hall.state ? this.hall.state.day : this.week);
    back.last = this.week < now ? this.week : now;
    back.opened = this.week < now;
    fill(part(this, '[data-part="back"]'), back);
  }

  /** @param {Rota} rota what is saved of this week */
  holds(rota) {
    this.version = rota.version;
    this.earlier = 0;
    this.changed = false;
    this.take(rota.days);
    const [newest] = rota.versions;
    say(part(this, '[data-part="saved"]'), newest ? t('Saved: version {n}, by {name}.', { n: String(newest.version), name: newest.name }) : '');
    this.versions.offer(rota.versions);
  }

  /** @param {number} version one that is kept */
  async lookAt(version) {
    const { week } = this;
    const busy = () => this.making || this.saving || week !== this.week;
    if (busy() || !(await this.mayLeave())) {
      return;
    }
    await this.trying(async () => {
      const rota = await get(`/api/rota?week=${week}&version=${version}`, { as: 'staff' });
      if (!busy()) {
        fill(part(this, '[data-part="making"]'));
        this.changed = false;
        this.earlier = version === this.version ? 0 : version;
        this.take(rota.days);
        say(part(this, '[data-part="saved"]'), shownWords(version, this.version, this.over()));
        this.versions.mark(version);
      }
    });
  }

  /** What is typed there and not kept stays, whatever else changes on the page. */
  showRules() {
    const typed = this.querySelector('ramah-plan-rules');
    if (!this.told || (typed instanceof PlanRules && typed.dirty)) {
      return;
    }
    const rules = new PlanRules();
    rules.told = this.told;
    rules.addEventListener('outdated', () => this.load());
    rules.addEventListener('saved', (event) => {
      this.told = /** @type {CustomEvent} */ (event).detail;
      this.show();
      if (this.days.some((each) => each.shifts.length)) {
        say(part(this, '[data-part="saved"]'), t('Target and officers are kept. The plan shown here follows them once you press "Make the plan".'));
      }
    });
    fill(part(this, '[data-part="rules"]'), rules);
  }
}

customElements.define('ramah-plan', PlanView);
