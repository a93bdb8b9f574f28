/**
 * Owns the page on which a manager tries the ticket's layout: each change is drawn by the server
 * with the very code that prints, and written as lines for the settings file.
 */

import { el, fill, say } from '/web/dom.js';
import { language, loadCatalog, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';

const PARTS = ['logo', 'office', 'agency', 'rule', 'service', 'number', 'priority', 'people', 'time', 'rule', 'ahead', 'wait', 'qr', 'foot'];
const LOGO_WIDE = 384;
const LOGO_HIGH = 160;
const DARK = 128;
const PAUSE_MS = 250;

/** @type {{name: string, on: boolean}[]} */
const parts = PARTS.map((name) => ({ name, on: true }));
let logo = '';
let timer = 0;

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
  window.clearTimeout(timer);
  timer = window.setTimeout(draw, PAUSE_MS);
}

function wanted() {
  const form = /** @type {HTMLFormElement} */ (part('form'));
  const data = new FormData(form);
  const foot = /** @type {HTMLTextAreaElement} */ (part('foot')).value;
  return {
    width_mm: Number(data.get('width')),
    cutter: data.get('cutter') !== null,
    lines: parts.filter((one) => one.on).map((one) => one.name),
    foot: foot ? { [language()]: foot } : {},
    logo,
  };
}

async function draw() {
  const paper = wanted();
  const response = await fetch(`/api/printers/preview.png?language=${encodeURIComponent(language())}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Ramah-As': 'staff', 'Accept-Language': language() },
    body: JSON.stringify({ paper }),
  });
  const trouble = part('trouble');
  trouble.hidden = response.ok;
  if (response.ok) {
    /** @type {HTMLImageElement} */ (part('preview')).src = await dataUrl(await response.blob());
  } else if (response.status === 401 || response.status === 403) {
    say(trouble, t('Please log in as a manager first, on the manager page.'));
  } else {
    say(trouble, (await response.json()).detail);
  }
  /** @type {HTMLTextAreaElement} */ (part('toml')).value = toml(paper);
}

/**
 * @param {Blob} blob
 * @returns {Promise<string>}
 */
function dataUrl(blob) {
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.readAsDataURL(blob);
  });
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
    lines.push('logo = "logo.png"');
  }
  for (const lang of Object.keys(paper.foot)) {
    lines.push('[paper.foot]', `${lang} = ${JSON.stringify(paper.foot[lang])}`);
  }
  return lines.join('\n');
}

/** Make the chosen picture small, black and white, as the printer will. */
async function takeLogo() {
  const { files } = /** @type {HTMLInputElement} */ (part('logo'));
  if (!files || !files[0]) {
    logo = '';
    later();
    return;
  }
  const image = await createImageBitmap(files[0]);
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

async function open() {
  await loadCatalog(language());
  render();
  part('form').addEventListener('input', later);
  part('logo').addEventListener('change', takeLogo);
  await draw();
}

open();
