/**
 * Owns the what-ifs of a day: one counter more for a service, some closed at lunch, more visitors; what
 * comes of it stands beside what is without it, and nothing is changed.
 *
 * @typedef {import('../../web/types').RotaRulesAnswer} Told
 * @typedef {import('../../web/types').Shift} Shift
 * @typedef {import('../../web/types').Outlook} Outlook
 */

import { post } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { View, part } from '/web/staff/view.js';
import { clock, waits } from '/manager/planday.js';

const SLOW_MS = 70000;
const LUNCH = [24, 26];
const MANY = [80, 100, 110, 120, 130, 150];

/** `<ramah-plan-what-if>`; give it what follows. */
export class PlanWhatIf extends View {
  day = '';
  opens = 16;
  closes = 30;
  /** @type {Told} */
  told = /** @type {any} */ (null);
  /** @type {() => Shift[]} */
  shifts = () => [];
  more = el('select');
  close = el('select');
  from = el('select');
  until = el('select');
  people = el('select');

  /** @override */
  build() {
    this.className = 'plan-what-if';
    const times = () => Array.from({ length: this.closes - this.opens + 1 }, (_, n) => el('option', { value: String(this.opens + n) }, clock(this.opens + n)));
    const field = (/** @type {string} */ words, /** @type {HTMLElement} */ input) => el('label', { class: 'field' }, el('span', {}, words), input);
    fill(this.more, el('option', { value: '' }, t('as planned')),
      ...this.told.services.map((each) => el('option', { value: each.service }, t('one more at {service}', { service: `${each.service} · ${each.name}` }))));
    fill(this.close, el('option', { value: '' }, t('none')), ...[1, 2, 3].map((n) => el('option', { value: String(n) }, String(n))));
    fill(this.from, ...times());
    fill(this.until, ...times());
    this.from.value = String(Math.max(this.opens, LUNCH[0]));
    this.until.value = String(Math.min(this.closes, LUNCH[1]));
    fill(this.people, ...MANY.map((n) => el('option', { value: String(n), selected: n === 100 }, n === 100 ? t('as expected') : n > 100 ? t('{n}% more come', { n: String(n - 100) }) : t('{n}% fewer come', { n: String(100 - n) }))));
    this.append(el('details', { class: 'card' },
      el('summary', {}, t('What if …')),
      el('div', { class: 'plan-fields' },
        field(t('Counters'), this.more), field(t('Close counters'), this.close), field(t('from'), this.from), field(t('until'), this.until), field(t('Visitors'), this.people)),
      el('button', { type: 'button', class: 'button small', onclick: () => this.look() }, t('Look what happens')),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { 'data-part': 'found', role: 'status' })));
  }

  async look() {
    const [start, end] = [Number(this.from.value), Number(this.until.value)];
    /** @type {object[]} */
    const changes = [];
    if (this.more.value) {
      changes.push({ what: 'more', n: 1, service: this.more.value, start: this.opens, end: this.closes });
    }
    if (this.close.value && start < end) {
      changes.push({ what: 'close', n: Number(this.close.value), service: '', start, end });
    }
    const found = part(this, '[data-part="found"]');
    fill(found, t('One moment, it is being worked out …'));
    let done = false;
    await this.trying(async () => {
      const body = { day: this.day, shifts: this.shifts() };
      const [was, now] = await Promise.all([
        post('/api/rota/try', body, { as: 'staff', timeout: SLOW_MS }),
        post('/api/rota/try', Object.assign({ changes, people: Number(this.people.value) }, body), { as: 'staff', timeout: SLOW_MS })]);
      done = true;
      fill(found, now.outcome && was.outcome ? told(was.outcome, now.outcome) : t('Nobody is expected on this day.'));
    });
    if (!done) {
      fill(found);
    }
  }
}

/**
 * @param {Outlook} was
 * @param {Outlook} now
 */
function told(was, now) {
  const share = (/** @type {Outlook} */ each) => String(Math.round(each.share || 0));
  const worse = now.missed.filter((slot) => !was.missed.includes(slot));
  const better = was.missed.filter((slot) => !now.missed.includes(slot));
  return el('div', { class: 'plan-found' },
    el('p', {}, t('With this: {share}% in time, nine of ten wait at most {p90}. Without: {before}%, {before_p90}.', { share: share(now), p90: waits(now.p90), before: share(was), before_p90: waits(was.p90) })),
    worse.length ? el('p', { class: 'soft' }, t('The target is then missed from {times}.', { times: worse.map(clock).join(', ') })) : null,
    better.length ? el('p', { class: 'soft' }, t('The target is then met from {times}.', { times: better.map(clock).join(', ') })) : null,
    el('p', { class: 'soft' }, t('This is only a look: the plan is as it was.')));
}

customElements.define('ramah-plan-what-if', PlanWhatIf);
