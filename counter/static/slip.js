/** Owns what the slip shows: who is here, why, what to say; or that nobody is, or a break. */

import { language, number, pick, t, time, tn } from '/web/i18n.js';
import { el } from '/web/dom.js';
import { reasonOf } from '/counter/actions.js';
import { onBreakNow } from '/counter/breaks.js';
import { languageName, minutes } from '/web/staff/format.js';
import { icon } from '/web/staff/icons.js';
import { digitKey } from '/counter/keys.js';
import { askChange } from '/counter/visitquestions.js';
import * as spoken from '/counter/spoken.js';

/**
 * @typedef {import('./desk.js').Desk} Desk
 * @typedef {import('/web/staff/hall.js').StaffCounter} StaffCounter
 * @typedef {import('/web/staff/hall.js').Ticket} Ticket
 */

/** So much more than the wait itself is worth telling: the visitor was elsewhere in the house before. */
const LONG_BEFORE_MS = 5 * 60000;

/** @param {StaffCounter} seat */
export function onBreak(seat) {
  return el('div', { class: 'slip-empty' },
    icon('break'),
    el('h1', { id: 'slip-label' }, t('On a break')),
    el('p', { class: 'lead' }, seat.reason || ''),
    el('p', { class: 'soft' }, seat.until
      ? t('Since {time}, until about {until}.', { time: time(seat.since || seat.until), until: time(seat.until) })
      : seat.since ? t('Since {time}.', { time: time(seat.since) }) : ''),
  );
}

/**
 * @param {Desk} desk
 * @param {Ticket | null} gone the one just finished, to say goodbye to
 */
export function free(desk, gone) {
  const { waiting } = desk;
  const roll = desk.settings && desk.settings.numbers === 'roll';
  return el('div', { class: 'slip-empty' },
    gone
      ? el('p', { class: 'quote' }, icon('talk'), el('q', { lang: gone.language }, spoken.farewell(gone.language, desk)))
      : icon('call-next'),
    el('h1', { id: 'slip-label' }, gone
      ? t('{label} is finished', { label: gone.label })
      : waiting || roll ? t('Nobody is called yet') : t('Nobody is waiting')),
    el('p', { class: 'lead' }, roll ? t('Each call takes the next number of the paper roll.') : waiting
      ? tn('{n} visitor is waiting for you.', '{n} visitors are waiting for you.', waiting)
      : t('Take a breath. You will see it here when somebody comes.')),
    el('p', { class: 'soft' }, onBreakNow(desk)),
  );
}

/**
 * @param {Desk} desk
 * @param {Ticket} ticket
 * @returns {HTMLElement[]} what is above the torn edge, and what is below
 */
export function ofTicket(desk, ticket) {
  const serving = ticket.state === 'serving';
  const service = desk.service(ticket.service);
  return [
    el('div', { class: 'slip-top' },
      el('div', { class: 'slip-marks' },
        el('span', { class: serving ? 'chip brand' : 'chip call' }, serving ? t('Being served') : t('Called')),
        ticket.priority === 'priority' ? el('span', { class: 'chip warn' }, icon('star'), t('Priority')) : null,
        el('span', { class: 'chip' }, icon('talk'), languageName(ticket.language)),
        ticket.people > 1 ? el('span', { class: 'chip' }, icon('people'), tn('{n} person', '{n} people', ticket.people)) : null,
        ticket.due ? el('span', { class: 'chip' }, icon('calendar'), t('Appointment {time}', { time: time(ticket.due) })) : null,
        el('button', { type: 'button', class: 'button quiet small correct', 'data-part': 'correct', onclick: () => askChange(desk, ticket) }, icon('change'), t('Correct')),
      ),
      el('h1', { class: 'label number', id: 'slip-label' }, ticket.label),
      el('p', { class: 'lead' }, service ? pick(service.names, service.name) : ticket.service),
    ),
    el('div', { class: 'slip-rest' },
      el('dl', { class: 'facts' },
        fact(t('Waited'), ticket.wait_s === undefined ? '–' : minutes(ticket.wait_s)),
        cameBefore(ticket) ? fact(t('Number taken at'), time(ticket.since)) : null,
        serving
          ? fact(t('At the counter for'), '', 'elapsed')
          : fact(t('Called at'), ticket.called_at ? time(ticket.called_at) : '–'),
        ticket.recalls ? fact(t('Called again'), tn('{n} time', '{n} times', ticket.recalls)) : null,
        fact(t('Why this number'), reasonOf(ticket) || '–'),
      ),
      ticket.note_for_counter
        ? el('p', { class: 'note for-counter' }, icon('note'), el('span', {}, el('b', {}, t('Told when the number was taken')), ' ', ticket.note_for_counter))
        : null,
      ticket.note
        ? el('p', { class: 'note' }, icon('note'), el('span', {}, el('b', {}, t('Note from your colleague')), ' ', ticket.note))
        : null,
      bring(desk, ticket),
      el('div', { class: 'prompts' }),
      outcomes(desk, ticket),
    ),
  ];
}

