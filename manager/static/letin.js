/**
 * Owns letting a device in: who waits, the code that its screen shows, and what it is to be.
 *
 * @typedef {import('../../web/types').WaitingDevice} WaitingDevice
 * @typedef {import('../../web/types').WaitingDevices} WaitingDevices
 * @typedef {import('../../web/types').DeviceLetIn} DeviceLetIn
 * @typedef {import('../../web/types').DeviceNow} DeviceNow
 */

import { get, newKey, post } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { t, time } from '/web/i18n.js';
import { oneLine } from '/web/text.js';
import { View, keepList, part } from '/web/staff/view.js';
import { kindName } from '/manager/devicewords.js';

const EVERY_MS = 5000;
const LETTERS = 6;

/** @returns {[string, string][]} what a device can be, and its words; a panel is a display of one counter */
function choices() {
  return [
    ['kiosk', t('Kiosk: visitors take numbers')],
    ['display', t('Display: the whole hall reads and hears calls')],
    ['panel', t('Panel: the calls of one counter, without sound')],
    ['tablet', t('Counter tablet: asks visitors how it was')],
    ['agent', t('Print agent: prints beside a kiosk')],
  ];
}

/** `<ramah-let-in>`; give it the `hall` and the `devices`; fires `in`. */
export class LetIn extends View {
  /** @type {import('/web/hall.js').Hall} */
  hall = /** @type {any} */ (null);
  /** @type {DeviceNow[]} */
  devices = [];
  /** A code that came with the address. */
  given = '';
  asking = false;

