/**
 * Owns the satisfaction report: the index of a period by the rule, its elements, the sample, what is
 * planned about the lowest, and the files that are handed in.
 *
 * @typedef {import('../../web/types').SurveyReport} SurveyReport
 * @typedef {import('../../web/types').PlanFigures} Plan
 */

import { get, newKey, post } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { language, number, pick, t } from '/web/i18n.js';
import { oneLine } from '/web/text.js';
import { icon } from '/web/staff/icons.js';
import { minutes } from '/web/staff/format.js';
import { part } from '/web/staff/view.js';
import { acts, goTo, sure } from '/manager/acts.js';
import { exact } from '/manager/exact.js';
import { KeyIn } from '/manager/keyin.js';
import { PulseMonths } from '/manager/pulse.js';
import { PeriodView } from '/manager/periodview.js';
import { dayWords } from '/manager/periodwords.js';
import { PublishedResults } from '/manager/published.js';
import { Tablets } from '/manager/tablets.js';

const SLOW_MS = 30000;
/** So many suggestions are read at a glance. */
const NEWEST = 8;

/** `<ramah-satisfaction>`; give it the `hall`. */
export class SatisfactionView extends PeriodView {
  /** @type {import('/web/hall.js').Hall} */
  hall = /** @type {any} */ (null);
  service = '';

  /** @override */
  build() {
    this.className = 'satisfaction reports';
    this.period.today = this.hall.state ? this.hall.state.day : '';
    this.period.kinds = ['month', 'quarter', 'half', 'year', 'custom'];
    this.period.kind = 'month';
    this.follow(this.period, 'period', () => this.load());
    const services = this.hall.state ? this.hall.state.services : [];
    const select = el('select', { onchange: () => { this.service = select.value; this.load(); } },
      el('option', { value: '' }, t('All')), ...services.map((each) => el('option', { value: each.code }, `${each.code} · ${pick(each.names, each.name)}`)));
    this.append(
      el('form', { class: 'card report-ask', 'aria-label': t('Choose the report'), onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
        this.period, el('div', { class: 'filters' }, el('label', { class: 'field' }, el('span', {}, t('Service')), select))),
      el('div', { class: 'spread report-head' },
        el('h2', { 'data-part': 'title' }),
        el('div', { class: 'report-tools' },
          el('a', { class: 'button quiet small', 'data-form': 'xlsx' }, icon('note'), t('Excel, to hand in')),
          el('a', { class: 'button quiet small', 'data-form': 'csv-sheet' }, t('CSV')),
          el('a', { class: 'button quiet small', 'data-paper': 'report', target: '_blank' }, icon('note'), t('Report (PDF)')),
          el('a', { class: 'button quiet small', 'data-paper': 'poster', target: '_blank' }, t('Poster (PDF)')),
          el('a', { class: 'button quiet small', 'data-paper': 'poster&size=a3', target: '_blank' }, t('Poster A3 (PDF)')))),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { class: 'report-body' }));
    this.load();
  }

  /**
   * @override
   * @param {URLSearchParams} query
   */
  read(query) {
    for (const link of Array.from(this.querySelectorAll('a[data-form]'))) {
      const form = link.getAttribute('data-form') || '';
      link.setAttribute('href', `/api/survey/file?${query}&form=${form}&language=${language()}`);
    }
    if (this.service) {
      query.set('service', this.service);
    }
    for (const link of Array.from(this.querySelectorAll('a[data-paper]'))) {
      link.setAttribute('href', `/api/survey/paper?${query}&kind=${link.getAttribute('data-paper')}&language=${language()}`);
    }
    return get(`/api/survey?${query}`, { as: 'staff', timeout: SLOW_MS });
  }

  /**
   * @override
   * @param {SurveyReport} report
   */
  show(report) {
    const keyIn = new KeyIn();
    keyIn.hall = this.hall;
    keyIn.addEventListener('kept', () => this.load());
    const published = new PublishedResults();
    published.span = this.period.span;
    published.may = Boolean(report.index) && !this.service;
    fill(part(this, '.report-body'),
      index(report), sample(report), elements(report), report.comfort ? comfort(report.comfort) : null, this.plans(report), published, services(report), quarters(report),
      report.bursts.length ? bursts(report) : null, report.said.length ? suggestions(report) : null, new PulseMonths(), keyIn);
    this.tablets();
  }

  /** The tablets stay as they are, whatever period is looked at. */
  tablets() {
    if (!this.querySelector('ramah-tablets')) {
      const tablets = new Tablets();
      tablets.hall = this.hall;
      this.append(tablets);
    }
  }

