/**
 * Owns the check of a place on a colleague's phone: all is well in one touch; else what is wrong,
 * a note or a photo, and sent. What is open there is taken in hand and mended on the same page.
 *
 * @typedef {import('../../web/types').Place} Place
 * @typedef {import('../../web/types').Checker} Checker
 * @typedef {import('../../web/types').Fault} Fault
 * @typedef {import('/web/api.js').Role} Role
 */

import { get, LinkError, newKey, post, ProblemError } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { t, time } from '/web/i18n.js';
import { icon } from '/web/icons.js';
import { oneLine } from '/web/text.js';
import { sendPhoto } from '/kiosk/comfort-photo.js';

const TIMEOUT_MS = 20000;

export class CheckPanel {
  /**
   * @param {HTMLElement} root
   * @param {string} path the place's address in the API
   * @param {Place} place
   * @param {Role} as whose login acts
   * @param {Checker} who
   */
  constructor(root, path, place, as, who) {
    this.root = root;
    this.path = path;
    this.place = place;
    this.as = as;
    this.who = who;
    /** @type {Set<string>} what is wrong, by code */
    this.wrong = new Set();
    this.said = '';
    /** @type {File | null} */
    this.photo = null;
    this.done = '';
    this.busy = false;
    this.doing = Promise.resolve();
    /** One check is one intention, however often it is sent over a bad line; another one is another. */
    this.key = newKey();
    this.sent = '';
    this.trouble = el('p', { class: 'banner warn', role: 'alert', hidden: true });
  }

  render() {
    const { name } = this.place;
    this.trouble.hidden = true;
    fill(this.root,
      el('h1', { class: 'comfort-place' }, name),
      el('p', { class: 'soft' }, this.who.last
        ? t('{name} · last looked at {time}', { name: this.who.name, time: time(this.who.last) })
        : t('{name} · not looked at yet today', { name: this.who.name })),
      this.done ? el('p', { class: 'banner ok', role: 'status', 'data-part': 'done', tabIndex: -1 }, icon('check'), el('span', {}, this.done)) : null,
      this.trouble,
      this.wrong.size === 0
        ? el('button', { type: 'button', class: 'button large comfort-well', onclick: () => this.send() }, icon('check'), t('All is well'))
        : null,
      this.items(),
      this.wrong.size ? this.rest() : null,
      this.who.faults.length ? this.open() : null);
  }

  items() {
    return el('section', { class: 'comfort-wrong', 'aria-labelledby': 'wrong-title' },
      el('h2', { id: 'wrong-title' }, t('Or: what is not well?')),
      el('ul', { class: 'comfort-items' }, ...this.place.items.map((each) => el('li', {},
        el('button', {
          type: 'button', class: 'button quiet comfort-item', 'data-item': each.code, 'aria-pressed': String(this.wrong.has(each.code)),
          onclick: () => this.toggle(each.code),
        }, el('b', {}, each.name))))));
  }

  /** @param {string} code */
  toggle(code) {
    const on = !this.wrong.has(code);
    if (on) {
      this.wrong.add(code);
    } else {
      this.wrong.delete(code);
    }
    this.done = '';
    this.render();
    const again = this.root.querySelector(`[data-item="${code}"]`);
    if (again instanceof HTMLElement) {
      again.focus();
    }
  }

  rest() {
    const text = el('textarea', { id: 'note', rows: 2, maxLength: 200, value: this.said, oninput: () => { this.said = text.value; } });
    const chosen = el('span', {}, this.photo ? t('Photo is chosen') : t('Take a photo (optional)'));
    const file = el('input', {
      type: 'file', accept: 'image/*', id: 'photo', class: 'hidden-visually', onchange: () => {
        this.photo = (file.files && file.files[0]) || null;
        say(chosen, this.photo ? t('Photo is chosen') : t('Take a photo (optional)'));
      },
    });
    file.setAttribute('capture', 'environment');
    return el('section', { class: 'comfort-rest' },
      el('label', { class: 'field', for: 'note' }, el('span', {}, t('A note (optional)')), text),
      el('div', { class: 'comfort-photo' }, file, el('label', { class: 'button quiet', for: 'photo' }, icon('camera'), chosen)),
      el('p', { class: 'soft' }, t('Please photograph no people. The photo is deleted after it is mended.')),
      el('button', { type: 'button', class: 'button large', 'data-part': 'send', onclick: () => this.send() }, t('Send')));
  }

