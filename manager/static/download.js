/** Owns fetching the log as a file: what has come is counted while it comes, and it can be stopped. */

import { language, number, t } from '/web/i18n.js';
import { el, say } from '/web/dom.js';
import { get, LinkError, ProblemError } from '/web/api.js';
import { icon } from '/web/staff/icons.js';
import { View, part } from '/web/staff/view.js';

/**
 * @typedef {object} Form
 * @property {string} form as in `format=`
 * @property {() => string} name
 * @property {RegExp | null} row what stands once in each row; null when only the server can count
 */

/**
 * What a person opens by a double click stands first.
 *
 * @type {Form[]}
 */
export const FORMS = [
  { form: 'xlsx', name: () => 'XLSX', row: null },
  { form: 'csv-sheet', name: () => t('CSV for spreadsheets'), row: /\n/g },
  { form: 'csv', name: () => t('CSV for programs'), row: /\n/g },
  { form: 'json', name: () => 'JSON', row: /"leg":/g },
  { form: 'parquet', name: () => 'Parquet', row: null },
];

const SHOW_MS = 200;
const COUNT_MS = 60000;

/** `<ramah-download>`; give it `query`, which returns the filters of the log. */
export class Download extends View {
  /** @type {() => URLSearchParams} */
  query = () => new URLSearchParams();
  /** @type {AbortController | null} */
  running = null;

  /** @override */
  build() {
    this.className = 'download';
    this.append(
      el('div', { class: 'downloads', role: 'group', 'aria-label': t('Download') },
        ...FORMS.map((form) => el('a', {
          class: 'button quiet small', 'data-form': form.form, download: '', onclick: (/** @type {Event} */ event) => this.press(event, form),
        }, icon('download'), form.name()))),
      el('div', { class: 'progress card', 'data-part': 'progress', hidden: true },
        el('p', { 'data-part': 'words', role: 'status' }),
        el('progress', { 'aria-label': t('Download') }),
        el('button', { type: 'button', class: 'button quiet small', onclick: () => this.stop() }, t('Stop'))));
    this.ending.signal.addEventListener('abort', () => this.stop());
  }

  /** The filters changed: the links lead to what is shown now. */
  renew() {
    for (const link of Array.from(this.querySelectorAll('[data-form]'))) {
      /** @type {HTMLAnchorElement} */ (link).href = this.address(link.getAttribute('data-form') || 'xlsx');
    }
  }

  /** @param {string} form */
  address(form) {
    const query = this.query();
    query.set('format', form);
    query.set('language', language());
    return `/api/log?${query}`;
  }

  /**
   * @param {Event} event
   * @param {Form} form
   */
  press(event, form) {
    if (!('TransformStream' in window) || !('pipeThrough' in ReadableStream.prototype)) {
      return; // an old browser downloads by itself, without telling how far it is
    }
    event.preventDefault();
    if (!this.running) {
      this.fetch(form);
    }
  }

  stop() {
    if (this.running) {
      this.running.abort();
    }
  }

  /** @param {Form} form */
  async fetch(form) {
    const running = new AbortController();
    this.running = running;
    const place = part(this, '[data-part="progress"]');
    const bar = /** @type {HTMLProgressElement} */ (part(this, 'progress'));
    place.hidden = false;
    bar.removeAttribute('value');
    this.say(t('Counting the rows …'));
    try {
      const { rows } = /** @type {{rows: number}} */ (await get(`/api/log/count?${this.query()}`, { as: 'staff', timeout: COUNT_MS }));
      this.say(form.row ? t('{done} of {all} rows', { done: number(0), all: number(rows) }) : t('Packing {all} rows …', { all: number(rows) }));
      const answer = await fetch(this.address(form.form), { headers: { 'Ramah-As': 'staff' }, credentials: 'same-origin', cache: 'no-store', signal: running.signal });
      if (!answer.ok || !answer.body) {
        throw new ProblemError(Object.assign({ status: answer.status }, await answer.json()));
      }
      const size = Number(answer.headers.get('Content-Length')) || 0;
      const counted = answer.body.pipeThrough(counter(form, rows, size, (done, words) => {
        bar.max = 1;
        bar.value = done;
        this.say(words);
      }));
      const file = await new Response(counted).blob();
      keep(file, nameOf(answer));
      bar.max = 1;
      bar.value = 1;
      this.say(t('Ready: {all} rows are in your downloads.', { all: number(rows) }));
    } catch (error) {
      place.hidden = running.signal.aborted;
      if (!running.signal.aborted) {
        bar.max = 1;
        bar.value = 0;
        this.say(error instanceof ProblemError ? error.detail : new LinkError().detail);
      }
    } finally {
      this.running = null;
      part(place, '.button').hidden = true;
    }
  }

  /** @param {string} words */
  say(words) {
    const button = part(this, '.progress .button');
    button.hidden = !this.running;
    say(part(this, '[data-part="words"]'), words);
  }
}

/**
 * Let bytes pass and tell, a few times a second, how much has come.
 *
 * @param {Form} form
 * @param {number} rows
 * @param {number} size in bytes, 0 when it is not known
 * @param {(done: number, words: string) => void} tell
 */
function counter(form, rows, size, tell) {
  const text = new TextDecoder();
  const head = form.form !== 'json'; // its first line names the columns
  let [seen, bytes, told, tail] = [head ? -1 : 0, 0, 0, ''];
  return new TransformStream({
    transform(chunk, onward) {
      bytes += chunk.byteLength;
      if (form.row) {
        const words = tail + text.decode(chunk, { stream: true });
        seen += (words.match(form.row) || []).length;
        tail = head ? '' : words.slice(-5); // a mark that lies across two pieces
      }
      const now = performance.now();
      if (now - told > SHOW_MS) {
        told = now;
        if (form.row) {
          tell(rows ? Math.min(1, seen / rows) : 0, t('{done} of {all} rows', { done: number(Math.max(0, seen)), all: number(rows) }));
        } else if (size) {
          tell(bytes / size, t('{done} of {all} MB', { done: megabytes(bytes), all: megabytes(size) }));
        }
      }
      onward.enqueue(chunk);
    },
  });
}

/** @param {number} bytes */
function megabytes(bytes) {
  return number(Math.round(bytes / 1e5) / 10);
}

/** @param {Response} answer */
function nameOf(answer) {
  const found = /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition') || '');
  return found ? found[1] : 'ramah-log';
}

/**
 * @param {Blob} file
 * @param {string} name
 */
function keep(file, name) {
  const link = el('a', { href: URL.createObjectURL(file), download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

customElements.define('ramah-download', Download);
