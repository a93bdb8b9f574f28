/** Owns what a lobby screen in touch lacks: a line for each whose sound or clock is wrong. */

import { t } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { icon } from '/web/staff/icons.js';
import { View, part } from '/web/staff/view.js';

/** `<manager-screens>`; give it the `hall`. */
export class ScreensLine extends View {
  /** @type {import('/web/staff/hall.js').StaffHall} */
  hall = /** @type {any} */ (null);
  shown = '';

  /** @override */
  build() {
    this.className = 'alarms';
    this.shown = '';
    this.append(el('div', { role: 'status', 'aria-live': 'polite', 'data-part': 'list' }));
    this.follow(this.hall, 'care', () => this.render());
  }

  /** @override */
  render() {
    const { screens } = this.hall.care || { screens: [] };
    this.toggleAttribute('data-empty', !screens.length);
    if (this.shown !== screens.join('\n')) {
      this.shown = screens.join('\n');
      fill(part(this, '[data-part="list"]'), ...screens.map((words) => el('p', { class: 'banner warn' },
        icon('info'), el('span', {}, words, ' ', el('a', { href: '/display/setup' }, t('Look at the screens'))))));
    }
  }
}

customElements.define('manager-screens', ScreensLine);
