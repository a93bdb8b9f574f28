/**
 * Owns the choice of the printer that the shown ticket is for: one of the office's, or of a kind.
 * What a printer can do decides how a ticket looks, and how long it is on the line.
 *
 * @typedef {{id: string, name: string, kind: string, profile: string}} Printer
 */

import { el, fill, say } from '/web/dom.js';
import { number, t } from '/web/i18n.js';

const KIND = 'profile:';
/** Kinds of connection behind which a picture may be printed, whose bytes nobody knows here. */
const PICTURES = ['cups', 'agent'];

/** @returns {HTMLSelectElement} */
function choice() {
  return /** @type {HTMLSelectElement} */ (document.getElementById('printer'));
}

/** @returns {Array<[string, string]>} */
function kinds() {
  return [
    ['raster', t('Any printer: number and code are drawn')],
    ['escpos', t('A printer with letters and codes of its own')],
  ];
}

/** @param {Printer[]} printers the office's */
export function offer(printers) {
  const option = (/** @type {string} */ value, /** @type {string} */ words, /** @type {string} */ profile) => el('option', { value }, `${words} (${profile})`);
  const general = kinds().map(([profile, words]) => option(KIND + profile, words, profile));
  if (!printers.length) {
    fill(choice(), ...general);
    return;
  }
  fill(
    choice(),
    el('optgroup', { label: t('Printers of this office') }, ...printers.map((each) => option(each.id, each.name, each.profile))),
    el('optgroup', { label: t('Others') }, ...general),
  );
  const [first] = printers;
  choice().value = first.id;
  for (const each of printers) {
    Object.assign(/** @type {HTMLOptionElement} */ (choice().querySelector(`[value="${each.id}"]`)).dataset, { kind: each.kind });
  }
}

/** @returns {string} the choice, as the preview's address has it */
export function chosen() {
  const { value } = choice();
  return value.startsWith(KIND) ? `profile=${encodeURIComponent(value.slice(KIND.length))}` : `printer=${encodeURIComponent(value)}`;
}

/**
 * Say below the ticket what its picture cannot show.
 *
 * @param {Headers} headers of the preview
 * @param {number} width of the paper, as it is chosen on the page
 */
export function tell(headers, width) {
  const [option] = Array.from(choice().selectedOptions);
  const words = [];
  const real = Number(headers.get('Ramah-Paper-Width'));
  if (real && real !== width) {
    words.push(t('This printer has paper of {width} mm, whatever is chosen beside it.', { width: real }));
  }
  const bytes = number(Number(headers.get('Ramah-Ticket-Bytes')));
  const seconds = headers.get('Ramah-Ticket-Seconds');
  if (option && !PICTURES.includes(option.dataset.kind || '')) {
    words.push(
      seconds === null
        ? t('A ticket like this: {bytes} bytes.', { bytes })
        : t('A ticket like this: {bytes} bytes, {seconds} seconds on the line to this printer.', { bytes, seconds: number(Number(seconds)) }),
    );
  }
  if (headers.get('Ramah-Ticket-Code') === 'no') {
    words.push(t("No phone can open this server's address now, so tickets carry no code."));
  }
  say(/** @type {HTMLElement} */ (document.getElementById('printer-told')), words.join(' '));
}
