/** Owns the questions that staff answer before an action: how long, where to, why. */

import { language, pick, t, time, tn, todayAt } from '/web/i18n.js';
import { el } from '/web/dom.js';
import { waitRange } from '/web/waits.js';
import { ask, askOnline, choiceField, lineField, stepperField, timeField } from '/web/staff/dialog.js';
import { onBreakNow } from '/counter/breaks.js';
import { languageName, serviceChoice } from '/web/staff/format.js';

/**
 * @typedef {import('./desk.js').Desk} Desk
 * @typedef {import('/web/staff/hall.js').Ticket} Line
 * @typedef {import('/web/staff/hall.js').StaffCounter} StaffCounter
 * @typedef {import('../../web/types').Ticket} Ticket
 */

/**
 * The office's own reasons, in the language of the page, or those that Ramah comes with.
 *
 * @param {Desk} desk
 * @param {'break_reasons' | 'hold_reasons' | 'call_reasons'} kind
 * @param {string[]} usual
 * @returns {string[]}
 */
function reasons(desk, kind, usual) {
  const own = desk.settings ? desk.settings[kind] : [];
  return own.length ? own.map((words) => pick(words, '')).filter(Boolean) : usual;
}

/** @param {Desk} desk */
export async function askHold(desk) {
  const current = desk.seat && desk.seat.current;
  if (!current) {
    return;
  }
  const { id, label } = current;
  const reason = lineField({
    label: t('What are we waiting for?'),
    suggestions: reasons(desk, 'hold_reasons', [t('Fetching a document'), t('Making a copy'), t('Paying at the bank'), t('Waiting for the system')]),
  });
  const minutes = choiceField({
    label: t('About how long?'),
    compact: true,
    chosen: '15',
    choices: [5, 15, 30, 60].map((n) => ({ value: String(n), name: tn('{n} minute', '{n} minutes', n) })),
  });
  const yes = await askOnline(desk, {
    title: t('Hold {label}', { label }),
    intro: t('The visitor keeps the number, and your counter is free for the next one.'),
    fields: [reason.node, minutes.node],
    confirm: t('Hold'),
  });
  if (yes && desk.stillHere(id, label)) {
    await desk.act('hold', { reason: reason.value() || null, minutes: Number(minutes.value()) || null });
  }
}

/**
 * The services and open counters that a visitor can be sent to.
 *
 * @param {Desk} desk
 * @param {string} service where the visitor waits or is served now
 * @param {string} [but] id of the counter where that is
 * @returns {import('/web/staff/dialog.js').Field<string>} `service:A` or `counter:ID`
 */
export function whereTo(desk, service, but = '') {
  const services = (desk.hall.state ? desk.hall.state.services : [])
    .filter((each) => each.code !== service)
    .map((each) => Object.assign(serviceChoice(each), { value: `service:${each.code}`, group: t('To a service') }));
  const counters = desk.counters
    // at any other nobody would call the visitor, and the server refuses it
    .filter((counter) => counter.id !== but && counter.services.length > 0 && counter.state === 'open')
    .map((counter) => ({
      value: `counter:${counter.id}`,
      name: t('Counter {number}', { number: counter.number }),
      badge: String(counter.number),
      detail: [counter.holder || t('Nobody'), counter.current ? counter.current.label : t('Free')].filter(Boolean).join(' · '),
      group: t('To one counter'),
    }));
  return choiceField({ label: t('Where to?'), choices: services.concat(counters) });
}

/** @param {Desk} desk */
export async function askTransfer(desk) {
  const seat = desk.seat;
  const current = seat && seat.current;
  if (!seat || !current || !desk.hall.state) {
    return;
  }
  const where = whereTo(desk, current.service, seat.id);
  const note = lineField({
    label: t('Note for your colleague'),
    hint: t('So that the visitor need not explain it all again. No names, please.'),
  });
  const yes = await askOnline(desk, {
    title: t('Transfer {label}', { label: current.label }),
    intro: t('The visitor keeps the time already waited.'),
    fields: [where.node, note.node],
    confirm: t('Transfer'),
    check: () => (where.value() ? null : t('Please choose where the visitor goes next.')),
  });
  if (yes && desk.stillHere(current.id, current.label)) {
    const [kind, id] = where.value().split(/:(.*)/s);
    await desk.act('transfer', { [kind]: id, note: note.value() || null });
  }
}

/**
 * @param {Desk} desk
 * @param {Line} line
 */
export async function askCall(desk, line) {
  const reason = lineField({
    label: t('Why now?'),
    hint: t('Kept in the log. No names and nothing about health, please.'),
    suggestions: reasons(desk, 'call_reasons', [
      t('Papers are complete now'),
      t('Comes from another counter'),
      t('Was here when called'),
      t('Asked for by the supervisor'),
    ]),
  });
  const yes = await askOnline(desk, {
    title: t('Call {label} now', { label: line.label }),
    intro: t('This number goes ahead of others, so a short reason is kept.'),
    fields: [reason.node],
    confirm: t('Call'),
    check: () => (reason.value() ? null : t('Please give a short reason.')),
  });
  if (yes) {
    await desk.act('call', { ticket: line.id, reason: reason.value() });
  }
}

