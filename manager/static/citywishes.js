/**
 * Owns what somebody of the city wishes for a device of a hall: the buttons, the questions, and what came
 * of it. The office's own server does it when it comes next.
 *
 * @typedef {import('../../web/types').WishNow} WishNow
 * @typedef {import('../../web/types').HallDevices} HallDevices
 * @typedef {import('../../web/types').DeviceNow} DeviceNow
 */

import { del, post } from '/web/api.js';
import { el } from '/web/dom.js';
import { day, sameDay, t, time } from '/web/i18n.js';
import { ask } from '/web/staff/dialog.js';
import { askName } from '/manager/devicename.js';

const PAGES = ['kiosk', 'display', 'tablet'];
/** Of those that are listed at most so many: what came of the others is in the office's own list. */
const MOST_SHOWN = 6;

/**
 * @param {DeviceNow} device
 * @param {(act: WishNow['act']) => void} wish
 * @returns {HTMLElement | null} the buttons of a device; none for a printer
 */
export function wishButtons(device, wish) {
  if (device.kind === 'printer') {
    return null;
  }
  /** @type {[WishNow['act'], string][]} */
  const made = [];
  if (PAGES.includes(device.kind)) {
    made.push(['reload', t('Load again')]);
  }
  if (device.kind !== 'agent') {
    made.push(['rename', t('Rename')]);
  }
  made.push(['end', t('Connect anew')]);
  return el('div', { class: 'device-acts' }, ...made.map(([act, words]) => el('button', { type: 'button', class: 'button quiet small', 'data-act': `${act} ${device.id}`, onclick: () => wish(act) }, words,
    el('span', { class: 'hidden-visually' }, ` ${device.name}`))));
}

/**
 * Ask what has to be asked, and send the wish.
 *
 * @param {HallDevices} hall
 * @param {DeviceNow} device
 * @param {WishNow['act']} act
 * @returns {Promise<WishNow | null>} null when the person thought better of it
 */
export async function sendWish(hall, device, act) {
  let name = '';
  if (act === 'rename') {
    name = await askName(device);
    if (!name) {
      return null;
    }
  } else if (act === 'end' && !(await sure(hall, device))) {
    return null;
  }
  return post(`/api/city/halls/${encodeURIComponent(hall.code)}/wishes`, { device: device.id, act, name }, { as: 'staff' });
}

/**
 * @param {HallDevices} hall
 * @param {DeviceNow} device
 */
function sure(hall, device) {
  return ask({
    title: t('Connect {name} anew?', { name: device.name }),
    intro: t('It can do nothing from then on, and its screen shows a code. It works again when somebody at {hall} types that code on the page Devices.', { hall: hall.name }),
    confirm: t('Disconnect it'),
    careful: true,
  });
}

/**
 * @param {HallDevices} hall
 * @param {WishNow} wish
 */
export function takeBack(hall, wish) {
  return del(`/api/city/halls/${encodeURIComponent(hall.code)}/wishes/${wish.id}`, undefined, { as: 'staff' });
}

/**
 * @param {HallDevices} hall
 * @param {(wish: WishNow) => void} back takes one back
 */
export function wishList(hall, back) {
  return hall.wishes.length
    ? el('ul', { class: 'wish-list', 'aria-label': t('Wishes for devices of {name}', { name: hall.name }) }, ...hall.wishes.slice(0, MOST_SHOWN).map((each) => el('li', { 'data-state': each.state }, el('small', {}, told(each)),
      each.state === 'waiting' ? el('button', { type: 'button', class: 'button quiet small', 'data-act': `back ${each.id}`, onclick: () => back(each) }, t('Take it back'), el('span', { class: 'hidden-visually' }, ` ${wished(each)}`)) : null)))
    : null;
}

/** @param {WishNow} wish */
export function told(wish) {
  return `${wished(wish)} · ${wish.by}, ${moment(wish.at)} · ${became(wish)}`;
}

/** @param {WishNow} wish */
function wished(wish) {
  const { was: name } = wish;
  return {
    reload: t('Load the page of {name} again', { name }),
    rename: t('Call {name} “{after}”', { name, after: wish.name }),
    end: t('Connect {name} anew', { name }),
  }[wish.act];
}

/** @param {WishNow} wish */
function became(wish) {
  const at = wish.ended_at ? moment(wish.ended_at) : '';
  return {
    waiting: t('waits for the office’s server'),
    done: t('done at {time}', { time: at }),
    away: t('not done: the device was not in touch'),
    gone: t('not done: there is no such device any more'),
    refused: t('not done: the office’s server does no such thing'),
    late: t('not done: the office’s server did not come for it within a day'),
  }[wish.state];
}

/** @param {string} at */
function moment(at) {
  return sameDay(at, new Date().toISOString()) ? time(at) : `${day(at)} ${time(at)}`;
}
