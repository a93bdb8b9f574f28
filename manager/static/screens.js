/** Owns what a lobby screen in touch lacks: a line for each whose sound or clock is wrong. */

import { t } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { get, LinkError, ProblemError } from '/web/api.js';
import { icon } from '/web/staff/icons.js';
import { View, part } from '/web/staff/view.js';

/** @typedef {import('../../web/types').Display} DisplayNow */

const REFRESH_MS = 15000;
/** A clock that is wrong by more is told: people compare it with their own. */
const WRONG_CLOCK_S = 60;

/** `<manager-screens>` */
export class ScreensLine extends View {
  /** @override */
  build() {
    this.className = 'alarms';
    this.append(el('div', { role: 'status', 'aria-live': 'polite', 'data-part': 'list' }));
    this.load();
    this.every(REFRESH_MS, () => this.load());
  }

  async load() {
    try {
      const { displays } = /** @type {{displays: DisplayNow[]}} */ (await get('/api/displays', { as: 'staff' }));
      const lines = displays.map(trouble).filter(Boolean);
      fill(part(this, '[data-part="list"]'), ...lines.map((words) => el('p', { class: 'banner warn' },
        icon('info'), el('span', {}, words, ' ', el('a', { href: '/display/setup' }, t('Look at the screens'))))));
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LinkError)) {
        throw error;
      }
      // the bar tells of a lost link; the next round asks again
    }
  }
}

/**
 * @param {DisplayNow} one
 * @returns {string} nothing when all is well
 */
function trouble(one) {
  if (!one.online) {
    return ''; // told where printers and displays are
  }
  if (one.part === 'voice' && one.sound !== 'on') {
    return t('The screen {name} should speak, but its sound is off.', { name: one.name });
  }
  if (one.skew_s !== null && Math.abs(one.skew_s) > WRONG_CLOCK_S) {
    return t('The clock of the screen {name} is wrong.', { name: one.name });
  }
  return '';
}

customElements.define('manager-screens', ScreensLine);