/**
 * Say what becomes of those who were sent to this counter.
 *
 * @param {Desk} desk
 * @returns {string} empty when there is nobody
 */
function sentHereWords(desk) {
  const n = desk.sentHere;
  return n ? tn('{n} visitor was sent to you and goes back to the line, at the old place.',
    '{n} visitors were sent to you and go back to the line, at their old places.', n) : '';
}

/** @param {Desk} desk */
export async function askBreak(desk) {
  const seat = desk.seat;
  if (!seat) {
    return;
  }
  const reason = lineField({
    label: t('Why?'),
    hint: t('Your colleagues see it. Visitors see on the display that this counter is on a break.'),
    suggestions: reasons(desk, 'break_reasons', [t('Meal break'), t('Prayer'), t('Back in a moment'), t('Short meeting')]),
    maxLength: 80,
  });
  const minutes = choiceField({
    label: t('About how long?'),
    compact: true,
    chosen: '15',
    choices: [5, 15, 30, 60].map((n) => ({ value: String(n), name: tn('{n} minute', '{n} minutes', n) })),
  });
  const others = [sentHereWords(desk), onBreakNow(desk)].filter(Boolean).map((words) => el('p', { class: 'soft' }, words));
  const yes = await askOnline(desk, {
    title: t('Take a break'),
    intro: t('A rested officer is a friendly officer. Your seat is kept.'),
    fields: [reason.node, minutes.node, ...others],
    confirm: t('Start the break'),
    check: () => (reason.value() ? null : t('Please choose or write a short reason.')),
  });
  if (yes) {
    await desk.sit(seat, 'break', { reason: reason.value(), minutes: Number(minutes.value()) || null });
  }
}

/**
 * @param {Desk} desk
 * @returns {Promise<boolean>} whether the counter was closed
 */
export async function askClose(desk) {
  const seat = desk.seat;
  if (!seat) {
    return false;
  }
  const others = desk.counters.filter((counter) => counter.id !== seat.id && counter.state === 'open');
  const alone = desk.services.filter(
    (service) => service.waiting > 0 && !others.some((other) => other.services.includes(service.code)),
  );
  const warning = alone.length
    ? t('Visitors still wait for {services}, and no other open counter serves them.', {
        services: alone.map((service) => pick(service.names, service.name)).join(', '),
      })
    : t('No more visitors are called here until it is opened again.');
  const yes = await askOnline(desk, {
    title: t('Close counter {number}?', { number: seat.number }),
    intro: [warning, sentHereWords(desk)].join(' ').trim(),
    confirm: t('Close counter'),
    careful: alone.length > 0,
  });
  return yes ? desk.sit(seat, 'close') : false;
}

/**
 * @param {Desk | null} desk
 * @returns {Promise<boolean>} whether to log out
 */
export async function askLogOut(desk) {
  const seat = desk && desk.seat;
  if (!desk || !seat) {
    return true;
  }
  if (seat.current) {
    await ask({
      title: t('{label} is still at your counter', { label: seat.current.label }),
      intro: t('Please finish, hold or transfer it first; then you can log out.'),
      confirm: t('All right'),
      cancel: '',
    });
    return false;
  }
  const yes = await askOnline(desk, {
    title: t('Log out?'),
    intro: t('Counter {number} is closed as well. Thank you for your work today.', { number: seat.number }),
    confirm: t('Close and log out'),
  });
  return yes ? desk.sit(seat, 'close') : false;
}

/**
 * @param {StaffCounter} counter
 * @returns {Promise<boolean>}
 */
export function askTakeOver(counter) {
  const name = counter.holder || t('Somebody');
  return ask({
    title: t('{name} is still at this counter', { name }),
    intro: t('Take over counter {number}? Please agree on it with each other first.', { number: counter.number }),
    confirm: t('Take over'),
  });
}

/**
 * Ask which number hangs on the roll: the next call takes it.
 *
 * @param {Desk} desk
 */
