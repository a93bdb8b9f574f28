/**
 * Owns the head of the chain through who did what: shown, and printed for the safe.
 *
 * @typedef {import('../../web/types').Chain} Chain
 */

import { dateFormat, number, t } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { icon } from '/web/staff/icons.js';

/** @type {Intl.DateTimeFormatOptions} */
const WHEN = { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

/** `<ramah-deed-head>` */
export class DeedHead extends HTMLElement {
  /** @param {Chain | null} chain */
  show(chain) {
    this.hidden = !chain || !chain.seq;
    if (!chain || !chain.seq) {
      return;
    }
    const digits = chain.hash.match(/.{4}/g) || [];
    fill(this, el('section', { class: 'deed-head', 'aria-labelledby': 'deed-head' },
      el('h3', { id: 'deed-head' }, t('Nobody changes this list unseen')),
      el('p', { class: 'soft' }, t('Each line is sealed together with all lines before it. Print the seal of today and keep it: with it anybody can prove later that nothing was changed, dropped or moved.')),
      el('dl', { class: 'deed-seal' },
        el('dt', {}, t('Line')), el('dd', { class: 'number' }, number(chain.seq)),
        el('dt', {}, t('Seal')), el('dd', { class: 'number seal-digits', translate: false }, ...digits.map((four) => el('span', {}, four))),
        el('dt', { class: 'print-only' }, t('Printed')), el('dd', { class: 'print-only' }, dateFormat(WHEN).format(new Date()))),
      chain.found ? el('p', { class: 'soft' }, t('Lines 1 to {last} are older than the sealing; they were taken in as they were.', { last: number(chain.found) })) : null,
      el('p', { class: 'print-only' }, t('To check: ramah doctor --head, followed by these digits.')),
      el('button', { type: 'button', class: 'button quiet small', onclick: () => this.print() }, icon('ticket'), t('Print the seal'))));
  }

  /** Print this and nothing else of the page. */
  print() {
    document.documentElement.classList.add('printing-seal');
    window.addEventListener('afterprint', () => document.documentElement.classList.remove('printing-seal'), { once: true });
    window.print();
  }
}

customElements.define('ramah-deed-head', DeedHead);
