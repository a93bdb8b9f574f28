/**
 * Owns the quiet line about the officer: a break that would do good, thanks, this month's questions.
 * Only between two visitors, never as a window, and put away with one touch.
 */

import { el, fill } from '/web/dom.js';
import { t, tn } from '/web/i18n.js';
import { minutes } from '/web/staff/format.js';
import { icon as sign } from '/web/icons.js';
import { readsFigures } from '/web/staff/hall.js';
import { icon } from '/web/staff/icons.js';
import { View } from '/web/staff/view.js';
import { askBreak } from '/counter/questions.js';

/** @typedef {import('./officer.js').Line} Line */

/** `<counter-mine>`; give it the `desk` and the `officer`. */
export class Mine extends View {
  /** @type {import('./desk.js').Desk} */
  desk = /** @type {any} */ (null);
  /** @type {import('./officer.js').Officer} */
  officer = /** @type {any} */ (null);
  shown = '';

  /** @override */
  build() {
    this.shown = '';
    this.hidden = true;
    this.follow(this.desk, 'change', () => this.render());
    this.follow(this.officer, 'change', () => this.render());
  }

  /** @override */
  render() {
    const { seat } = this.desk;
    const found = seat && seat.current ? '' : this.officer.line();
    const line = found === 'pulse' && seat ? '' : found; // for before and after work
    const signature = line && `${line} ${JSON.stringify(this.officer.now)}`;
    if (signature === this.shown) {
      return;
    }
    this.shown = signature;
    this.hidden = !line;
    if (!line) {
      fill(this);
      return;
    }
    fill(this, el('p', { class: 'mine', 'data-line': line },
      line === 'nudge' ? icon('break') : sign('heart'), el('span', {}, this.words(line)), ' ', this.act(line), ' ',
      el('button', { type: 'button', class: 'button quiet small', onclick: () => this.officer.putAway(line) }, line === 'thanks' ? t('Close') : t('Maybe later'))));
  }

  /** @param {Line} line */
  words(line) {
    const { now } = this.officer;
    if (line === 'thanks') {
      return t('A visitor left a thank-you for you.');
    }
    if (line === 'pulse' || !now || !now.nudge) {
      return t('Three short questions about your month, without your name.');
    }
    return now.nudge.why === 'long'
      ? tn('{n} long case. A short break would do you good.', '{n} long cases in a row. A short break would do you good.', now.nudge.n)
      : t('You have been here for {long} without a break. A short one would do you good.', { long: minutes(now.nudge.n * 60) });
  }

  /** @param {Line} line */
  act(line) {
    if (line === 'nudge') {
      return this.desk.seat ? el('button', { type: 'button', class: 'button quiet small', onclick: () => askBreak(this.desk) }, t('Take a break')) : null;
    }
    if (readsFigures(this.desk.person)) {
      return null; // who reads the hall's figures has no figures of one's own page
    }
    return el('a', { class: 'button quiet small', href: '/manager', onclick: () => line === 'thanks' && this.officer.putAway('thanks') }, line === 'thanks' ? t('Read it') : t('Answer'));
  }
}

customElements.define('counter-mine', Mine);
