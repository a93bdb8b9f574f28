/** Owns what needs a person now: told at the top of the page as soon as the server finds it. */

import { day, sameDay, t, time, tn } from '/web/i18n.js';
import { el, say } from '/web/dom.js';
import { LinkError, newKey, post, ProblemError } from '/web/api.js';
import { icon } from '/web/staff/icons.js';
import { View, keepList, part } from '/web/staff/view.js';
import { bell } from '/web/staff/sound.js';

/** @type {Record<string, {path: string, words: () => string}>} */
const ACTS = {
  clock: { path: '/api/clock/confirm', words: () => t('Yes, the time is right') },
  day_end: { path: '/api/day/reopen', words: () => t('Let them wait on') },
};

const QUIET = 'quiet_call';

/** So many are in sight, the newest; more would push down what the page is about, a phone's whole screen. */
const FEW = 3;

/** `<ramah-alarms>`; give it the `hall`. */
export class Alarms extends View {
  /** @type {import('/web/staff/hall.js').StaffHall} */
  hall = /** @type {any} */ (null);

  /** @override */
  build() {
    this.className = 'alarms';
    this.hidden = true;
    this.append(
      el('div', { role: 'status', 'aria-live': 'polite', id: 'alarms', 'data-part': 'list' }),
      el('button', { type: 'button', class: 'button quiet small', 'aria-controls': 'alarms', 'data-part': 'more', hidden: true, onclick: () => this.unfold() }));
    this.follow(this.hall, 'care', () => this.render());
    this.follow(this.hall, 'event', (event) => {
      const heard = /** @type {import('../../types').HallEvent} */ (event.detail);
      if (heard.kind === 'alarm_raised' && heard.rule !== QUIET) {
        bell();
      }
    });
  }

  /**
   * @private What a person can do about it, in one touch.
   * @param {HTMLElement} shown
   * @param {string} rule
   */
  offer(shown, rule) {
    const act = ACTS[rule];
    if (!act || shown.querySelector('button')) {
      return;
    }
    const told = el('span', { role: 'alert' });
    const button = /** @type {HTMLButtonElement} */ (el('button', { type: 'button', class: 'button quiet small' }, act.words()));
    const key = newKey();
    button.addEventListener('click', async () => {
      button.disabled = true;
      try {
        await post(act.path, {}, { as: 'staff', idempotencyKey: key, retries: 2 });
        say(told, '');
      } catch (error) {
        if (!(error instanceof ProblemError || error instanceof LinkError)) {
          throw error;
        }
        say(told, error.detail);
      }
      button.disabled = false;
    });
    shown.append(told, button);
  }

  /** @private */
  unfold() {
    this.toggleAttribute('data-all');
    this.render();
  }

  /** @override */
  render() {
    // a quiet call has a place of its own above, with what can be done about it
    const alarms = (this.hall.care ? this.hall.care.alarms : []).filter((each) => each.rule !== QUIET);
    alarms.sort((one, other) => Number(other.rule in ACTS) - Number(one.rule in ACTS) || Date.parse(other.since) - Date.parse(one.since));
    const more = part(this, '[data-part="more"]');
    const all = this.hasAttribute('data-all');
    more.hidden = alarms.length <= FEW;
    more.setAttribute('aria-expanded', String(all));
    say(more, all ? t('Show fewer') : tn('{n} more alarm', '{n} more alarms', alarms.length - FEW));
    this.hidden = !alarms.length;
    keepList(part(this, '[data-part="list"]'), alarms, (alarm) => `${alarm.rule} ${alarm.subject}`,
      (alarm) => el('p', { class: 'banner warn', 'data-rule': alarm.rule },
        icon('info'), el('span', {}, el('b', {}), ' ', el('span', { class: 'soft' }, t('since {time}', { time: sameDay(alarm.since, this.hall.now()) ? time(alarm.since) : `${day(alarm.since)}, ${time(alarm.since)}` })))),
      (shown, alarm) => {
        shown.hidden = !all && alarms.indexOf(alarm) >= FEW;
        say(part(shown, 'b'), alarm.words);
        this.offer(shown, alarm.rule);
      });
  }
}

customElements.define('ramah-alarms', Alarms);
