/**
 * Owns `<host-door>`: samples of the way from the door to a number. People in line are counted, and
 * now and then one of them is timed. Give it the `hall`. Fires `told` when something was refused.
 *
 * @typedef {import('/web/staff/hall.js').StaffHall} StaffHall
 */

import { el, fill, say } from '/web/dom.js';
import { t, time, tn } from '/web/i18n.js';
import { duration } from '/web/staff/format.js';
import { stepperField } from '/web/staff/dialog.js';
import { refusalOf } from '/web/staff/refusal.js';
import { View, part } from '/web/staff/view.js';

const STORE = 'ramah_host_timing';
/** Nobody stands there for longer; a clock that was forgotten runs on. */
const LONGEST_MS = 2 * 3600000;

export class Door extends View {
  hall = /** @type {StaffHall} */ (/** @type {any} */ (null));

  /** @override */
  build() {
    const people = stepperField({ label: t('People in line for a number'), least: 0, most: 99, value: 0 });
    fill(this, el('section', { class: 'card host-door', 'aria-labelledby': 'door-title' },
      el('h2', { id: 'door-title' }, t('From the door to a number')),
      el('p', { class: 'soft' }, t('A few samples a day are enough. They stand beside the official wait, which begins with the number.')),
      el('div', { class: 'host-line-count' }, people.node,
        el('button', { type: 'button', class: 'button quiet', 'data-part': 'keep', onclick: () => this.keep({ people: people.value() }) }, t('Keep this count'))),
      el('div', { class: 'host-timing' },
        el('p', { class: 'number host-clock', 'data-part': 'clock', role: 'timer' }),
        el('button', { type: 'button', class: 'button', 'data-part': 'start', onclick: () => this.start() }, t('Somebody joins the line')),
        el('button', { type: 'button', class: 'button accent', 'data-part': 'stop', onclick: () => this.stop() }, t('Has the number')),
        el('button', { type: 'button', class: 'button quiet', 'data-part': 'drop', onclick: () => this.drop() }, t('Stop without keeping'))),
      el('p', { 'data-part': 'today', role: 'status' })));
    this.follow(this.hall, 'change', () => this.render());
    this.every(1000, () => this.render());
  }

  /** @returns {number} since when somebody is timed, 0 for nobody; kept while the page is loaded again */
  get since() {
    const kept = Number(sessionStorage.getItem(STORE) || 0);
    return kept && this.hall.now() - kept < LONGEST_MS ? kept : 0;
  }

  start() {
    sessionStorage.setItem(STORE, String(this.hall.now()));
    this.render();
    part(this, '[data-part="stop"]').focus();
  }

  drop() {
    sessionStorage.removeItem(STORE);
    this.render();
    part(this, '[data-part="start"]').focus();
  }

  async stop() {
    const seconds = Math.max(0, Math.round((this.hall.now() - this.since) / 100) / 10);
    if (await this.keep({ seconds })) {
      this.drop();
    }
  }

  /**
   * @param {object} sample
   * @returns {Promise<boolean>}
   */
  async keep(sample) {
    const refused = await refusalOf(() => this.hall.command('/api/reception/door', sample));
    if (refused) {
      this.dispatchEvent(new CustomEvent('told', { detail: refused }));
    }
    return !refused;
  }

  /** @override */
  render() {
    const { door, online } = this.hall;
    const { since } = this;
    part(this, '[data-part="start"]').hidden = since > 0;
    part(this, '[data-part="stop"]').hidden = part(this, '[data-part="drop"]').hidden = !since;
    for (const name of ['stop', 'keep']) {
      /** @type {HTMLButtonElement} */ (part(this, `[data-part="${name}"]`)).disabled = !online;
    }
    const clock = part(this, '[data-part="clock"]');
    clock.hidden = !since;
    say(clock, since ? duration((this.hall.now() - since) / 1000) : '');
    say(part(this, '[data-part="today"]'), [
      door.timed ? tn('Today {n} person timed, {long} on average.', 'Today {n} people timed, {long} on average.', door.timed, { long: duration(door.seconds / door.timed) }) : '',
      door.line_at ? tn('At {time} {n} person was in line.', 'At {time} {n} people were in line.', door.line || 0, { time: time(door.line_at) }) : '',
      door.timed || door.line_at ? '' : t('No samples yet today.'),
    ].filter(Boolean).join(' '));
  }
}

customElements.define('host-door', Door);
