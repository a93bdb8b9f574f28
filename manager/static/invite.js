/**
 * Owns the page of an invitation: whom it is for, and the password that this person chooses.
 *
 * @typedef {import('../../web/types').Invitation} InvitationAnswer
 */

import { post, LinkError, ProblemError } from '/web/api.js';
import { day, loadCatalog, t, time } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { withShow } from '/web/staff/secret.js';
import { homeOf } from '/web/staff/home.js';
import { TopBar, onLanguage } from '/web/staff/topbar.js';
import { roleName } from '/manager/personform.js';
import { field, showProblems, text } from '/manager/setup/fields.js';

const app = /** @type {HTMLElement} */ (document.getElementById('app'));

let code = '';
/** Shows the present part again, in another language. */
let again = () => {};

async function open() {
  await loadCatalog();
  if (location.hash.length > 1) {
    code = location.hash.slice(1);
    history.replaceState(null, '', location.pathname); // used once, and nobody need read it
  }
  if (code) {
    await look();
  } else {
    askCode('');
  }
}

async function look() {
  try {
    choose(/** @type {InvitationAnswer} */ (await post('/api/invitation', { code })));
  } catch (error) {
    askCode(words(error));
  }
}

/** @param {string} wrong why it has to be typed, again */
function askCode(wrong) {
  again = () => askCode('');
  const input = text(code, () => undefined, { maxLength: 40, class: 'input number', autocapitalize: 'characters', spellcheck: false });
  const place = field(t('Code of the invitation'), input, { path: 'code', hint: t('It stands on the slip. Capitals and dashes do not matter.') });
  frame(el('form', { class: 'card stack', onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    code = input.value.trim();
    look();
  } },
    el('h1', {}, t('Your invitation')),
    place,
    el('button', { type: 'submit', class: 'button large' }, t('Go on'))));
  showProblems(place.parentElement || place, wrong ? [{ path: 'code', words: wrong }] : []);
  input.focus();
}

/** @param {InvitationAnswer} told */
function choose(told) {
  again = () => choose(told);
  const name = el('input', { type: 'text', value: told.login, autocomplete: 'username', readOnly: true, class: 'input' });
  const password = text('', () => undefined, { type: 'password', maxLength: 200, autocomplete: 'new-password' });
  const place = field(t('Choose a password'), password, { path: 'password', hint: t('At least {n} letters or signs. Three or four words that do not belong together are easy to keep and hard to guess.', { n: told.password_length }) });
  const here = password.nextSibling;
  place.insertBefore(withShow(password), here);
  const wrong = el('div', { role: 'alert' });
  const send = el('button', { type: 'submit', class: 'button large' }, t('Keep it and log in'));
  frame(el('form', { class: 'card stack', method: 'post', onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (send.getAttribute('aria-busy') === 'true') {
      return;
    }
    send.setAttribute('aria-busy', 'true');
    try {
      await post('/api/invitation/take', { code, password: password.value });
      location.replace(homeOf(told.role));
    } catch (error) {
      const left = showProblems(place.parentElement || place, [{ path: (error instanceof ProblemError && error.field) || '', words: words(error) }]);
      fill(wrong, ...left.map((each) => el('p', { class: 'banner danger' }, each.words)));
      password.focus();
    } finally {
      send.removeAttribute('aria-busy');
    }
  } },
    el('h1', {}, t('Welcome, {name}!', { name: told.name })),
    el('p', {}, t('{office} invites you to work with Ramah as {role}. Choose a password that only you know.', { office: told.office, role: roleName(told.role) })),
    field(t('User name'), name, { hint: t('You log in with it from now on.') }),
    place, wrong,
    el('p', { class: 'soft small' }, t('This invitation works once, until {day}, {time}.', { day: day(told.until), time: time(told.until) })),
    send));
  password.focus();
}

/** @param {...HTMLElement} content */
function frame(...content) {
  const bar = new TopBar();
  bar.heading = t('Your invitation');
  fill(app, bar, el('main', { class: 'setup' }, ...content));
  document.title = `${t('Your invitation')} · Ramah`;
}

/** @param {unknown} error */
function words(error) {
  return error instanceof LinkError || error instanceof ProblemError ? error.detail : t('Something went wrong on our side. Please try again in a moment.');
}

onLanguage(() => again());
window.addEventListener('hashchange', () => location.hash.length > 1 && open());

open();
