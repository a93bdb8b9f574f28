/**
 * Owns the earlier versions of a week's plan: a line for each save, to look at it and to go back to it.
 *
 * @typedef {import('../../web/types').Rota} Rota
 */

import { el, fill } from '/web/dom.js';
import { dateFormat, t } from '/web/i18n.js';
import { View } from '/web/staff/view.js';

/** `<ramah-plan-versions>`; `offer` it what is kept; says `look` with the number of one. */
export class PlanVersions extends View {
  /** @override */
  build() {
    this.className = 'plan-versions';
  }

  /** @param {Rota['versions']} versions the newest first, the one that holds */
  offer(versions) {
    const [holds] = versions;
    fill(this, versions.length < 2 ? null : el('details', { class: 'card' },
      el('summary', {}, t('Earlier versions')),
      el('p', { class: 'soft' }, t('Each save is kept. Choose one to look at it; what holds does not change until you save.')),
      el('ul', { class: 'care-list' }, ...versions.map((each) => el('li', { class: 'care-item' },
        el('div', { class: 'care-words' },
          el('b', {}, each === holds ? t('Version {n}, holds now', { n: String(each.version) }) : t('Version {n}', { n: String(each.version) })),
          el('small', {}, t('{when}, by {name}', { when: savedAt(each.at), name: each.name }))),
        el('button', {
          type: 'button', class: 'button quiet small', 'data-version': String(each.version), 'aria-pressed': String(each === holds), 'aria-label': t('Show version {n}', { n: String(each.version) }),
          onclick: () => this.dispatchEvent(new CustomEvent('look', { detail: each.version })),
        }, t('Show')))))));
  }

  /** @param {number} version the one that is shown, 0 for none of them */
  mark(version) {
    for (const each of Array.from(this.querySelectorAll('[data-version]'))) {
      each.setAttribute('aria-pressed', String(each.getAttribute('data-version') === String(version)));
    }
  }
}

/**
 * @param {number} version that is shown
 * @param {number} newest the one that holds
 * @param {boolean} over its week is
 */
export function shownWords(version, newest, over) {
  const words = { n: String(version), newest: String(newest) };
  if (version === newest) {
    return t('Version {n} is shown, the one that holds.', words);
  }
  return over
    ? t('Version {n} is shown; version {newest} holds.', words)
    : t('Version {n} is shown; version {newest} holds. Press "Save the plan" if this one shall hold again.', words);
}

/** @param {string} at */
function savedAt(at) {
  return dateFormat({ weekday: 'long', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(new Date(at));
}

customElements.define('ramah-plan-versions', PlanVersions);
