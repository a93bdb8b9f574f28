/**
 * Owns handing an invitation over: on the screen, as a link, or on a printed slip; another one, and the end of a log-in.
 *
 * @typedef {import('../../web/types').Invited} Invited
 * @typedef {import('/web/staff/view.js').View & {load(): Promise<void>}} List of people
 */

import { del, post } from '/web/api.js';
import { el, say } from '/web/dom.js';
import { day, t, time } from '/web/i18n.js';
import { ask } from '/web/staff/dialog.js';

const PRINTING = 'printing-slip';

/**
 * Show an invitation, the only time there is.
 *
 * @param {Invited} made
 */
export async function handOver(made) {
  const copied = el('span', { class: 'soft small', role: 'status' });
  const link = el('input', { class: 'input', readOnly: true, value: made.url, 'aria-label': t('Link of the invitation') });
  link.addEventListener('focus', () => link.select());
  const copy = el('button', { type: 'button', class: 'button quiet small', onclick: () => {
    link.focus();
    // without TLS browsers have no clipboard for us, but this still works
    say(copied, document.execCommand('copy') ? t('The link is copied.') : t('Please copy the marked link.'));
  } }, t('Copy the link'));
  await ask({
    title: t('The invitation of {name}', { name: made.name }),
    intro: t('Hand it to this person only. It works once, until {day}, {time}, and is shown just now.', { day: day(made.until), time: time(made.until) }),
    fields: [
      el('div', { class: 'invited' },
        made.picture ? el('img', { src: made.picture, alt: t('Code for the camera of a phone'), class: 'qr' }) : null,
        el('div', { class: 'stack-s' },
          el('p', {}, made.picture
            ? t('Scan it with a phone, or open {page} and type:', { page: made.url.split('#')[0] })
            : t('Open {page} and type:', { page: made.url.split('#')[0] })),
          el('p', { class: 'told-password number', 'data-part': 'code' }, made.code),
          made.picture ? null : el('p', { class: 'soft small' }, t('So far the server can be opened on this machine only.')))),
      el('div', { class: 'invited-link' }, link, el('div', { class: 'invited-ways' }, copy,
        el('button', { type: 'button', class: 'button quiet small', onclick: () => printSlip(made) }, t('Print a slip')), copied)),
    ],
    confirm: t('I have handed it over'),
    cancel: '',
  });
}

/**
 * Make another invitation for somebody who has not taken theirs.
 *
 * @param {List} list
 * @param {string} path of the person
 */
export function inviteAgain(list, path) {
  return list.trying(async () => {
    await handOver(/** @type {Invited} */ (await post(`${path}/invitation`, {}, { as: 'staff' })));
    await list.load();
  });
}

/**
 * Let somebody log in no more, once that is confirmed.
 *
 * @param {List} list
 * @param {string} name
 * @param {string} path of the person
 */
export async function lockOut(list, name, path) {
  const sure = await ask({
    title: t('Lock {name} out?', { name }),
    intro: t('{name} is logged out everywhere and cannot log in any more. What was done stays in the log.', { name }),
    confirm: t('Lock out'),
    careful: true,
  });
  if (sure) {
    await list.trying(async () => {
      await del(path, undefined, { as: 'staff' });
      await list.load();
    });
  }
}

/** @param {Invited} made */
function printSlip(made) {
  const slip = el('section', { class: 'slip' },
    el('h1', {}, made.office),
    el('p', {}, t('Welcome, {name}!', { name: made.name })),
    el('p', {}, t('With this slip you choose your own password. Your user name is {login}.', { login: made.login })),
    made.picture ? el('img', { src: made.picture, alt: '', class: 'qr' }) : null,
    el('p', {}, made.picture ? t('Scan the code with your phone, or open on a computer:') : t('Open on a computer:')),
    el('p', { class: 'slip-page' }, made.url.split('#')[0]),
    el('p', { class: 'slip-code number' }, made.code),
    el('p', {}, t('It works once, until {day}, {time}. Please keep it to yourself.', { day: day(made.until), time: time(made.until) })));
  document.body.append(slip);
  document.documentElement.classList.add(PRINTING);
  const done = () => {
    document.documentElement.classList.remove(PRINTING);
    slip.remove();
  };
  window.addEventListener('afterprint', done, { once: true });
  window.print();
}
