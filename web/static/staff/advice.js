/**
 * Owns `<staff-advice>`: would one more counter help, which, and until when? For those who direct the
 * hall; a person decides. Give it the `hall`.
 *
 * @typedef {import('../../types').AdviceItem} AdviceItem
 */

import { newKey, post } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { number, t, time, tn } from '/web/i18n.js';
import { icon } from '/web/staff/icons.js';
import { View, part } from '/web/staff/view.js';

/** So long a word of thanks stands. */
const THANKS_MS = 60000;

export class Advice extends View {
  /** @type {import('/web/staff/hall.js').StaffHall} */
  hall = /** @type {any} */ (null);
  /** Which one this page has answered: word of it may still be on its way. */
  answered = '';
  shown = '';
  thanks = 0;

  /** @override */
  build() {
    this.hidden = true;
    this.shown = '';
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', t('Advice'));
    this.append(el('div', { role: 'status', 'data-part': 'card' }), el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }));
    this.follow(this.hall, 'care', () => this.render());
  }

  /** @returns {AdviceItem | null} that waits for an answer */
  get advice() {
    const { care } = this.hall;
    return care && care.advice && care.advice.id !== this.answered ? care.advice : null;
  }

  /** @override */
  render() {
    const { advice } = this;
    const signature = advice ? advice.id : '';
    if (signature === this.shown) {
      return;
    }
    this.shown = signature;
    if (advice) {
      window.clearTimeout(this.thanks);
      this.thanks = 0;
    } else if (this.thanks) {
      return; // the word of thanks stands for a while
    }
    this.hidden = !advice;
    fill(part(this, '[data-part="card"]'), advice ? this.card(advice) : null);
  }

  /** @param {AdviceItem} each */
  card(each) {
    return el('div', { class: 'banner advice', 'data-advice': each.id },
      icon('desk'),
      el('div', {},
        el('p', {}, el('b', {}, advised(each))),
        ...effects(each, each.service_name).map((words) => el('p', {}, words)),
        el('p', { class: 'soft' }, t('If a colleague is free: please ask kindly. Nobody has to cut a break short.')),
        el('p', { class: 'quiet-tools' },
          el('button', { type: 'button', class: 'button small', onclick: () => this.answer(each, 'taken') }, t('We will do that')),
          el('button', { type: 'button', class: 'button quiet small', onclick: () => this.answer(each, 'declined') }, t('Not this time')))));
  }

  /**
   * @param {AdviceItem} each
   * @param {'taken' | 'declined'} answer
   */
  async answer(each, answer) {
    await this.trying(async () => {
      await post(`/api/advice/${each.id}/answer`, { answer }, { as: 'staff', idempotencyKey: newKey(), retries: 2 });
      this.answered = each.id;
      this.shown = '';
      this.thank(answer === 'taken'
        ? t('Thank you. The counters now read that counter {number} helps until {time}.', { number: each.number, time: time(each.until) })
        : t('All right. You know your hall best.'));
    });
  }

  /** @param {string} words */
  thank(words) {
    fill(part(this, '[data-part="card"]'), el('p', { class: 'banner ok' }, icon('finish'), el('span', {})));
    say(part(this, '[data-part="card"] span'), words);
    window.clearTimeout(this.thanks);
    this.thanks = window.setTimeout(() => {
      this.thanks = 0;
      this.shown = '?';
      this.render();
    }, THANKS_MS);
  }
}

/** @param {AdviceItem} each */
export function advised(each) {
  return t('One more counter would help: counter {number}, until {time}.', { number: each.number, time: time(each.until) });
}

/**
 * What a counter would do, in sentences.
 *
 * @param {AdviceItem} each
 * @param {string} name of the service that presses most
 */
export function effects(each, name) {
  const fewer = each.without.late - each.with_it.late;
  const spared = number(each.without.over - each.with_it.over);
  return [
    t('{service}: nearly everybody is called within {with} minutes instead of {without}.', { service: name, with: number(each.wait_with), without: number(each.wait) }),
    fewer > 0
      ? tn('{n} person more is called as promised ({late} instead of {before} wait longer); together people wait {spared} minutes less.', '{n} people more are called as promised ({late} instead of {before} wait longer); together people wait {spared} minutes less.', fewer, { late: number(each.with_it.late), before: number(each.without.late), spared })
      : t('Together people wait {spared} minutes less beyond what is promised.', { spared }),
  ];
}

customElements.define('staff-advice', Advice);