/**
 * What the visitor was asked to bring, in the page's language.
 *
 * @param {Desk} desk
 * @param {Ticket} ticket
 */
function bring(desk, ticket) {
  const service = desk.service(ticket.service);
  const list = service ? service.requirements[language()] || Object.values(service.requirements)[0] : [];
  return list && list.length
    ? el('p', { class: 'soft bring' }, icon('note'), t('Was asked to bring: {things}.', { things: list.join(', ') }))
    : null;
}

/**
 * The results of this service to choose from; the first is meant when nobody chooses.
 *
 * @param {Desk} desk
 * @param {Ticket} ticket
 */
function outcomes(desk, ticket) {
  const { settings } = desk;
  const list = ticket.state === 'serving' && settings ? settings.outcomes[ticket.service] || [] : [];
  if (!list.length) {
    return null;
  }
  desk.outcome = desk.outcome || list[0].code;
  return el('div', { class: 'picks outcomes', role: 'group', 'aria-label': t('Result') },
    el('span', { class: 'soft' }, t('Result')),
    ...list.map((each, index) => el('button', {
      type: 'button',
      class: 'pick',
      'data-outcome': each.code,
      'aria-pressed': String(each.code === desk.outcome),
      onclick: () => {
        desk.outcome = each.code;
        desk.changed();
      },
    }, pick(each.names, each.code), digitKey(index + 1) ? el('kbd', { 'aria-hidden': 'true' }, digitKey(index + 1)) : null)));
}

/**
 * What to say to the visitor now, in the visitor's language.
 *
 * @param {Desk} desk
 * @param {Ticket} ticket
 * @returns {HTMLElement[]}
 */
export function prompts(desk, ticket) {
  const lang = ticket.language;
  if (ticket.state === 'serving') {
    return [prompt(t('Before you finish, ask:'), spoken.anythingElse(lang, desk), lang)];
  }
  const lines = [prompt(t('Stand up, smile, greet:'), spoken.greeting(lang, desk), lang)];
  if (desk.seat && desk.seat.unheard) {
    lines.unshift(unheard(desk.seat.unheard));
  }
  const service = desk.service(ticket.service);
  if (service && ticket.wait_s !== undefined && ticket.wait_s > service.target_minutes * 60) {
    const promised = tn('{n} minute', '{n} minutes', service.target_minutes);
    const lead = t('Waited longer than the promised {minutes}. Say from the heart:', { minutes: promised });
    lines.push(prompt(lead, spoken.apology(lang, desk), lang, 'sorry'));
  }
  return lines;
}

/**
 * The lobby shows the number, but nobody heard it.
 *
 * @param {'unvoiced' | 'mute'} why
 */
function unheard(why) {
  const words = why === 'unvoiced'
    ? t('This number is on the lobby screen but was not spoken yet; many were called at once. You can call it again.')
    : t('This number is on the lobby screen, which has no sound now. Please call the visitor yourself.');
  return el('p', { class: 'prompt unheard', role: 'status' }, icon('bell-off'), el('span', {}, words));
}

/**
 * @param {Ticket} ticket
 * @returns {boolean} whether the visitor has been here longer than this wait alone tells
 */
function cameBefore(ticket) {
  const called = ticket.called_at ? Date.parse(ticket.called_at) : 0;
  return called - Date.parse(ticket.since) - (ticket.wait_s || 0) * 1000 > LONG_BEFORE_MS;
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} [key]
 */
function fact(name, value, key) {
  return el('div', {}, el('dt', {}, name), el('dd', { 'data-part': key }, value || number(0)));
}

/**
 * @param {string} lead
 * @param {string} words
 * @param {string} lang
 * @param {string} [tone]
 */
function prompt(lead, words, lang, tone = '') {
  return el('p', { class: `prompt ${tone}`.trim() }, el('span', {}, lead), ' ', el('q', { lang }, words));
}
