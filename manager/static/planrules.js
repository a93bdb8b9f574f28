/**
 * Owns what plans have to meet: the target, the rests, and who may work when; says `saved`.
 *
 * @typedef {import('../../web/types').RotaRulesAnswer} Told
 * @typedef {import('../../web/types').Officer} Officer
 */

import { LinkError, ProblemError, newKey, post } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { number, t, tn } from '/web/i18n.js';
import { View, part } from '/web/staff/view.js';
import { oneLine } from '/web/text.js';
import { dayWords } from '/manager/periodwords.js';
import { nameOf, targetWords } from '/manager/planday.js';

const DAYS = () => [t('Mon'), t('Tue'), t('Wed'), t('Thu'), t('Fri'), t('Sat'), t('Sun')];

/** `<ramah-plan-rules>`; give it what was `told`. */
export class PlanRules extends View {
  /** @type {Told} */
  told = /** @type {any} */ (null);
  /** @type {Officer[]} */
  officers = [];
  /** Typed and not kept. */
  dirty = false;

  /** @override */
  build() {
    this.className = 'plan-rules';
    this.dirty = false;
    const { rules } = this.told;
    this.officers = rules.officers.map((each) => Object.assign({}, each));
    this.inputs = {
      share: numberField(rules.share, 50, 99), minutes: numberField(rules.minutes, 1, 180), least: numberField(rules.least, 1, 200),
      rest: numberField(rules.rest, 0, 180), friday_rest: numberField(rules.friday_rest, 0, 180),
      rest_from: timeInput(rules.rest_from), rest_until: timeInput(rules.rest_until), opens: timeInput(rules.opens), closes: timeInput(rules.closes),
    };
    const { inputs } = this;
    const own = this.told.services.filter((each) => each.own);
    const there = rules.officers.filter((each) => each.active).length;
    this.append(el('details', { class: 'card' },
      el('summary', {}, t('Target and officers: {share}% within {minutes} minutes, {people}', { share: String(rules.share), minutes: String(rules.minutes), people: tn('{n} officer', '{n} officers', there) })),
      el('form', { noValidate: true, oninput: () => this.touched(), onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); this.save(); } },
        el('div', { class: 'plan-fields' },
          field(t('In time, % of visitors'), inputs.share), field(t('within, minutes'), inputs.minutes), field(t('Officers at any time, at least'), inputs.least)),
        el('div', { class: 'plan-fields' },
          field(t('Noon rest, minutes'), inputs.rest), field(t('Friday rest, minutes'), inputs.friday_rest),
          field(t('Rests from'), inputs.rest_from), field(t('until'), inputs.rest_until)),
        el('div', { class: 'plan-fields' },
          field(t('Counters open (empty: office hours)'), inputs.opens), field(t('Counters close'), inputs.closes)),
        own.length ? el('p', { class: 'soft', 'data-part': 'own' }, t('Services with a target of their own (Settings, Services): {targets}.', { targets: own.map((each) => `${each.service} ${targetWords(each)}`).join(', ') })) : null,
        el('h2', {}, t('Officers')),
        el('div', { class: 'rows', 'data-part': 'officers' }),
        el('div', { class: 'plan-acts' },
          el('button', { type: 'button', class: 'button quiet small', onclick: () => this.add() }, t('Add an officer')),
          el('button', { class: 'button small', 'data-part': 'keep' }, t('Keep this')),
          el('span', { class: 'soft', 'data-part': 'unsaved', role: 'status' })),
        el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }))));
    this.showOfficers();
  }

  touched() {
    this.dirty = true;
    say(part(this, '[data-part="unsaved"]'), t('Changed, not saved yet.'));
  }

  /**
   * Offer what a colleague kept meanwhile, in place of what is typed here.
   *
   * @override
   * @param {Element} place
   * @param {ProblemError | LinkError} error
   */
  refused(place, error) {
    if (error instanceof ProblemError && error.slug === 'changed') {
      place.append(el('button', { type: 'button', class: 'button quiet small', onclick: () => {
        this.dirty = false;
        this.dispatchEvent(new CustomEvent('outdated'));
      } }, t('Show what is saved')));
    }
  }

  /** Show the field that cannot be so, wherever it is folded away; say whether all can be. */
  valid() {
    const wrong = this.querySelector('input:invalid');
    for (let fold = wrong && wrong.closest('details'); fold; fold = fold.parentElement && fold.parentElement.closest('details')) {
      fold.open = true;
    }
    if (wrong instanceof HTMLInputElement) {
      wrong.reportValidity();
    }
    return !wrong;
  }

  add() {
    let n = this.officers.length + 1;
    while (this.officers.some((each) => each.key === `officer-${n}`)) {
      n += 1;
    }
    this.officers.push({ key: `officer-${n}`, name: t('New officer'), services: [], counter: 0, hours: 37.5, earliest: '', latest: '', weekdays: [1, 2, 3, 4, 5, 6, 7], absent: [], wishes: [], active: true });
    this.touched();
    this.showOfficers();
    const last = this.querySelector('.plan-officer:last-child summary');
    if (last instanceof HTMLElement) {
      last.click();
      last.focus();
    }
  }

  showOfficers() {
    fill(part(this, '[data-part="officers"]'), ...this.officers.map((each) => this.officer(each)));
  }

  /** @param {Officer} each */
  officer(each) {
    const name = el('input', { type: 'text', maxLength: 60, required: true, value: nameOf(this.told, each.key) === each.key ? each.name : nameOf(this.told, each.key) });
    name.addEventListener('change', () => { each.name = oneLine(name.value); this.sum(each); });
    const counter = el('select', {}, el('option', { value: '0', selected: !each.counter }, t('any counter')),
      ...this.told.counters.map(({ number, services }) => el('option', { value: String(number), selected: number === each.counter }, `${number} (${services.join(' ')})`)));
    counter.addEventListener('change', () => { each.counter = Number(counter.value); this.sum(each); });
    const hours = numberField(each.hours, 0, 60, 0.5);
    hours.addEventListener('change', () => { each.hours = Number(hours.value); this.sum(each); });
    const earliest = timeInput(each.earliest);
    earliest.addEventListener('change', () => { each.earliest = earliest.value; });
    const latest = timeInput(each.latest);
    latest.addEventListener('change', () => { each.latest = latest.value; });
    const away = datesField(t('Away on'), each.absent, (dates) => { each.absent = dates; this.touched(); this.sum(each); });
    const wishes = datesField(t('Would like free'), each.wishes, (dates) => { each.wishes = dates; this.touched(); this.sum(each); });
    const active = el('input', { type: 'checkbox', checked: each.active });
    active.addEventListener('change', () => { each.active = active.checked; this.sum(each); });
    return el('details', { class: 'plan-officer', 'data-officer': each.key },
      el('summary', {}, el('b', { 'data-part': 'name' }, ''), ' ', el('small', { class: 'soft', 'data-part': 'sum' }, '')),
      el('div', { class: 'plan-fields' },
        field(t('Name'), name), field(t('Counter'), counter), field(t('Hours a week'), hours), field(t('Not before'), earliest), field(t('Not after'), latest)),
      el('div', { class: 'plan-fields' }, away, wishes),
      checks(t('Services; none marked: all of the counter'), this.told.services.map(({ service, name: words }) => ({ key: service, words: `${service} · ${words}`, on: each.services.includes(service) })), (on) => { each.services = on; }),
      checks(t('Works on'), DAYS().map((words, n) => ({ key: String(n + 1), words, on: each.weekdays.includes(n + 1) })), (on) => { each.weekdays = on.map(Number); }),
      el('label', { class: 'check' }, active, ' ', t('Counts for plans')));
  }

  /** @param {Officer} each */
  sum(each) {
    const row = this.querySelector(`[data-officer="${CSS.escape(each.key)}"]`);
    if (!row) {
      return;
    }
    const input = row.querySelector('input');
    say(part(row, '[data-part="name"]'), input ? input.value : each.name);
    say(part(row, '[data-part="sum"]'), [
      each.counter ? t('Counter {n}', { n: String(each.counter) }) : t('any counter'),
      t('{n} hours a week', { n: number(each.hours) }),
      each.absent.length ? t('away: {days}', { days: each.absent.map(dayWords).join(', ') }) : '',
      each.active ? '' : t('not counted')].filter(Boolean).join(' · '));
  }

  /** @override */
  render() {
    this.officers.forEach((each) => this.sum(each));
  }

  /** Keep what is typed; says whether it is kept. */
  async save() {
    const { inputs } = this;
    if (!inputs || !this.valid()) {
      return false;
    }
    await this.trying(async () => {
      const rules = Object.assign({}, this.told.rules, {
        share: Number(inputs.share.value), minutes: Number(inputs.minutes.value), least: Number(inputs.least.value), rest: Number(inputs.rest.value), friday_rest: Number(inputs.friday_rest.value),
        rest_from: inputs.rest_from.value, rest_until: inputs.rest_until.value, opens: inputs.opens.value, closes: inputs.closes.value, officers: this.officers,
      });
      this.told = await post('/api/rota/rules', { version: this.told.version, rules }, { as: 'staff', idempotencyKey: newKey() });
      this.dirty = false;
      this.dispatchEvent(new CustomEvent('saved', { detail: this.told }));
      this.textContent = '';
      this.build();
      this.render();
      const summary = this.querySelector('summary');
      if (summary) {
        summary.focus();
      }
    });
    return !this.dirty;
  }
}

