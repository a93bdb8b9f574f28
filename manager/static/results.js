/**
 * Owns the page with published results, which a poster's QR leads to: index, elements, and what is
 * done about the lowest. It gets nothing that was not published.
 *
 * @typedef {import('../../web/types').PublicResults} PublicResults
 * @typedef {import('../../web/types').PublicResult} PublicResult
 */

import { get, LinkError, ProblemError } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { languageChanges, loadCatalog, number, t } from '/web/i18n.js';
import { exact } from '/manager/exact.js';
import { spanWords, dayWords } from '/manager/periodwords.js';
import '/web/switches.js';

const office = decodeURIComponent(location.pathname.split('/')[2]);
const main = /** @type {HTMLElement} */ (document.getElementById('main'));

async function open() {
  await loadCatalog();
  const heading = el('h1', {}, t('How satisfied our visitors are'));
  try {
    const told = /** @type {PublicResults} */ (await get(`/api/results/${encodeURIComponent(office)}`));
    say(/** @type {HTMLElement} */ (document.getElementById('office')), told.office);
    fill(main, heading, ...(told.results.length ? told.results.map(result) : [el('p', {}, t('Nothing is published yet. Please come again later.'))]));
  } catch (error) {
    if (!(error instanceof LinkError || error instanceof ProblemError)) {
      throw error;
    }
    fill(main, heading, el('p', { class: 'banner warn', role: 'alert' }, error.detail));
  }
  document.title = `${t('How satisfied our visitors are')} · Ramah`;
}

/** @param {PublicResult} told */
function result(told) {
  const id = `result-${told.first}-${told.last}`;
  return el('section', { class: 'card result', 'aria-labelledby': id },
    el('h2', { id }, spanWords(told)),
    el('div', { class: 'result-figure' },
      el('span', { class: 'result-letter' }, told.index.letter),
      el('span', {}, el('b', { class: 'result-value' }, exact(told.index.converted)), ' ', told.index.words)),
    told.few ? el('p', { class: 'result-few' }, t('Only {n} people answered: this index says little.', { n: number(told.n) })) : null,
    el('p', { class: 'soft' }, t('{n} of {target} answers wanted, for {served} visits that were served.', { n: number(told.n), target: number(told.target), served: number(told.served) })),
    el('details', {}, el('summary', {}, t('Elements')),
      el('div', { class: 'result-scroll', tabIndex: 0, role: 'region', 'aria-label': t('Elements') }, el('table', { class: 'table' },
        el('thead', {}, el('tr', {}, ...[t('Element'), t('Answers'), t('Converted'), t('Grade')].map((words) => el('th', { scope: 'col' }, words)))),
        el('tbody', {}, ...told.elements.map((each) => el('tr', {}, el('th', { scope: 'row' }, `U${each.number} ${each.name}`),
          el('td', {}, number(each.n)), el('td', {}, exact(each.converted)), el('td', {}, each.letter || '–'))))))),
    told.plans.length ? el('details', {}, el('summary', {}, t('What we do about it')),
      el('ul', {}, ...told.plans.map((each) => el('li', {}, el('b', {}, each.name), ' ', each.plan, ' ',
        el('small', { class: 'soft' }, each.done ? t('done on {day}', { day: dayWords(each.done) }) : t('by {day}', { day: dayWords(each.due) })),
        each.result ? el('p', {}, each.result) : null)))) : null,
    el('p', { class: 'soft' }, t('{method}. Published on {day}.', { method: told.method, day: dayWords(told.published) })));
}

languageChanges.addEventListener('change', open);
open();
