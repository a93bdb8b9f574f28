/**
 * Owns the devices of all halls: those that need somebody, hall by hall, or every one. News of a hall
 * whose line is cut is shown as of then. Somebody of the city may wish something for each.
 *
 * @typedef {import('../../web/types').CityDevices} Told
 * @typedef {import('../../web/types').HallDevices} HallDevices
 * @typedef {import('../../web/types').DeviceNow} DeviceNow
 * @typedef {import('../../web/types').WishNow} WishNow
 */

import { get } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { day, language, number, t, time, tn } from '/web/i18n.js';
import { View, keepList, part } from '/web/staff/view.js';
import { sendWish, takeBack, told, wishButtons, wishList } from '/manager/citywishes.js';
import { facts, fault, kindName, lineChip } from '/manager/devicewords.js';

/** Offices tell of their devices once a minute. */
const EVERY_MS = 30000;

/** `<ramah-city-devices>` */
export class CityDevices extends View {
  all = false;
  /** Whether the person may wish something for a device. */
  mayWish = false;

  /** @override */
  build() {
    const all = el('input', { type: 'checkbox', checked: this.all, onchange: () => { this.all = all.checked; this.load(); } });
    this.append(el('section', { class: 'card', 'aria-labelledby': 'city-devices-title' },
      el('div', { class: 'spread' }, el('h2', { id: 'city-devices-title' }, t('Devices')), el('p', { class: 'soft', 'data-part': 'sums' })),
      el('label', { class: 'check' }, all, el('span', {}, t('Show all devices, not only those that need somebody'))),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('p', { class: 'soft', 'data-part': 'told', role: 'status' }),
      el('ul', { class: 'device-halls' })));
    this.load();
    this.every(EVERY_MS, () => document.visibilityState === 'visible' && this.load());
  }

  async load() {
    await this.trying(async () => {
      const told = /** @type {Told} */ (await get(`/api/city/devices?language=${language()}${this.all ? '&all=1' : ''}`, { as: 'staff' }));
      this.show(told);
    });
  }

  /**
   * @private
   * @param {Told} told
   */
  show({ halls, version }) {
    const now = Date.now();
    const known = halls.reduce((sum, hall) => sum + hall.known, 0);
    const online = halls.reduce((sum, hall) => sum + (hall.late ? 0 : hall.online), 0);
    say(part(this, '[data-part="sums"]'), t('{online} of {known} are in touch', { online: number(online), known: number(known) }));
    const shown = halls.filter((hall) => this.all || hall.devices.length || hall.late || hall.version !== version || hall.wishes.length);
    const place = part(this, '.device-halls');
    if (!shown.length) {
      fill(place, el('li', { class: 'soft' }, t('No device needs anybody now.')));
      return;
    }
    keepList(place, shown, (hall) => hall.code, () => el('li', {}), (item, hall) => showHall(item, hall, version, now, this.mayWish ? this.wishes(hall) : null));
  }

  /**
   * @private
   * @param {HallDevices} hall
   * @returns {Wish}
   */
  wishes(hall) {
    return {
      ask: (device, act) => this.wish(hall, device, act),
      back: (wish) => this.trying(async () => {
        await takeBack(hall, wish);
        say(part(this, '[data-part="told"]'), t('Taken back.'));
        await this.load();
      }),
    };
  }

  /**
   * @private
   * @param {HallDevices} hall
   * @param {DeviceNow} device
   * @param {WishNow['act']} act
   */
  async wish(hall, device, act) {
    const place = part(this, '[data-part="told"]');
    say(place, '');
    await this.trying(async () => {
      const made = await sendWish(hall, device, act);
      if (made) {
        say(place, told(made));
        await this.load();
      }
    });
  }
}

/** @typedef {{ask: (device: DeviceNow, act: WishNow['act']) => void, back: (wish: WishNow) => void} | null} Wish */

/**
 * @param {HTMLElement} item
 * @param {HallDevices} hall
 * @param {string} version the city's own
 * @param {number} now
 * @param {Wish} wish
 */
function showHall(item, hall, version, now, wish) {
  const lines = hall.devices.map((each) => [each, facts(each, hall.version, now), fault(each, now)]);
  const signature = JSON.stringify([hall.name, hall.version, hall.late, hall.told, lines, hall.wishes]);
  if (item.dataset.shown === signature) {
    return;
  }
  const active = document.activeElement;
  const had = active instanceof HTMLElement && item.contains(active) ? active.dataset.act : undefined;
  item.dataset.shown = signature;
  const old = hall.version && hall.version !== version;
  fill(item,
    el('div', { class: 'device-head' },
      el('h3', {}, hall.name),
      el('small', { class: 'soft' }, tn('{n} device', '{n} devices', hall.known)),
      hall.version ? el('small', { class: old ? 'chip warn' : 'soft' }, old ? t('server has version {version}, the city {ours}', { version: hall.version, ours: version }) : t('version {version}', { version: hall.version })) : null,
      asOf(hall)),
    wish ? wishList(hall, wish.back) : null,
    el('ul', { class: 'care-list' }, ...hall.devices.map((each) => deviceLine(each, hall, now, wish))));
  const again = had && Array.from(item.querySelectorAll('[data-act]')).find((each) => each instanceof HTMLElement && each.dataset.act === had);
  if (again instanceof HTMLElement) {
    again.focus();
  }
}

/** @param {HallDevices} hall */
function asOf(hall) {
  if (!hall.told) {
    return el('small', { class: 'soft' }, t('has not told of its devices yet'));
  }
  return hall.late ? el('span', { class: 'chip warn' }, t('as of {day}, {time}', { day: day(hall.told), time: time(hall.told) })) : null;
}

/**
 * @param {DeviceNow} device
 * @param {HallDevices} hall
 * @param {number} now
 * @param {Wish} wish
 */
function deviceLine(device, hall, now, wish) {
  const trouble = fault(device, now);
  return el('li', { class: 'care-item device', 'data-tone': device.lacks ? 'warn' : 'soon' },
    el('div', { class: 'care-words' },
      el('span', { class: 'device-head' }, el('b', {}, device.name), ' ', el('small', { class: 'soft' }, kindName(device.kind)), ' ', hall.late ? null : lineChip(device)),
      el('small', { class: 'soft device-facts' }, ...facts(device, hall.version, now).map((each) => el('span', { class: each.wrong ? 'wrong' : '' }, each.words))),
      trouble ? el('small', { class: 'device-fault' }, trouble) : null),
    wish ? wishButtons(device, (act) => wish.ask(device, act)) : null);
}

customElements.define('ramah-city-devices', CityDevices);
