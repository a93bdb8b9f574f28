/**
 * Owns how figures of a report are written, and that each has its meaning one touch away.
 *
 * @typedef {import('../../web/types').KpiAnswer} Kpi
 */

import { language, number, t } from '/web/i18n.js';
import { el } from '/web/dom.js';
import { duration } from '/counter/format.js';
import { icon } from '/counter/icons.js';

/**
 * @param {number | null | undefined} value
 * @param {string} unit count, seconds, share or rate
 * @returns {string}
 */
export function told(value, unit) {
  if (value === null || value === undefined) {
    return '–';
  }
  if (unit === 'seconds') {
    return duration(value >= 600 ? Math.round(value / 60) * 60 : value);
  }
  if (unit === 'share') {
    return `${decimal(value * 100)} %`;
  }
  return unit === 'count' ? number(value) : decimal(value);
}

/** @param {number} value */
function decimal(value) {
  const locale = language() === 'en' ? 'en-GB' : language();
  return new Intl.NumberFormat(locale, { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 }).format(value);
}

/**
 * @param {Kpi} kpi
 * @param {number | null} value
 * @param {number | null | undefined} other value of the period to compare with; undefined for none
 * @returns {HTMLElement}
 */
export function tile(kpi, value, other) {
  const meaning = el('div', { class: 'figure-meaning', id: `figure-${kpi.key}`, hidden: true },
    el('p', {}, kpi.meaning), el('p', { class: 'soft' }, kpi.formula));
  const button = el('button', {
    type: 'button',
    class: 'what',
    'aria-expanded': 'false',
    'aria-controls': meaning.id,
    'aria-label': t('What does "{name}" mean?', { name: kpi.name }),
  }, icon('info'));
  /** @param {boolean} open */
  const show = (open) => {
    meaning.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
  };
  button.addEventListener('click', () => show(Boolean(meaning.hidden)));
  button.addEventListener('blur', () => show(false));
  button.addEventListener('keydown', (event) => event.key === 'Escape' && show(false));
  return el('div', { class: 'card figure', 'data-kpi': kpi.key },
    el('div', { class: 'figure-head' }, el('h3', {}, kpi.name), button),
    el('p', { class: 'figure-value number' }, told(value, kpi.unit)),
    el('p', { class: 'figure-detail soft' }, other === undefined ? '' : change(kpi, value, other)),
    meaning);
}

/**
 * @param {Kpi} kpi
 * @param {number | null} value
 * @param {number | null} other
 * @returns {HTMLElement | string} what it was, with a word for better or worse and not only a colour
 */
function change(kpi, value, other) {
  const was = t('before: {value}', { value: told(other, kpi.unit) });
  if (!kpi.better || value === null || other === null || told(value, kpi.unit) === told(other, kpi.unit)) {
    return was;
  }
  if (kpi.unit === 'count') {
    return was;
  }
  const good = value > other === (kpi.better === 'more');
  return el('span', {}, `${was} `, el('span', { class: good ? 'chip ok' : 'chip warn' }, good ? t('better') : t('worse')));
}