/**
 * @param {string} words
 * @param {HTMLElement} input
 */
function field(words, input) {
  return el('label', { class: 'field' }, el('span', {}, words), input);
}

/**
 * @param {number} value
 * @param {number} min
 * @param {number} max
 * @param {number} [step]
 */
function numberField(value, min, max, step = 1) {
  return el('input', { type: 'number', min: String(min), max: String(max), step: String(step), value: String(value), required: true });
}

/** @param {string} value */
function timeInput(value) {
  return el('input', { type: 'time', step: '1800', value });
}

/**
 * Days, one after the other: chosen from the calendar and added, taken out by pressing them. One that was
 * chosen and not added counts as well.
 *
 * @param {string} words
 * @param {string[]} dates
 * @param {(dates: string[]) => void} changed
 */
function datesField(words, dates, changed) {
  const input = el('input', { type: 'date' });
  const list = el('span', { class: 'plan-dates' });
  const show = () => fill(list, ...dates.map((each) => el('button', {
    type: 'button', class: 'button quiet small', 'aria-label': t('Take {day} out', { day: dayWords(each) }),
    onclick: () => put(dates.filter((other) => other !== each)),
  }, `${dayWords(each)} ×`)));
  const put = (/** @type {string[]} */ now) => {
    dates = now;
    changed(now);
    show();
  };
  const add = () => {
    if (input.value && !dates.includes(input.value)) {
      put([...dates, input.value].sort());
    }
    input.value = '';
  };
  input.addEventListener('blur', add);
  show();
  return el('div', { class: 'plan-away' },
    el('label', { class: 'field' }, el('span', {}, words), input),
    el('button', { type: 'button', class: 'button quiet small', onclick: () => { add(); input.focus(); } }, t('Add the day')), list);
}

/**
 * @param {string} legend
 * @param {{key: string, words: string, on: boolean}[]} choices
 * @param {(on: string[]) => void} changed
 */
function checks(legend, choices, changed) {
  const boxes = choices.map((each) => el('input', { type: 'checkbox', value: each.key, checked: each.on }));
  boxes.forEach((box) => box.addEventListener('change', () => changed(boxes.filter((each) => each.checked).map((each) => each.value))));
  return el('fieldset', { class: 'plain plan-checks' }, el('legend', {}, legend),
    ...choices.map((each, n) => el('label', { class: 'check' }, boxes[n], ' ', each.words)));
}

customElements.define('ramah-plan-rules', PlanRules);
