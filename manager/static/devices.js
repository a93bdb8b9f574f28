/**
 * Owns the view of the hall's devices: letting one in, how each is, and what is done from afar.
 *
 * @typedef {import('../../web/types').DeviceNow} DeviceNow
 * @typedef {import('../../web/types').DeviceList} DeviceList
 */

import { del, get, newKey, post } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { t, tn } from '/web/i18n.js';
import { ask } from '/web/staff/dialog.js';
import { View, keepList, part } from '/web/staff/view.js';
import { askName } from '/manager/devicename.js';
import { facts, fault, kindName, lineChip } from '/manager/devicewords.js';
import { LetIn } from '/manager/letin.js';
import { safeView } from '/manager/safe.js';

/** The list is looked at, not watched; each device tells once a minute. */
const EVERY_MS = 5000;
const PAGES = ['kiosk', 'display', 'tablet'];

/** `<ramah-devices>`; give it the `hall`; fires `known` with each list. */
export class Devices extends View {
  /** @type {import('/web/hall.js').Hall} */
  hall = /** @type {any} */ (null);
  /** @type {DeviceList | null} */
  known = null;

  /** @override */
  build() {
    this.append(el('section', { class: 'card', 'aria-labelledby': 'devices-title' },
      el('div', { class: 'spread' }, el('h2', { id: 'devices-title' }, t('Devices')), el('p', { class: 'soft', 'data-part': 'sums' })),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('p', { class: 'soft', role: 'status', 'data-part': 'told' }),
      el('ul', { class: 'care-list', 'data-part': 'list' })));
    this.load();
    this.every(EVERY_MS, () => document.visibilityState === 'visible' && this.load());
  }

  async load() {
    await this.trying(async () => {
      this.known = /** @type {DeviceList} */ (await get('/api/devices', { as: 'staff' }));
      this.dispatchEvent(new CustomEvent('known', { detail: this.known.devices }));
      this.show();
    });
  }

  /** @private */
  show() {
    const { devices, version } = /** @type {DeviceList} */ (this.known);
    const now = this.hall.now();
    const wrong = devices.filter((each) => each.lacks).length;
    say(part(this, '[data-part="sums"]'), devices.length
      ? [tn('{n} device', '{n} devices', devices.length), wrong ? tn('{n} needs somebody', '{n} need somebody', wrong) : t('all are well')].join(' · ')
      : t('No device is connected yet.'));
    const sorted = [...devices].sort((one, other) => Number(other.lacks) - Number(one.lacks));
    keepList(part(this, '[data-part="list"]'), sorted, (each) => each.id, () => el('li', { class: 'care-item device' }), (item, each) => this.line(item, each, version, now));
  }

  /**
   * @private
   * @param {HTMLElement} item
   * @param {DeviceNow} device
   * @param {string} version
   * @param {number} now
   */
  line(item, device, version, now) {
    const told = facts(device, version, now);
    const trouble = fault(device, now);
    const shown = JSON.stringify([device.name, device.online, device.state, told, trouble]);
    if (item.dataset.shown === shown) {
      return;
    }
    const had = item.contains(document.activeElement) && document.activeElement instanceof HTMLElement ? document.activeElement.dataset.act : undefined;
    item.dataset.shown = shown;
    item.dataset.tone = device.lacks ? 'warn' : 'soon';
    fill(item,
      el('div', { class: 'care-words' },
        el('span', { class: 'device-head' }, el('b', {}, device.name), ' ', el('small', { class: 'soft' }, kindName(device.kind)), ' ', lineChip(device)),
        el('small', { class: 'soft device-facts' }, ...told.map((each) => el('span', { class: each.wrong ? 'wrong' : '' }, each.words))),
        trouble ? el('small', { class: 'device-fault' }, trouble) : null),
      this.acts(device));
    if (had) {
      const again = item.querySelector(`[data-act="${had}"]`);
      if (again instanceof HTMLElement) {
        again.focus();
      }
    }
  }

  /**
   * @private
   * @param {DeviceNow} device
   */
  acts(device) {
    if (device.kind === 'printer') {
      return el('a', { class: 'button quiet small', href: '/kiosk/paper' }, t('Ticket paper'));
    }
    /** @type {[string, string, () => void][]} */
    const made = [];
    if (PAGES.includes(device.kind) && device.online) {
      made.push(['reload', t('Load again'), () => this.reload(device)]);
    }
    if (device.kind !== 'agent') {
      made.push(['rename', t('Rename'), () => this.rename(device)]);
    }
    made.push(['end', t('Disconnect'), () => this.end(device)]);
    return el('div', { class: 'device-acts' }, ...made.map(([act, words, work]) => el('button', { type: 'button', class: 'button quiet small', 'data-act': act, onclick: work }, words,
      el('span', { class: 'hidden-visually' }, ` ${device.name}`))));
  }

  /**
   * @private
   * @param {string} words what is said when it is done
   * @param {() => Promise<unknown>} work
   */
  async act(words, work) {
    const told = part(this, '[data-part="told"]');
    say(told, '');
    let done = false;
    await this.trying(async () => {
      await work();
      done = true;
      say(told, words);
    });
    if (done) {
      await this.load();
    }
  }

  /**
   * @private
   * @param {DeviceNow} device
   */
  reload(device) {
    return this.act(t('{name} loads its page again as soon as nobody is in the middle of something there.', { name: device.name }),
      () => post(`/api/devices/${device.id}/reload`, {}, { as: 'staff' }));
  }

  /**
   * @private
   * @param {DeviceNow} device
   */
  async rename(device) {
    const name = await askName(device);
    if (name) {
      await this.act(t('Saved.'), () => post(`/api/devices/${device.id}/rename`, { name }, { as: 'staff', idempotencyKey: newKey() }));
    }
  }

  /**
   * @private
   * @param {DeviceNow} device
   */
  async end(device) {
    const sure = await ask({
      title: t('Disconnect {name}?', { name: device.name }),
      intro: t('It can do nothing from this moment on, and its screen shows a code. Is it only another machine now? Then connect the new one in the place of this one.'),
      confirm: t('Disconnect'),
      careful: true,
    });
    if (sure) {
      await this.act(t('{name} is disconnected.', { name: device.name }), () => del(`/api/devices/${device.id}`, undefined, { as: 'staff' }));
    }
  }
}

/**
 * @param {import('/web/hall.js').Hall} hall
 * @param {string} code what came with the address, to be let in
 */
export function devicesView(hall, code) {
  const letIn = new LetIn();
  const devices = new Devices();
  letIn.hall = hall;
  devices.hall = hall;
  letIn.given = code;
  letIn.addEventListener('in', () => devices.load());
  devices.addEventListener('known', (event) => { letIn.devices = /** @type {CustomEvent} */ (event).detail; });
  return el('div', { class: 'stack' }, letIn, devices, safeView());
}

customElements.define('ramah-devices', Devices);
