/** Owns the questions about a whole visit: one more service, corrections, what is offered here. */

import { pick, t } from '/web/i18n.js';
import { el } from '/web/dom.js';
import { ask, askOnline, choiceField, lineField, stepperField } from '/web/staff/dialog.js';
import { languageName, serviceChoice } from '/web/staff/format.js';
import { whereTo } from '/counter/questions.js';

/**
 * @typedef {import('./desk.js').Desk} Desk
 * @typedef {import('../../web/types').Ticket} Ticket
 * @typedef {import('/web/staff/hall.js').Ticket} Line
 * @typedef {import('/web/staff/hall.js').StaffCounter} StaffCounter
 * @typedef {import('../../web/types').Service} Service
 */

/** @param {Desk} desk */
export async function askAddService(desk) {
  const seat = desk.seat;
  const current = seat && seat.current;
  if (!seat || !current || !desk.hall.state) {
    return;
  }
  const here = el('input', { type: 'checkbox' });
  const stays = el('label', { class: 'check', hidden: true }, here, el('span', {}, t('Right here, as my next visitor')));
  const service = choiceField({
    label: t('Which service comes next?'),
    choices: desk.hall.state.services.filter((each) => each.code !== current.service).map(serviceChoice),
    onchange: (code) => {
      stays.hidden = !seat.services.includes(code);
      here.checked = !stays.hidden;
    },
  });
  const note = lineField({
    label: t('Note for your colleague'),
    hint: t('So that the visitor need not explain it all again. No names, please.'),
  });
  const yes = await askOnline(desk, {
    title: t('One more service for {label}', { label: current.label }),
    intro: t('This service ends well, and the same number goes on. Nobody queues anew.'),
    fields: [service.node, stays, note.node],
    confirm: t('Finish and go on'),
    check: () => (service.value() ? null : t('Please choose the next service.')),
  });
  if (yes && desk.stillHere(current.id, current.label)) {
    await desk.act('add-service', {
      service: service.value(),
      here: here.checked && !stays.hidden,
      note: note.value() || null,
      outcome_code: desk.outcome || null,
    });
  }
}

/**
 * @param {Desk} desk
 * @param {Line} ticket
 */
export async function askChange(desk, ticket) {
  const hall = desk.hall.state;
  if (!hall) {
    return;
  }
  const priority = choiceField({
    label: t('Which line?'),
    compact: true,
    chosen: ticket.priority,
    choices: [
      { value: 'regular', name: t('Regular') },
      { value: 'priority', name: t('Priority') },
    ],
  });
  const people = stepperField({ label: t('People'), least: 1, most: 99, value: ticket.people });
  const tongue = choiceField({
    label: t('Language of the call'),
    compact: true,
    chosen: ticket.language,
    choices: hall.branch.languages.map((code) => ({ value: code, name: languageName(code) })),
  });
  const yes = await askOnline(desk, {
    title: t('Correct {label}', { label: ticket.label }),
    intro: t('The number and its place in line stay. Nobody has to say why.'),
    fields: [el('div', { class: 'two' }, priority.node, people.node), tongue.node],
    confirm: t('Save'),
  });
  if (yes) {
    await desk.correct(ticket.id, 'change', {
      priority: priority.value(),
      people: people.value(),
      language: tongue.value(),
    });
  }
}

/**
 * Ask what to do with a ticket that still waits.
 *
 * @param {Desk} desk
 * @param {Line} line
 */
export async function askLine(desk, line) {
  const what = choiceField({
    label: t('What would you like to do?'),
    chosen: 'change',
    choices: [
      { value: 'change', name: t('Correct the line, the people or the language') },
      { value: 'transfer', name: t('Transfer to another service or counter') },
    ],
  });
  if (await ask({ title: line.label, fields: [what.node], confirm: t('Go on') })) {
    await (what.value() === 'transfer' ? askSendOn(desk, line) : askChange(desk, line));
  }
}

/**
 * @param {Desk} desk
 * @param {Line} line
 */
export async function askSendOn(desk, line) {
  const hall = desk.hall.state;
  if (!hall) {
    return;
  }
  const where = whereTo(desk, line.service, line.sent_to);
  const note = lineField({ label: t('Note for your colleague') });
  const yes = await askOnline(desk, {
    title: t('Transfer {label}', { label: line.label }),
    intro: t('The visitor keeps the time already waited.'),
    fields: [where.node, note.node],
    confirm: t('Transfer'),
    check: () => (where.value() ? null : t('Please choose where the visitor goes next.')),
  });
  if (yes) {
    const [kind, id] = where.value().split(/:(.*)/s);
    await desk.correct(line.id, 'transfer', { [kind]: id, note: note.value() || null });
  }
}

/**
 * @param {Service[]} services
 * @param {string[]} chosen
 */
export function servicesField(services, chosen) {
  const boxes = services.map((service) => ({
    code: service.code,
    box: el('input', { type: 'checkbox', checked: chosen.includes(service.code) }),
    name: pick(service.names, service.name),
    prefix: service.prefix,
  }));
  const node = el('fieldset', { class: 'plain' },
    el('legend', {}, t('Services offered here now')),
    ...boxes.map((each) => el('label', { class: 'check' }, each.box, el('span', { class: 'badge' }, each.prefix), el('span', {}, each.name))));
  return { node, value: () => boxes.filter((each) => each.box.checked).map((each) => each.code) };
}

/** @param {Desk} desk */
export async function askOffer(desk) {
  const seat = desk.seat;
  const hall = desk.hall.state;
  if (!seat || !hall) {
    return;
  }
  const able = seat.can_offer.concat(seat.services);
  const services = servicesField(hall.services.filter((each) => able.includes(each.code)), seat.services);
  const yes = await askOnline(desk, {
    title: t('Services of counter {number}', { number: seat.number }),
    intro: t('Only visitors of these services are called here.'),
    fields: [services.node],
    confirm: t('Save'),
    check: () => (services.value().length ? null : t('Please choose at least one service.')),
  });
  if (yes) {
    await desk.sit(seat, 'services', { services: services.value() });
  }
}
