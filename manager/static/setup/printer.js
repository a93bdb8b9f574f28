/** Owns the set-up's page of the printer: what is found, another one by its address, a test page. */

import { get, post } from '/web/api.js';
import { t } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { field, text } from '/manager/setup/fields.js';

/** @typedef {import('./draft.js').Draft} Draft */

const TEST_MS = 30000;

/** @param {Draft} draft */
export function printerPage(draft) {
  const list = el('div', { class: 'kinds', role: 'radiogroup', 'aria-label': t('Ticket printer') });
  const told = el('p', { class: 'told', role: 'status' });
  const test = el('button', { type: 'button', class: 'button quiet', onclick: () => tryIt() }, t('Print a test page'));
  /** @type {{url: string, name: string}[]} */
  let found = [];
  const address = text(draft.printer && draft.printer.url.startsWith('tcp://') ? draft.printer.url.slice(6) : '', () => byAddress(), {
    id: 'printer-address', placeholder: '192.168.1.20', inputMode: 'url',
  });
  const more = el('div', { hidden: true }, field(t('Name or address of the printer in the network'), address, { path: 'url', hint: t('It stands on the page that the printer itself prints when it is switched on with the feed button held.') }));

  /**
   * @param {{url: string, name: string} | null} chosen
   * @param {boolean} [roll] whether people tear their numbers from a roll
   */
  const choose = (chosen, roll = false) => {
    draft.printer = chosen;
    const { numbers, ...rules } = draft.office.rules || {};
    if (roll) {
      draft.office.rules = Object.assign(rules, { numbers: 'roll' });
    } else if (numbers) {
      draft.office.rules = rules;
    }
    draft.changed();
    fill(told);
    test.hidden = !chosen || !chosen.url;
  };
  const byAddress = () => {
    const host = address.value.trim().replace(/^tcp:\/\//, '');
    choose({ url: host ? `tcp://${host}` : 'tcp://', name: t('Printer') });
  };
  const tryIt = async () => {
    if (!draft.printer) {
      return;
    }
    fill(told, t('One moment…'));
    test.disabled = true;
    try {
      const answer = await post('/api/setup/printers/test', { url: draft.printer.url }, { timeout: TEST_MS });
      fill(told, answer.words);
    } catch (error) {
      fill(told, /** @type {{detail?: string}} */ (error).detail || String(error));
    }
    test.disabled = false;
  };
  /**
   * @param {string} value
   * @param {string} name
   * @param {string} about
   * @param {boolean} checked
   * @param {() => void} work
   */
  const option = (value, name, about, checked, work) => el('label', { class: 'kind' },
    el('input', { type: 'radio', name: 'printer', value, checked, onchange: () => {
      more.hidden = value !== 'tcp';
      work();
    } }),
    el('span', {}, el('b', {}, name), el('small', {}, about)));
  const show = () => {
    const now = draft.printer ? draft.printer.url : '';
    // one that was chosen and is not found just now stays chosen, and is seen to be
    const chosen = draft.printer && now && !now.startsWith('tcp:') && !found.some((each) => each.url === now) ? [draft.printer] : [];
    const roll = Boolean(draft.office.rules && draft.office.rules.numbers === 'roll');
    fill(list,
      option('', t('No printer for now'), t('The kiosk shows the number and a code for the phone. A printer can be added any time.'), !now && !roll, () => choose(null)),
      ...chosen.concat(found).map((each) => option(each.url, each.name, each.url.startsWith('usb:') ? t('On USB') : t('In the print service (CUPS)'), now === each.url, () => choose({ url: each.url, name: each.name }))),
      option('roll', t('A paper roll, no kiosk'), t('People tear a number off; staff just call the next one.'), roll, () => choose(null, true)),
      option('tcp', t('In the network'), t('By its name or address'), now.startsWith('tcp:'), () => {
        byAddress();
        address.focus();
      }));
    more.hidden = !now.startsWith('tcp:');
    test.hidden = !draft.printer;
  };
  const look = async () => {
    try {
      found = (await get('/api/setup/printers')).printers;
    } catch (error) {
      found = [];
    }
    show();
  };
  show();
  look();
  return el('div', { class: 'stack' },
    el('h1', {}, t('Ticket printer')),
    el('p', { class: 'soft' }, t('A kiosk and one screen need no printer to begin with. Without a kiosk, staff give numbers on the counter page, and the printer prints them.')),
    list, more,
    el('div', { class: 'row' }, test, el('button', { type: 'button', class: 'button quiet', onclick: look }, t('Look for printers again'))),
    told);
}
