/**
 * Owns the page on which a manager changes the ticket's look: each change is drawn by the server
 * with the very code that prints; saved, the next ticket has it.
 *
 * @typedef {{width_mm: number, cutter: boolean, lines: string[], foot: Record<string, string>, logo: string}} Paper
 */

import { get, LinkError, newKey, post, ProblemError } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { language, loadCatalog, ownName, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';
import { dataUrl } from '/web/reading.js';
import { send } from '/web/send.js';
import { chosen, offer, tell as tellPrinter } from '/kiosk/paper-printers.js';

const PARTS = ['logo', 'office', 'agency', 'rule', 'service', 'number', 'priority', 'people', 'time', 'rule', 'ahead', 'wait', 'qr', 'foot'];
const LOGO_WIDE = 384;
const LOGO_HIGH = 160;
const DARK = 128;
const PAUSE_MS = 250;

/** @type {{name: string, on: boolean}[]} */
let parts = PARTS.map((name) => ({ name, on: true }));
let logo = '';
let timer = 0;
/** What is in force, as written; other than what is on the page while a change is not saved. */
let inForce = '';
/** @type {Map<string, HTMLTextAreaElement>} */
const feet = new Map();

/** @param {string} id */
function part(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @returns {Record<string, string>} */
function names() {
  return {
    logo: t('Logo'),
    office: t('Office'),
    agency: t('Agency'),
    rule: t('A line'),
    service: t('Service'),
    number: t('Number, always printed'),
    priority: t('Priority mark'),
    people: t('How many people'),
    time: t('Date and time'),
    ahead: t('People ahead'),
    wait: t('Wait'),
    qr: t('Code for the phone'),
    foot: t('Last words'),
  };
}

function render() {
  const words = names();
  fill(
    part('parts'),
    ...parts.map((one, index) => {
      const box = el('input', { type: 'checkbox', checked: one.on, disabled: one.name === 'number', onchange: () => change(() => (one.on = box.checked)) });
      return el(
        'li',
        {},
        el('label', {}, box, words[one.name]),
        mover(index, -1, t('{part} further up', { part: words[one.name] })),
        mover(index, 1, t('{part} further down', { part: words[one.name] })),
      );
    }),
  );
}

/**
 * @param {number} index
 * @param {number} by
 * @param {string} words
 */
function mover(index, by, words) {
  const to = index + by;
  const move = () =>
    change(() => {
      const [one] = parts.splice(index, 1);
      parts.splice(to, 0, one);
    });
  return el(
    'button',
    { class: by < 0 ? 'button quiet up' : 'button quiet', type: 'button', disabled: to < 0 || to >= parts.length, 'aria-label': words, onclick: move },
    icon('down'),
  );
}

/** @param {() => void} act */
function change(act) {
  act();
  render();
  later();
}

function later() {
  delete part('saved').dataset.just;
  window.clearTimeout(timer);
  timer = window.setTimeout(draw, PAUSE_MS);
}

/** @returns {Paper} */
function wanted() {
  const data = new FormData(/** @type {HTMLFormElement} */ (part('form')));
  const foot = /** @type {Record<string, string>} */ ({});
  for (const [lang, area] of feet) {
    if (area.value.trim()) {
      foot[lang] = area.value.trim();
    }
  }
  return {
    width_mm: Number(data.get('width')),
    cutter: data.get('cutter') !== null,
    lines: parts.filter((one) => one.on).map((one) => one.name),
    foot,
    logo,
  };
}

/**
 * Put a look into the form.
 *
 * @param {Paper} paper
 * @param {string[]} languages
 */
function put(paper, languages) {
  const left = PARTS.slice();
  for (const name of paper.lines) {
    if (left.includes(name)) {
      left.splice(left.indexOf(name), 1);
    }
  }
  const number = paper.lines.includes('number') ? [] : ['number']; // printed at the top, come what may
  parts = [
    ...[...number, ...paper.lines].map((name) => ({ name, on: true })),
    ...left.filter((name) => !number.includes(name)).map((name) => ({ name, on: false })),
  ];
  ({ logo } = paper);
  for (const width of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('[name=width]'))) {
    width.checked = width.value === String(paper.width_mm);
  }
  /** @type {HTMLInputElement} */ (document.querySelector('[name=cutter]')).checked = paper.cutter;
  feet.clear();
  for (const lang of languages) {
    const area = el('textarea', { class: 'input', rows: 3, maxLength: 300, value: paper.foot[lang] || '', lang });
    feet.set(lang, area);
  }
  const [legend] = part('feet').children;
  fill(part('feet'), legend, ...Array.from(feet, ([lang, area]) => el('label', { class: 'field' }, el('span', {}, ownName(lang)), area)));
  inForce = JSON.stringify(wanted());
  render();
}

async function draw() {
  const paper = wanted();
  const path = `/api/printers/preview.png?language=${encodeURIComponent(language())}&${chosen()}`;
  try {
    const response = await send(path, JSON.stringify({ paper }));
    /** @type {HTMLImageElement} */ (part('preview')).src = await dataUrl(await response.blob());
    tellPrinter(response.headers, paper.width_mm);
    part('trouble').hidden = true;
  } catch (error) {
    tell(error);
  }
  /** @type {HTMLTextAreaElement} */ (part('toml')).value = toml(paper);
  part('no-logo').hidden = !logo;
  if (JSON.stringify(paper) !== inForce) {
    say(part('saved'), t('Not saved yet.'));
  } else if (!part('saved').dataset.just) {
    say(part('saved'), '');
  }
}

/** @param {unknown} error what went wrong, said at the top and at the part it is about */
function tell(error) {
  if (!(error instanceof ProblemError || error instanceof LinkError)) {
    throw error;
  }
  const trouble = part('trouble');
  const stranger = error instanceof ProblemError && (error.status === 401 || error.status === 403);
  say(trouble, stranger ? t('Please log in as a manager first, on the manager page.') : error.detail);
  trouble.hidden = false;
  const field = (error instanceof ProblemError && error.field) || '';
  part('feet').classList.toggle('wrong', field.startsWith('paper.foot'));
  part('parts').classList.toggle('wrong', field.startsWith('paper.lines'));
  part('logo').classList.toggle('wrong', field.startsWith('paper.logo'));
}

/** @param {Event} event */
async function save(event) {
  event.preventDefault();
  const button = part('save');
  if (button.getAttribute('aria-busy') === 'true') {
    return;
  }
  button.setAttribute('aria-busy', 'true');
  say(part('saved'), t('Saving…'));
  try {
    const paper = wanted();
    await post('/api/printers/paper', { paper }, { as: 'staff', idempotencyKey: newKey(), retries: 2 });
    inForce = JSON.stringify(paper);
    tellSaved();
  } catch (error) {
    say(part('saved'), t('Not saved yet.'));
    tell(error);
  }
  button.removeAttribute('aria-busy');
}

function tellSaved() {
  for (const name of ['feet', 'parts', 'logo']) {
    part(name).classList.remove('wrong');
  }
  part('trouble').hidden = true;
  part('saved').dataset.just = 'true';
  say(part('saved'), t('Saved. The next ticket looks like this.'));
}

/** @param {ReturnType<typeof wanted>} paper */
function toml(paper) {
  const lines = [
    '[paper]',
    `width_mm = ${paper.width_mm}`,
    `cutter = ${paper.cutter}`,
    `lines = [${paper.lines.map((name) => `"${name}"`).join(', ')}]`,
  ];
  if (logo) {
    lines.push(`logo = "${logo}"`);
  }
  const langs = Object.keys(paper.foot);
  if (langs.length) {
    lines.push('[paper.foot]', ...langs.map((lang) => `${lang} = ${JSON.stringify(paper.foot[lang])}`));
  }
  return lines.join('\n');
}

/** Make the chosen picture small, black and white, as the printer will. */
async function takeLogo() {
  const { files } = /** @type {HTMLInputElement} */ (part('logo'));
  if (!files || !files[0]) {
    return;
  }
  const image = await createImageBitmap(files[0]).catch(() => null);
  if (!image) {
    say(part('trouble'), t('This file is no picture that can be printed. PNG and JPEG can.'));
    part('trouble').hidden = false;
    return;
  }
  const scale = Math.min(1, LOGO_WIDE / image.width, LOGO_HIGH / image.height);
  const canvas = el('canvas', { width: Math.max(1, Math.round(image.width * scale)), height: Math.max(1, Math.round(image.height * scale)) });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  const dots = pen.getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < dots.data.length; at += 4) {
    const grey = 0.3 * dots.data[at] + 0.59 * dots.data[at + 1] + 0.11 * dots.data[at + 2];
    dots.data.fill(grey < DARK ? 0 : 255, at, at + 3);
  }
  pen.putImageData(dots, 0, 0);
  logo = canvas.toDataURL('image/png');
  later();
}

function noLogo() {
  logo = '';
  /** @type {HTMLInputElement} */ (part('logo')).value = '';
  later();
}

async function open() {
  await loadCatalog(language());
  render();
  try {
    /** @type {{paper: Paper, languages: string[]}} */
    const now = await get('/api/printers/paper', { as: 'staff', retries: 2 });
    /** @type {{printers: import('./paper-printers.js').Printer[]}} */
    const { printers } = await get('/api/printers', { as: 'staff', retries: 2 });
    put(now.paper, now.languages);
    offer(printers);
    part('form').hidden = false;
    part('paper').hidden = false;
  } catch (error) {
    tell(error);
    return;
  }
  part('form').addEventListener('input', later);
  part('form').addEventListener('submit', save);
  part('printer').addEventListener('change', draw);
  part('logo').addEventListener('change', takeLogo);
  part('no-logo').addEventListener('click', noLogo);
  window.addEventListener('beforeunload', (event) => {
    if (JSON.stringify(wanted()) !== inForce) {
      event.preventDefault(); // a look that was tried for long is not lost by one click
    }
  });
  await draw();
}

open();