async function askRoll(desk) {
  const hall = desk.hall.state;
  if (!hall) {
    return;
  }
  const own = desk.seat ? desk.seat.services : [];
  const services = hall.services.filter((service) => !own.length || own.includes(service.code));
  const service = choiceField({
    label: t('Service'),
    chosen: services[0].code,
    choices: services.map((each) => ({ value: each.code, name: pick(each.names, each.name), badge: each.prefix })),
  });
  const number = el('input', { type: 'number', class: 'input', min: '1', max: '99999', step: '1', inputMode: 'numeric', required: true });
  const yes = await askOnline(desk, {
    title: t('Which number hangs on the roll?'),
    intro: t('In the morning and with a new roll. The next call takes this number, then they go on one by one.'),
    fields: [...(services.length > 1 ? [service.node] : []), el('label', { class: 'field' }, el('span', { class: 'strong' }, t('Number')), number)],
    confirm: t('Go on from here'),
    check: () => (Number(number.value) >= 1 ? null : t('Please write the number.')),
  });
  if (yes && (await desk.send('take', `/api/services/${encodeURIComponent(service.value())}/roll`, { number: Number(number.value) })) !== null) {
    desk.tell({ tone: 'ok', text: t('The next call takes number {number}.', { number: number.value }) });
  }
}

/** @param {Desk} desk */
export async function askTake(desk) {
  if (desk.settings && desk.settings.numbers === 'roll') {
    await askRoll(desk);
    return;
  }
  const hall = desk.hall.state;
  const { seat } = desk;
  if (!hall) {
    return;
  }
  const open = hall.services.filter((service) => service.open);
  if (!open.length) {
    desk.tell({ tone: 'warn', text: t('No service gives numbers at the moment.') });
    return;
  }
  const own = seat ? open.filter((service) => seat.services.includes(service.code)) : [];
  const here = el('input', { type: 'checkbox' });
  const now = el('label', { class: 'check', hidden: desk.stage !== 'free' || !own.length }, here, el('span', {}, t('The visitor is here; serve right away')));
  const service = choiceField({
    label: t('Service'),
    chosen: (own[0] || open[0]).code,
    onchange: (code) => {
      now.hidden = desk.stage !== 'free' || !seat || !seat.services.includes(code);
    },
    choices: own.concat(open.filter((other) => !own.includes(other))).map((each) => ({
      value: each.code,
      name: pick(each.names, each.name),
      badge: each.prefix,
      detail: each.estimate ? waitRange(each.estimate) : tn('{n} waiting', '{n} waiting', each.waiting),
    })),
  });
  const priority = choiceField({
    label: t('Which line?'),
    compact: true,
    chosen: 'regular',
    choices: [
      { value: 'regular', name: t('Regular') },
      { value: 'priority', name: t('Priority') },
    ],
  });
  const people = stepperField({ label: t('People'), least: 1, most: 99, value: 1 });
  const tongue = choiceField({
    label: t('Language of the call'),
    compact: true,
    chosen: hall.branch.languages[0],
    choices: hall.branch.languages.map((code) => ({ value: code, name: languageName(code) })),
  });
  const appointment = timeField({
    label: t('Appointment, if there is one'),
    hint: t('The visitor is called at this time.'),
  });
  const yes = await askOnline(desk, {
    title: t('Give a visitor a number'),
    intro: t('For whoever cannot use the kiosk. Nobody has to say why.'),
    fields: [
      service.node,
      now,
      el('div', { class: 'two' }, priority.node, people.node),
      el('div', { class: 'two' }, tongue.node, appointment.node),
    ],
    confirm: t('Give a number'),
  });
  if (!yes) {
    return;
  }
  const ticket = await desk.takeTicket({
    service: service.value(),
    priority: priority.value(),
    people: people.value(),
    language: tongue.value() || language(),
    due: appointment.value() ? todayAt(appointment.value(), desk.hall.now()).toISOString() : null,
  });
  const atOnce = here.checked && !now.hidden;
  if (ticket && !(atOnce && !ticket.due && (await serveNow(desk, ticket)))) {
    await showTaken(ticket);
  }
}

/**
 * @param {Desk} desk
 * @param {Ticket} ticket just taken
 * @returns {Promise<boolean>} whether it is at the counter; another visitor may have come meanwhile
 */
async function serveNow(desk, ticket) {
  const reason = t('Came to the counter without a number');
  const called = await desk.act('call', { ticket: ticket.id, reason });
  if (called) {
    await desk.act('start');
  }
  return Boolean(called);
}

/** @param {Ticket} ticket */
function showTaken(ticket) {
  const paper = ticket.print.state === 'queued'
    ? t('The paper comes out of the printer in a moment.')
    : t('There is no printer. Please write the number down for the visitor.');
  return ask({
    title: t('The number is ready'),
    fields: [
      el('p', { class: 'new-number number' }, ticket.label),
      el(
        'p',
        { class: 'new-number-words' },
        (ticket.due
          ? [ticket.service_name, t('Appointment {time}', { time: time(ticket.due) })]
          : [ticket.service_name, tn('{n} person ahead', '{n} people ahead', ticket.ahead), waitRange(ticket.estimate)]
        ).filter(Boolean).join(' · '),
      ),
      el('p', { class: 'soft' }, paper),
    ],
    confirm: t('Done'),
    cancel: '',
  });
}