  async send() {
    await this.trying(async () => {
      const body = { faults: Array.from(this.wrong), said: oneLine(this.said) };
      const sent = JSON.stringify(body);
      if (this.sent && this.sent !== sent) {
        this.key = newKey();
      }
      this.sent = sent;
      /** @type {{faults: Fault[]}} */
      const told = await post(`${this.path}/check`, body, this.options({ idempotencyKey: this.key, retries: 2 }));
      this.key = newKey();
      this.sent = '';
      this.done = body.faults.length ? t('Sent. Thank you for looking.') : t('Noted: all is well. Thank you.');
      const { photo } = this;
      this.wrong.clear();
      this.said = '';
      this.photo = null;
      this.render(); // should the line break now, nothing is left that could be sent twice
      if (photo && told.faults.length) {
        try {
          await sendPhoto(`/api/comfort/faults/${told.faults[0].id}/photo`, photo, this.as);
        } catch (error) {
          if (!(error instanceof LinkError || error instanceof ProblemError)) {
            throw error;
          }
          this.done = `${t('Sent, but without the photo.')} ${error.detail}`;
        }
      }
      await this.refresh();
    });
  }

  /** What is not mended here. */
  open() {
    return el('section', { class: 'comfort-open', 'aria-labelledby': 'open-title' },
      el('h2', { id: 'open-title' }, t('Not mended yet')),
      el('ul', { class: 'comfort-faults' }, ...this.who.faults.map((each) => el('li', { 'data-fault': each.item },
        el('b', {}, each.item_name), ' ',
        el('span', { class: `chip ${each.state === 'working' ? 'brand' : 'warn'}` }, faultState(each)),
        ...each.notes.filter((note) => note.said).map((note) => el('p', { class: 'soft' }, note.said)),
        el('div', { class: 'comfort-tools' },
          each.state === 'working' ? null : el('button', { type: 'button', class: 'button quiet', onclick: () => this.act(each, 'begin') }, t('I am on it')),
          el('button', { type: 'button', class: 'button quiet', onclick: () => this.act(each, 'mend') }, icon('check'), t('It is mended')))))));
  }

  /**
   * @param {Fault} fault
   * @param {'begin' | 'mend'} step
   */
  async act(fault, step) {
    while (this.busy) {
      await this.doing; // what was sent before is shown as done, and still being read anew
    }
    if (!this.who.faults.some((each) => each.id === fault.id && (step === 'mend' || each.state !== 'working'))) {
      return; // a second touch
    }
    await this.trying(async () => {
      await post(`/api/comfort/faults/${fault.id}/${step}`, {}, this.options({ idempotencyKey: newKey(), retries: 2 }));
      this.done = step === 'mend' ? t('Mended: {item}. Thank you.', { item: fault.item_name }) : t('The hall reads that somebody is on it.');
      await this.refresh();
    });
  }

  async refresh() {
    [this.place, this.who] = await Promise.all([get(this.path, this.options()), get(`${this.path}/checker`, this.options())]);
    this.render();
    const done = this.root.querySelector('[data-part="done"]');
    if (done instanceof HTMLElement) {
      done.focus();
    }
  }

  /** @param {import('/web/api.js').Options} [more] */
  options(more) {
    return Object.assign({ as: this.as, timeout: TIMEOUT_MS }, more);
  }

  /** @param {() => Promise<void>} work */
  async trying(work) {
    if (this.busy) {
      return;
    }
    this.busy = true;
    this.doing = this.run(work);
    await this.doing;
  }

  /** @param {() => Promise<void>} work */
  async run(work) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof LinkError || error instanceof ProblemError)) {
        throw error;
      }
      say(this.trouble, error.detail);
      this.trouble.hidden = false;
    } finally {
      this.busy = false;
    }
  }
}

/** @param {Fault} fault */
function faultState(fault) {
  if (fault.state === 'working') {
    return fault.on_it ? t('{name} is on it', { name: fault.on_it }) : t('Somebody is on it');
  }
  return fault.owner ? t('for {name}', { name: fault.owner }) : t('not taken yet');
}