  /** @param {SurveyReport} report */
  plans(report) {
    const lowest = report.elements.filter((each) => each.lowest);
    return el('section', { class: 'card', 'aria-labelledby': 'plans-title' },
      el('h3', { id: 'plans-title' }, t('What we do about it')),
      report.plans.length ? el('ul', { class: 'plans' }, ...report.plans.map((each) => this.plan(each)))
        : el('p', { class: 'soft' }, t('No plans yet. The three lowest elements need one, with a date.')),
      lowest.length || report.plans.length ? this.newPlan(report) : null);
  }

  /** @param {Plan} plan */
  plan(plan) {
    const text = el('input', { type: 'text', maxLength: 500 });
    return el('li', {},
      el('b', {}, plan.name), ' ', el('span', { class: plan.result ? 'chip ok' : plan.late ? 'chip danger' : 'chip warn' }, plan.result ? t('Done') : t('by {day}', { day: dayWords(plan.due) })),
      el('p', {}, plan.plan),
      plan.result ? el('p', { class: 'soft' }, plan.result) : el('details', {},
        el('summary', { class: 'button quiet small' }, t('It is done')),
        el('label', { class: 'field' }, el('span', {}, t('What came of it?')), text),
        el('button', { type: 'button', class: 'button small', onclick: () => this.send(`/api/survey/plans/${plan.id}/end`, { result: oneLine(text.value) }) }, t('Save'))));
  }

  /** @param {SurveyReport} report */
  newPlan(report) {
    const element = el('select', {}, ...[...report.elements].sort((one, other) => Number(other.lowest) - Number(one.lowest)).map((each) => el('option', { value: each.key }, each.name)));
    const plan = el('textarea', { rows: 2, maxLength: 500 });
    const due = el('input', { type: 'date', min: this.period.today });
    return el('details', { class: 'new-plan' },
      el('summary', { class: 'button quiet small' }, t('Plan something')),
      el('label', { class: 'field' }, el('span', {}, t('Element')), element),
      el('label', { class: 'field' }, el('span', {}, t('What will be done?')), plan),
      el('label', { class: 'field' }, el('span', {}, t('Until')), due),
      el('button', { type: 'button', class: 'button small', onclick: () => this.send('/api/survey/plans', { element: element.value, plan: oneLine(plan.value), due: due.value }) }, t('Save')));
  }

  /**
   * @param {string} path
   * @param {object} body
   */
  async send(path, body) {
    let kept = false;
    await this.trying(async () => {
      await post(path, body, { as: 'staff', idempotencyKey: newKey() });
      kept = true;
    });
    if (kept) {
      await this.load();
    }
  }
}

/** @param {SurveyReport} report */
function index(report) {
  const { index: found } = report;
  if (!found) {
    return el('section', { class: 'card index' }, el('p', {}, report.n
      ? t('Some elements have no answers yet, so there is no index.')
      : t('No answers in this period, so there is no index.')));
  }
  return el('section', { class: 'card index' },
    report.few ? el('p', { class: 'banner warn index-few' }, t('Only {n} people answered: this index says little.', { n: number(report.n) })) : null,
    el('div', { class: 'index-figure' },
      el('span', { class: 'index-letter', 'data-letter': found.letter }, found.letter),
      el('span', {}, el('b', { class: 'index-value' }, exact(found.converted)), ' ', found.words)),
    el('p', { class: 'soft' }, t('Index {index} of {scale}; {count} elements with equal exact weights; {n} answers; {method}.', {
      index: exact(found.index), scale: report.scale, count: report.elements.length, n: number(report.n), method: report.method_name })),
    el('details', {},
      el('summary', {}, t('Why another table may show another figure')),
      el('p', { class: 'soft' }, t('Some tables reckon with a rounded weight. For comparison only:')),
      el('ul', {}, ...report.others.map((each) => el('li', {}, t('weight {weight}: {value} ({letter})', { weight: exact(each.weight), value: exact(each.converted), letter: each.letter }))))));
}

/** @param {SurveyReport} report */
function sample(report) {
  const share = report.target ? Math.min(1, report.n / report.target) : 0;
  return el('section', { class: 'card', 'aria-labelledby': 'sample-title' },
    el('h3', { id: 'sample-title' }, t('Are these enough answers?')),
    el('p', {}, t('{n} of {target} answers wanted, for {served} visits that were served.', { n: number(report.n), target: number(report.target), served: number(report.served) })),
    el('progress', { max: 1, value: share, 'aria-labelledby': 'sample-title' }),
    el('p', { class: 'soft' }, t('The number wanted is that of Krejcie and Morgan for each service. Visitors are drawn at random, more of them where answers are missing.')));
}

