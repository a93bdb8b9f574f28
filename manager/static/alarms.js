/** Owns what needs a person now: told at the top of the page as soon as the server finds it. */

import { t, time } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { get, LinkError, ProblemError } from '/web/api.js';
import { icon } from '/counter/icons.js';
import { View, part } from '/counter/view.js';

/** `<ramah-alarms>`; give it the `hall`. */
export class Alarms extends View {
  /** @type {import('/web/hall.js').Hall} */
  hall = /** @type {any} */ (null);

  /** @override */
  build() {
    this.className = 'alarms';
    this.append(el('div', { role: 'status', 'aria-live': 'polite', 'data-part': 'list' }));
    this.follow(this.hall, 'snapshot', () => this.load());
    this.follow(this.hall, 'event', (event) => String(event.detail.kind).startsWith('alarm_') && this.load());
    this.load();
  }

  async load() {
    try {
      const { alarms } = /** @type {{alarms: import('../../web/types').Alarm[]}} */ (await get('/api/alarms', { as: 'staff' }));
      fill(part(this, '[data-part="list"]'), ...alarms.map((alarm) => el('p', { class: 'banner warn', 'data-rule': alarm.rule },
        icon('info'), el('span', {}, el('b', {}, alarm.words), ' ', el('span', { class: 'soft' }, t('since {time}', { time: time(alarm.since) }))))));
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LinkError)) {
        throw error;
      }
      // the bar tells of a lost link; the next snapshot loads again
    }
  }
}

customElements.define('ramah-alarms', Alarms);
