/**
 * Owns the thanks of visitors for the one who looks: for nobody else's eyes, and no figure of them.
 *
 * @typedef {import('../../web/types').Thanks} ThanksWord
 */

import { get, LinkError, ProblemError } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { day, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';
import { View } from '/web/staff/view.js';

/** `<ramah-thanks>` */
export class Thanks extends View {
  /** @override */
  build() {
    this.className = 'thanks';
    this.load();
  }

  async load() {
    try {
      /** @type {{thanks: ThanksWord[]}} */
      const { thanks } = await get('/api/thanks', { as: 'staff' });
      fill(this, el('section', { class: 'card', 'aria-labelledby': 'thanks-title' },
        el('h2', { id: 'thanks-title' }, t('Thanks from visitors')),
        thanks.length
          ? el('ul', { class: 'plans' }, ...thanks.map((each) => el('li', { class: 'morning-thanks' }, icon('heart'),
            el('span', {}, each.said || t('Thank you.')), ' ', el('small', { class: 'soft' }, `${day(each.at)} · ${each.service}`))))
          : el('p', { class: 'soft' }, t('Thanks that visitors leave for you appear here.'))));
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LinkError)) {
        throw error;
      }
      // the figures above tell of a lost link
    }
  }
}

customElements.define('ramah-thanks', Thanks);