/**
 * What stands beside the element of facilities: how the hall was kept in the same time.
 *
 * @param {NonNullable<SurveyReport['comfort']>} kept
 */
function comfort(kept) {
  return el('section', { class: 'card', 'aria-labelledby': 'kept-title' },
    el('h3', { id: 'kept-title' }, t('Beside the element of facilities: how the hall was kept')),
    el('ul', { class: 'plain-list' },
      el('li', {}, kept.due ? t('Checks made: {done} of {due}.', { done: number(kept.done), due: number(kept.due) }) : t('No checks were due in this time.')),
      el('li', {}, kept.median_minutes === null
        ? t('Faults told: {faults}, mended: {mended}.', { faults: number(kept.faults), mended: number(kept.mended) })
        : t('Faults told: {faults}, mended: {mended}, half of them within {long}.', { faults: number(kept.faults), mended: number(kept.mended), long: minutes(kept.median_minutes * 60) }))));
}

/** @param {SurveyReport} report */
function elements(report) {
  const sorted = [...report.elements].sort((one, other) => Number(one.mean || 9) - Number(other.mean || 9));
  return table(t('Elements, the lowest first'), [t('Element'), t('Answers'), t('Mean'), t('Converted'), t('Grade')],
    sorted.map((each) => [`U${each.number} ${each.name}`, number(each.n), exact(each.mean), exact(each.converted), each.letter || '–']));
}

/** @param {SurveyReport} report */
function services(report) {
  return table(t('By service'), [t('Service'), t('Answers'), t('Wanted'), t('Served'), t('Index converted (IKM)'), t('Grade')],
    report.services.map((each) => [each.name, number(each.n), number(each.target), number(each.served), each.index ? exact(each.index.converted) : '–', each.index ? each.index.letter : '–']));
}

/** @param {SurveyReport} report */
function quarters(report) {
  return report.quarters.length < 2 ? null : table(t('By quarter'), [t('Quarter'), t('Answers'), t('Index converted (IKM)'), t('Grade')],
    report.quarters.map((each) => [each.quarter, number(each.n), each.index ? exact(each.index.converted) : '–', each.index ? each.index.letter : '–']));
}

/** @param {SurveyReport} report */
function bursts(report) {
  return el('section', { class: 'card' }, el('h3', {}, t('Worth a look')),
    el('p', { class: 'soft' }, t('Many answers to one service within ten minutes: perhaps a group, perhaps one hand.')),
    el('ul', {}, ...report.bursts.map((each) => el('li', {}, t('{day}: {n} answers', { day: dayWords(each.day), n: number(each.n) })))));
}

/** @param {SurveyReport} report */
function suggestions(report) {
  const line = (/** @type {SurveyReport['said'][number]} */ each) => {
    const text = el('span', {}, each.said);
    const { trouble, does } = acts(`/api/survey/said/${each.id}`, () => {
      say(text, t('The sentence was erased because it named a person.'));
      text.className = 'soft';
      erase.remove();
      goTo(text);
    });
    const erase = sure(t('Erase the sentence'), t('It names a person: really erase it?'), () => does('black-out'), { about: each.said });
    return el('li', { class: 'suggestion' }, el('div', {}, text, ' ', el('small', { class: 'soft' }, `${dayWords(each.day)} · ${each.service}`)), erase, trouble);
  };
  const older = report.said.slice(NEWEST);
  return el('section', { class: 'card' }, el('h3', {}, t('What people suggest')),
    el('ul', { class: 'plans' }, ...report.said.slice(0, NEWEST).map(line)),
    older.length ? el('details', {}, el('summary', {}, t('Older ones')), el('ul', { class: 'plans' }, ...older.map(line))) : null,
    el('p', { class: 'soft' }, t('The Excel file has all of them.')));
}

/**
 * @param {string} title
 * @param {string[]} head
 * @param {string[][]} rows
 */
function table(title, head, rows) {
  return el('section', { class: 'card' }, el('h3', {}, title),
    el('div', { class: 'table-wrap', tabIndex: 0, role: 'region', 'aria-label': title },
      el('table', { class: 'table' },
        el('thead', {}, el('tr', {}, ...head.map((words, place) => el('th', { scope: 'col', class: place ? 'num' : '' }, words)))),
        el('tbody', {}, ...rows.map((row) => el('tr', {}, ...row.map((words, place) => el(place ? 'td' : 'th', place ? { class: 'num' } : { scope: 'row' }, words))))))));
}

customElements.define('ramah-satisfaction', SatisfactionView);
