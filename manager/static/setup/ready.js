/**
 * Owns what comes after the set-up: a kiosk and a lobby screen join, the first number is taken, called
 * and heard. Each step marks itself when it is done, wherever it was done.
 *
 * @typedef {import('../../../web/types').FirstSteps} FirstSteps
 * @typedef {import('../../../web/types').DeviceInvited} DeviceInvited
 */

import { get, post, LinkError, ProblemError } from '/web/api.js';
import { day, t, time, useOfficeZone } from '/web/i18n.js';
import { el, fill, say } from '/web/dom.js';
import { icon } from '/web/staff/icons.js';

const LOOK_MS = 2000;

/** @param {import('../../../web/types').Branch} branch */
export function readyPage(branch) {
  const office = branch.name;
  useOfficeZone(branch);
  const steps = [
    device('kiosk', t('Kiosk'), t('Where visitors take a number. This machine will do to begin with.'), t('Open the kiosk here')),
    device('display', t('Lobby screen'), t('Shows and speaks the calls. Touch the page once, so that the browser lets it speak.'), t('Open the lobby screen here')),
    step('issued', t('Take a number'), t('Touch a service on the kiosk.')),
    step('called', t('Call it'), t('Open the counter page, sit down at a counter and press Call next.'), el('a', { class: 'button quiet', href: '/counter', target: '_blank' }, t('Open the counter page'))),
    step('heard', t('Hear it'), t('The lobby screen says the number and the counter.')),
  ];
  const all = el('p', { class: 'banner ok', role: 'status', hidden: true }, icon('finish'), el('span', {}, t('The first number was called and heard. Your office works.')));
  const when = el('span');
  const problem = el('div', { role: 'alert' });
  const closed = el('div', { class: 'banner warn', role: 'status', hidden: true }, icon('info'), el('div', { class: 'stack-s' }, when,
    el('button', { type: 'button', class: 'button quiet', onclick: () => trying(problem, async () => {
      await post('/api/devices/open-today', { sure: true }, { as: 'staff' });
      closed.hidden = true;
    }) }, t('Open for today, to try it')), problem));
  const lead = el('p', { class: 'soft' });
  const page = el('div', { class: 'stack' },
    el('h1', {}, t('{office} is open', { office })),
    lead,
    all, closed,
    el('ol', { class: 'rows first-steps-list' }, ...steps.map((each) => each.root)),
    el('p', { class: 'row' },
      el('a', { class: 'button', href: '/manager' }, t('To the manager page')),
      el('a', { class: 'button quiet', href: '/manager#people' }, t('Staff logins'))));
  const look = async () => {
    if (!page.isConnected) {
      return;
    }
    try {
      const done = /** @type {FirstSteps} */ (await get('/api/devices/first-steps', { as: 'staff' }));
      steps.forEach((each) => each.mark(done));
      // a hall with a paper roll has no kiosk: whoever comes has a number in the hand
      page.querySelectorAll('[data-step="kiosks"], [data-step="issued"]').forEach((each) => {
        /** @type {HTMLElement} */ (each).hidden = done.roll;
      });
      say(lead, done.roll
        ? t('Three steps to the first call that is heard. Each is ticked off here as soon as it is done.')
        : t('Five steps to the first call that is heard. Each is ticked off here as soon as it is done.'));
      all.hidden = !done.heard;
      closed.hidden = done.open || done.heard;
      say(when, done.opens
        ? t('It is outside your opening hours now. Numbers are given again on {day}, {time}.', { day: day(done.opens), time: time(done.opens) })
        : t('It is outside your opening hours now.'));
    } catch (error) {
      // the next look tells
    }
    window.setTimeout(look, LOOK_MS);
  };
  window.setTimeout(look, 0);
  return page;
}

/**
 * @param {'kiosks' | 'displays' | 'issued' | 'called' | 'heard'} what
 * @param {string} title
 * @param {string} about
 * @param {...(Node | null)} more
 */
function step(what, title, about, ...more) {
  const mark = el('span', { class: 'mark' });
  const said = el('span', { class: 'hidden-visually' });
  const root = el('li', { class: 'row-card first-step', 'data-step': what },
    mark,
    el('div', { class: 'stack-s' }, el('b', {}, title, ' ', said), el('span', { class: 'soft' }, about), el('div', { class: 'row' }, ...more.filter(Boolean))));
  return {
    root,
    /** @param {FirstSteps} done */
    mark(done) {
      const ready = Boolean(done[what]);
      if (root.classList.contains('done') !== ready) {
        root.classList.toggle('done', ready);
        fill(mark, ready ? icon('finish') : null);
        fill(said, ready ? t('(done)') : '');
      }
    },
  };
}

/**
 * @param {'kiosk' | 'display'} role
 * @param {string} title
 * @param {string} about
 * @param {string} here
 */
function device(role, title, about, here) {
  const place = el('div', { class: 'elsewhere', role: 'status' });
  /** @returns {Promise<DeviceInvited>} */
  const invited = () => post('/api/devices/code', { role, name: title }, { as: 'staff' });
  const open = el('button', { type: 'button', class: 'button', onclick: async () => {
    // the window is opened by the touch itself: later, the browser would not let us
    const window_ = window.open('about:blank', '_blank');
    const opened = await trying(place, async () => {
      const made = await invited();
      (window_ || window).location.href = made.path;
    });
    if (window_ && !opened) {
      window_.close();
    }
  } }, here);
  const elsewhere = el('button', { type: 'button', class: 'button quiet', onclick: () => trying(place, async () => {
    const made = await invited();
    fill(place,
      made.picture ? el('img', { src: made.picture, alt: t('Code for the camera of the other device'), class: 'qr' }) : null,
      el('div', { class: 'stack-s' },
        el('p', {}, made.picture
          ? t('Scan this on the other device, or open there:')
          : t('Open on the other device, once it can reach this server (so far it can be opened on this machine only):')),
        el('code', {}, made.url.split('#')[0]),
        el('p', {}, t('and type the code {code}. It works once, for {minutes} minutes.', { code: made.code, minutes: made.minutes }))));
  }) }, t('On another device'));
  return step(role === 'kiosk' ? 'kiosks' : 'displays', title, about, open, elsewhere, place);
}

/**
 * @param {Element} place where a refusal or a lost link is said
 * @param {() => Promise<void>} work
 * @returns {Promise<boolean>} whether it was done
 */
async function trying(place, work) {
  fill(place);
  try {
    await work();
    return true;
  } catch (error) {
    const known = error instanceof LinkError || error instanceof ProblemError;
    fill(place, el('p', { class: 'banner warn' }, known ? error.detail : t('Something went wrong on our side. Please try again in a moment.')));
    return false;
  }
}