  /** @override */
  build() {
    const code = el('input', { class: 'input number code-input', id: 'let-in-code', autocomplete: 'off', autocapitalize: 'characters', spellcheck: false, maxLength: 12, value: this.given, required: true });
    this.append(el('section', { class: 'card stack', 'aria-labelledby': 'let-in-title' },
      el('h2', { id: 'let-in-title' }, t('Connect a device')),
      el('p', { class: 'soft' }, t('Open the page of the kiosk, display or tablet on the new device. It shows six letters and digits: type them here.')),
      el('ul', { class: 'care-list', 'data-part': 'waiting', 'aria-label': t('Devices that wait') }),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'alert' }),
      el('form', { class: 'filters let-in-form', 'data-part': 'find', onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); this.look(code.value); } },
        el('label', { class: 'field' }, el('span', {}, t('Code on its screen')), code),
        el('button', { type: 'submit', class: 'button' }, t('Go on'))),
      el('div', { 'data-part': 'found', 'aria-live': 'polite' })));
    if (this.given) {
      this.look(this.given);
    }
    this.load();
    this.every(EVERY_MS, () => document.visibilityState === 'visible' && this.load());
  }

  async load() {
    if (this.asking) {
      return;
    }
    this.asking = true;
    try {
      const { devices } = /** @type {WaitingDevices} */ (await get('/api/devices/waiting', { as: 'staff' }));
      keepList(part(this, '[data-part="waiting"]'), devices, (each) => [each.kind, each.address, each.since.slice(0, 16)].join(), waits);
    } catch (error) {
      // the line is gone for a moment: the page says so where it matters
    } finally {
      this.asking = false;
    }
  }

  /**
   * @private
   * @param {string} typed
   */
  async look(typed) {
    if (typed.replace(/[^A-Za-z0-9]/g, '').length !== LETTERS) {
      fill(part(this, '[data-part="problem"]'), el('p', { class: 'banner warn' }, t('The code has six letters and digits.')));
      part(this, '#let-in-code').focus();
      return;
    }
    await this.trying(async () => {
      const device = /** @type {WaitingDevice} */ (await post('/api/devices/look', { code: typed.trim() }, { as: 'staff' }));
      this.decide(typed.trim(), device);
    });
  }

  /**
   * @private
   * @param {string} code
   * @param {WaitingDevice} device
   */
  decide(code, device) {
    const role = el('select', { id: 'let-in-role' }, ...choices().map(([value, words]) => el('option', { value, selected: value === device.kind }, words)));
    const counters = this.hall.state ? this.hall.state.counters : [];
    const counter = el('select', {}, ...counters.map((each) => el('option', { value: String(each.number), selected: each.number === device.counter }, t('Counter {number}', { number: each.number }))));
    const at = el('label', { class: 'field' }, el('span', {}, t('Counter')), counter);
    const instead = el('select', {});
    const place = el('label', { class: 'field' }, el('span', {}, t('New, or in the place of another')), instead);
    const name = el('input', { class: 'input', type: 'text', maxLength: 40, autocomplete: 'off' });
    const named = el('label', { class: 'field' }, el('span', {}, t('Name')), name);
    const follow = () => {
      const kind = role.value === 'panel' ? 'display' : role.value;
      const others = this.devices.filter((each) => each.kind === kind && role.value !== 'panel').sort((one, other) => Number(one.online) - Number(other.online));
      fill(instead, el('option', { value: '' }, t('A new device')), ...others.map((each) => el('option', { value: each.id },
        each.online ? t('{name} (in touch)', { name: each.name }) : t('{name} (out of touch)', { name: each.name }))));
      place.hidden = others.length === 0;
      settle();
    };
    const settle = () => {
      const anew = !instead.value;
      at.hidden = !anew || !['panel', 'tablet'].includes(role.value);
      named.hidden = !anew;
      if (anew && !name.dataset.own) {
        name.value = this.free(role.value, counter.value);
      }
    };
    role.addEventListener('change', follow);
    instead.addEventListener('change', settle);
    counter.addEventListener('change', settle);
    name.addEventListener('input', () => { name.dataset.own = 'yes'; });
    const submit = el('button', { type: 'submit', class: 'button' }, t('Let it in'));
    fill(part(this, '[data-part="found"]'), el('form', { class: 'stack found-device', onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      const one = !at.hidden;
      this.letIn(submit, {
        code, role: role.value === 'panel' ? 'display' : role.value, name: oneLine(name.value) || this.free(role.value, counter.value),
        counter: one ? Number(counter.value) : null, instead: instead.value || null,
      });
    } },
    el('p', {}, el('b', {}, seen(device))),
    el('div', { class: 'filters' }, el('label', { class: 'field' }, el('span', {}, t('What is it?')), role), at, place, named),
    el('p', { class: 'row' }, submit, el('button', { type: 'button', class: 'button quiet', onclick: () => this.drop() }, t('Not now')))));
    follow();
    role.focus();
  }

  /**
   * @private
   * @param {string} role
   * @param {string} counter
   * @returns {string} a name that no device has
   */
  free(role, counter) {
    if (role === 'panel' || role === 'tablet') {
      return role === 'panel' ? t('Panel {number}', { number: counter }) : t('Tablet {number}', { number: counter });
    }
    const names = this.devices.map((each) => each.name);
    const kind = kindName(/** @type {DeviceNow['kind']} */ (role));
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? kind : `${kind} ${number}`;
      if (!names.includes(name)) {
        return name;
      }
    }
  }

  /**
   * @private
   * @param {HTMLButtonElement} submit
   * @param {object} body
   */
  async letIn(submit, body) {
    submit.disabled = true;
    await this.trying(async () => {
      const device = /** @type {DeviceLetIn} */ (await post('/api/devices/let-in', body, { as: 'staff', idempotencyKey: newKey(), retries: 2 }));
      this.drop();
      fill(part(this, '[data-part="found"]'), el('p', { class: 'banner ok' }, t('{name} is connected. Its screen goes on by itself.', { name: device.name })));
      /** @type {HTMLInputElement} */ (part(this, '#let-in-code')).value = '';
      this.dispatchEvent(new Event('in'));
      this.load();
    });
    submit.disabled = false;
  }

  /** @private */
  drop() {
    fill(part(this, '[data-part="found"]'));
    part(this, '#let-in-code').focus();
  }
}

/** @param {WaitingDevice} device */
function seen(device) {
  const kind = kindName(device.kind);
  const what = device.counter === null ? kind : `${kind}, ${t('Counter {number}', { number: device.counter })}`;
  return [what, device.browser, device.address].filter(Boolean).join(' · ');
}

/** @param {WaitingDevice} device */
function waits(device) {
  return el('li', { class: 'care-item', 'data-tone': 'soon' },
    el('div', { class: 'care-words' }, el('b', {}, seen(device)),
      el('small', { class: 'soft' }, t('waits since {time}', { time: time(device.since) }))));
}

customElements.define('ramah-let-in', LetIn);
