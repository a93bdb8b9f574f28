/**
 * Owns how figures of a report are written, and that each has its meaning one touch away.
 *
 * @typedef {import('../../web/types').Kpi} Kpi
 */

import { language, number, t } from '/web/i18n.js';
import { el } from '/web/dom.js';
import { duration } from '/web/staff/format.js';
import { icon } from '/web/staff/icons.js';

/** Smaller changes are told and not judged: two points of a share, a tenth, half a minute. */
const [LEAST_POINTS, LEAST_PART, LEAST_SECONDS] = [0.02, 0.1, 30];

/**
 * @param {number | null | undefined} value
 * @param {string} unit count, seconds, share or rate
 * @param {{column?: boolean}} [options] in a column a share always has one decimal, to compare down
 * @returns {string}
 */
export function told(value, unit, { column = false } = {}) {
  if (value === null || value === undefined) {
    return '–';
  }
  if (unit === 'seconds') {
    return duration(value >= 600 ? Math.round(value / 60) * 60 : value);
  }
  if (unit === 'share') {
    return percent(value, 1, column);
  }
  return unit === 'count' ? number(value) : decimal(value);
}

/** @param {number} value */
function decimal(value) {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 }).format(value);
}

function locale() {
  return language() === 'en' ? 'en-GB' : language();
}

/**
 * @param {number} share 0 to 1
 * @param {number} [digits] after the comma, at most
 * @param {boolean} [always] so many also when they are naught
 * @returns {string} as the reader's language writes it, `83,1%`
 */
export function percent(share, digits = 0, always = false) {
  const most = share < 1 || always ? digits : 0;
  if (share > 0 && share < 1) { // what is not everything is never told as everything, nor something as nothing
    const least = Math.pow(10, -2 - most);
    share = share < least ? least : share >= 1 - least / 2 ? 1 - least : share;
  }
  return new Intl.NumberFormat(locale(), { style: 'percent', minimumFractionDigits: always ? most : 0, maximumFractionDigits: most }).format(share);
}

/**
 * A figure with its name, and its meaning one touch away.
 *
 * @param {object} figure
 * @param {string} figure.id of the meaning, once on the page
 * @param {string} figure.name
 * @param {string} figure.meaning
 * @param {string} [figure.formula]
 * @param {string} [figure.value]
 * @param {Node | string} [figure.detail]
 * @param {Record<string, string>} [figure.marks] attributes to find it by
 * @returns {HTMLElement}
 */
export function figureCard({ id, name, meaning, formula, value = '–', detail = '', marks = {} }) {
  const told = el('div', { class: 'figure-meaning', id, hidden: true },
    el('p', {}, meaning), formula ? el('p', { class: 'soft' }, formula) : null);
  const button = el('button', {
    type: 'button',
    class: 'what',
    'aria-expanded': 'false',
    'aria-controls': id,
    'aria-label': t('What does "{name}" mean?', { name }),
  }, icon('info'));
  /** @param {boolean} open */
  const show = (open) => {
    told.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
  };
  button.addEventListener('click', () => show(Boolean(told.hidden)));
  button.addEventListener('blur', () => show(false));
  button.addEventListener('keydown', (event) => event.key === 'Escape' && show(false));
  return el('div', Object.assign({ class: 'card figure' }, marks),
    el('div', { class: 'figure-head' }, el('h3', {}, name), button),
    el('p', { class: 'figure-value number' }, value),
    el('p', { class: 'figure-detail soft' }, detail),
    told);
}

/**
 * A figure of a report.
 *
 * @param {Kpi} kpi
 * @param {number | null} value
 * @param {Node | string} [detail]
 * @returns {HTMLElement}
 */
export function tile(kpi, value, detail) {
  return figureCard({
    id: `figure-${kpi.key}`,
    name: kpi.name,
    meaning: kpi.meaning,
    formula: kpi.formula,
    value: told(value, kpi.unit),
    detail,
    marks: { 'data-kpi': kpi.key },
  });
}

/**
 * Tell whether a change is worth a judgement: 15 s after 14 s is the same hall.
 *
 * @param {string} unit
 * @param {number} value
 * @param {number} other
 */
export function differs(unit, value, other) {
  const by = Math.abs(value - other);
  if (unit === 'share') {
    return by >= LEAST_POINTS - 1e-9;
  }
  return by >= LEAST_PART * Math.abs(other) && (unit !== 'seconds' || by >= LEAST_SECONDS);
}

/**
 * @param {Kpi} kpi
 * @param {number | null} value
 * @param {number | null} other
 * @returns {HTMLElement | string} what it was, with a word for better or worse and not only a colour
 */
export function change(kpi, value, other) {
  const was = t('before: {value}', { value: told(other, kpi.unit) });
  if (!kpi.better || value === null || other === null || told(value, kpi.unit) === told(other, kpi.unit)) {
    return was;
  }
  if (kpi.unit === 'count' || !differs(kpi.unit, value, other)) {
    return was;
  }
  const good = value > other === (kpi.better === 'more');
  return el('span', {}, `${was} `, el('span', { class: good ? 'chip ok' : 'chip warn' }, good ? t('better') : t('worse')));
}
