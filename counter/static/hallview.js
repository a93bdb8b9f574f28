/** Owns the supervisor's view: all counters, long waits, and a line for the displays. */

import { pick, t, time, tn } from '/web/i18n.js';
import { el, fill, say } from '/web/dom.js';
import { askOnline, choiceField, lineField } from '/web/staff/dialog.js';
import { counterState, counterTone, minutes, secondsSince } from '/web/staff/format.js';
import { icon } from '/web/staff/icons.js';
import { View, keepList, part } from '/web/staff/view.js';
import { servicesField } from '/counter/visitquestions.js';

/**
 * @typedef {import('./overview.js').Overview} Overview
 * @typedef {import('/web/staff/hall.js').StaffCounter} StaffCounter
 * @typedef {import('/web/staff/hall.js').Ticket} Ticket
 */

/** Longest waits shown; the rest is in the counts. */
const SHOWN = 12;

/** `<ramah-hall>`; give it the `overview`. */
export class HallView extends View {
  /** @type {Overview} */
  overview = /** @type {any} */ (null);
  shown = '';

  /** @override */
  build() {
    this.className = 'hall-view';
    this.shown = '';
    this.append(
      el('div', { class: 'hall-head' },
        el('h1', {}, t('The whole hall')),
        el('p', { class: 'soft', 'data-part': 'sum' }),
        el('p', { class: 'hall-said', role: 'status' })),
      el('section', { class: 'hall-help card', 'aria-labelledby': 'help-title', hidden: true }),
      el('section', { class: 'hall-notice card', 'aria-labelledby': 'notice-title' }),
      el('section', { 'aria-labelledby': 'counters-title' },
        el('h2', { id: 'counters-title' }, t('Counters')),
        el('ul', { class: 'hall-counters' })),
      el('section', { class: 'card hall-waits', 'aria-labelledby': 'waits-title' },
        el('h2', { id: 'waits-title' }, t('Longest waits')),
        el('ul', { class: 'services' }),
        el('ul', { class: 'line-list' }),
        el('p', { class: 'soft nothing' })),
    );
    this.follow(this.overview, 'change', () => this.render());
    this.every(10000, () => this.render());
  }

  /** @override */
  render() {
    const { overview } = this;
    const { hall, busy, said } = overview;
    const { counters, help } = hall;
    const waiting = hall.listed('waiting');
    const now = hall.now();
    const signature = JSON.stringify([
      counters, hall.tickets, help, busy, hall.online, hall.state && [hall.state.services, hall.state.notice], Math.floor(now / 10000),
    ]);
    say(part(this, '.hall-said'), said);
    if (signature === this.shown || !hall.state) {
      return;
    }
    this.shown = signature;
    const open = counters.filter((counter) => counter.state === 'open').length;
    say(part(this, '[data-part="sum"]'), [
      t('{open} of {all} open', { open, all: counters.length }),
      // who has an appointment of later does not wait yet
      tn('{n} waiting', '{n} waiting', waiting.filter((line) => !line.due || Date.parse(line.due) <= now).length),
    ].join(' · '));
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.focus : undefined;
    this.renderHelp(now);
    this.renderNotice();
    keepList(part(this, '.hall-counters'), counters, (counter) => counter.id, () => el('li', {}),
      (item, counter) => this.showCounter(item, counter, now));
    this.renderWaits(now);
    const again = focused && this.querySelector(`[data-focus="${CSS.escape(focused)}"]`);
    if (again instanceof HTMLElement) {
      again.focus();
    }
  }

  /** @param {number} now */
  renderHelp(now) {
    const place = part(this, '.hall-help');
    const { help } = this.overview.hall;
    place.hidden = help.length === 0;
    fill(place,
      el('h2', { id: 'help-title' }, t('Somebody asks for a person')),
      el('ul', { class: 'line-list' }, ...help.map((each) => el('li', { class: 'line' },
        el('div', { class: 'line-words' },
          el('span', {}, each.place),
          el('small', {}, minutes(secondsSince(each.at, now)))),
        this.button(`help-${each.id}`, t('I am on my way'), () => this.overview.send(`/api/help/${each.id}/take`, {}, t('Thank you. The visitor is told that somebody comes.')))))));
  }

  renderNotice() {
    const { state } = this.overview.hall;
    const notice = state && state.notice;
    fill(part(this, '.hall-notice'),
      icon('speak'),
      el('div', { class: 'hall-notice-words' },
        el('h2', { id: 'notice-title' }, t('Line on all displays')),
        el('p', notice ? {} : { class: 'soft' }, notice || t('Nothing is shown now.'),
          ' ',
          state && state.notice_until ? el('small', { class: 'soft' }, t('until {time}', { time: time(state.notice_until) })) : null)),
      this.button('notice', t('Write a line'), () => this.askNotice()),
      notice ? this.button('notice-off', t('Take it off'), () => this.overview.tell('', null)) : null);
  }

  /**
   * Only the counter that changed is written again: a button under somebody's finger stays.
   *
   * @param {HTMLElement} item
   * @param {StaffCounter} counter
   * @param {number} now
   */
  showCounter(item, counter, now) {
    const { busy, hall } = this.overview;
    const signature = JSON.stringify([counter, busy, hall.online, Math.floor(now / 10000)]);
    if (item.dataset.shown === signature) {
      return;
    }
    item.dataset.shown = signature;
    const current = counter.current;
    const service = current && this.overview.hall.service(current.service);
    const since = current ? current.started_at || current.called_at : null;
    const long = Boolean(service && since && secondsSince(since, now) > 2 * service.target_minutes * 60);
    const names = counter.services.map((code) => {
      const found = this.overview.hall.service(code);
      return found ? pick(found.names, found.name) : code;
    });
    item.className = long ? 'card hall-counter long' : 'card hall-counter';
    item.dataset.number = String(counter.number);
    fill(item,
      el('div', { class: 'hall-counter-top' },
        el('span', { class: 'badge number' }, String(counter.number)),
        el('b', {}, counter.holder || t('Nobody')),
        el('span', { class: counterTone(counter.state) }, counterState(counter.state))),
      current
        ? el('p', { class: 'hall-ticket' },
            el('b', { class: 'number' }, current.label), ' ',
            current.state === 'serving' ? t('Being served') : t('Called'), ' · ',
            minutes(secondsSince(since, now)),
            long ? el('span', { class: 'chip warn' }, t('long')) : null)
        : el('p', { class: 'soft' }, breakWords(counter)),
      el('p', { class: 'soft hall-services' }, names.join(', ') || t('No services yet')),
      el('div', { class: 'hall-buttons' },
        this.button(`offer-${counter.number}`, counter.state === 'closed' ? t('Open for …') : t('Services'), () => this.askServices(counter)),
        current ? this.button(`release-${counter.number}`, t('Free {label}', { label: current.label }), () => this.askRelease(counter)) : null,
        counter.state !== 'closed' && !current ? this.button(`close-${counter.number}`, t('Close'), () => this.askClose(counter)) : null));
  }

  /** @param {number} now */
  renderWaits(now) {
    const { hall } = this.overview;
    const { counters } = hall;
    const [waiting, held] = [hall.listed('waiting'), hall.listed('held')];
    const services = hall.state ? hall.state.services.filter((service) => service.waiting > 0) : [];
    const open = counters.filter((counter) => counter.state === 'open');
    fill(part(this, '.hall-waits .services'), ...services.map((service) => el('li', { class: 'some' },
      el('span', { class: 'badge' }, service.prefix),
      el('span', { class: 'service-name' }, pick(service.names, service.name)),
      open.some((counter) => counter.services.includes(service.code)) ? null : el('span', { class: 'chip warn' }, t('no open counter')),
      el('b', { class: 'number' }, String(service.waiting)))));
    const due = held.filter((line) => line.hold_until && Date.parse(line.hold_until) <= now);
    const oldest = waiting
      .filter((line) => !line.due || Date.parse(line.due) <= now)
      .sort((one, other) => Date.parse(one.due || one.since) - Date.parse(other.due || other.since))
      .slice(0, SHOWN);
    fill(part(this, '.hall-waits .line-list'), ...oldest.concat(due).map((line) => this.wait(line, now)));
    const nothing = part(this, '.nothing');
    nothing.hidden = oldest.length + due.length > 0;
    say(nothing, t('Nobody is waiting.'));
  }

  /**
   * @param {Ticket} line
   * @param {number} now
   */
  wait(line, now) {
    const service = this.overview.hall.service(line.service);
    const waited = secondsSince(line.due || line.since, now);
    const late = Boolean(service && waited > service.target_minutes * 60);
    const only = line.state === 'waiting' && this.overview.hall.counters.find((counter) => counter.id === line.sent_to);
    return el('li', { class: 'line' },
      el('b', { class: 'line-label number' }, line.label),
      el('div', { class: 'line-words' },
        el('span', {}, line.state === 'held'
          ? t('on hold, due since {time}', { time: time(line.hold_until || line.since) })
          : minutes(waited)),
        el('small', {}, [
          service ? pick(service.names, service.name) : line.service,
          line.priority === 'priority' ? t('Priority') : '',
          line.due ? t('Appointment {time}', { time: time(line.due) }) : '',
          only ? t('only at counter {number}', { number: only.number }) : '',
        ].filter(Boolean).join(' · '))),
      only ? this.button(`any-${line.id}`, t('Any counter'), () => this.overview.send(`/api/tickets/${line.id}/transfer`, { service: line.service }, t('{label} now waits for any counter.', { label: line.label }))) : null,
      late ? el('span', { class: 'chip warn' }, t('over the promise')) : null);
  }

  /**
   * @param {string} key
   * @param {string} words
   * @param {() => void} work
   */
  button(key, words, work) {
    return el('button', { type: 'button', class: 'button quiet small', 'data-focus': key, disabled: this.overview.busy || !this.overview.hall.online, onclick: work }, words);
  }

  async askNotice() {
    const line = lineField({
      label: t('What should everybody in the hall read?'),
      hint: t('One calm sentence that says what happens next. No names, please.'),
      suggestions: [
        t('The system is slow today. We keep your place; thank you for your patience.'),
        t('An extra counter opens in a few minutes.'),
        t('We close at the usual time; everybody with a number is served.'),
      ],
    });
    const long = choiceField({
      label: t('How long?'),
      compact: true,
      chosen: '30',
      choices: [
        { value: '10', name: tn('{n} minute', '{n} minutes', 10) },
        { value: '30', name: tn('{n} minute', '{n} minutes', 30) },
        { value: '60', name: tn('{n} minute', '{n} minutes', 60) },
        { value: '', name: t('Until I take it off') },
      ],
    });
    const yes = await askOnline(this.overview, {
      title: t('Line on all displays'),
      fields: [line.node, long.node],
      confirm: t('Show it'),
      check: () => (line.value() ? null : t('Please choose or write a sentence.')),
    });
    if (yes) {
      await this.overview.tell(line.value(), Number(long.value()) || null);
    }
  }

  /** @param {StaffCounter} counter */
  async askServices(counter) {
    const { state } = this.overview.hall;
    const field = servicesField(state ? state.services : [], counter.services);
    const closed = counter.state === 'closed';
    const yes = await askOnline(this.overview, {
      title: t('Services of counter {number}', { number: counter.number }),
      intro: closed
        ? t('The counter opens for whoever sits there, or sits down next.')
        : t('Only visitors of these services are called here.'),
      fields: [field.node],
      confirm: closed ? t('Open') : t('Save'),
      check: () => (field.value().length ? null : t('Please choose at least one service.')),
    });
    if (yes) {
      const body = closed ? { services: field.value(), seat: false } : { services: field.value() };
      await this.overview.send(
        `/api/counters/${counter.id}/${closed ? 'open' : 'services'}`, body,
        t('Counter {number} now serves what you chose.', { number: counter.number }),
      );
    }
  }

  /** @param {StaffCounter} counter */
  async askRelease(counter) {
    const current = counter.current;
    if (!current) {
      return;
    }
    const serving = current.state === 'serving';
    const way = choiceField({
      label: t('What happens to the number?'),
      chosen: 'queue',
      choices: [
        { value: 'queue', name: t('Back to the queue, at its old place') },
        serving ? { value: 'finish', name: t('It was served') } : { value: 'no_show', name: t('Nobody came') },
      ],
    });
    const yes = await askOnline(this.overview, {
      title: t('Free counter {number} of {label}', { number: counter.number, label: current.label }),
      intro: counter.holder
        ? t('For a ticket that was left behind. Please agree on it with {name} first.', { name: counter.holder })
        : t('For a ticket that was left behind. Nobody sits at this counter now.'),
      fields: [way.node],
      confirm: t('Free it'),
    });
    if (yes) {
      const body = { way: way.value(), ticket: current.id };
      await this.overview.send(`/api/counters/${counter.id}/release`, body, t('{label} is freed.', { label: current.label }));
    }
  }

  /** @param {StaffCounter} counter */
  async askClose(counter) {
    const yes = await askOnline(this.overview, {
      title: t('Close counter {number}?', { number: counter.number }),
      intro: t('No more visitors are called here until it is opened again.'),
      confirm: t('Close counter'),
    });
    if (yes) {
      await this.overview.send(`/api/counters/${counter.id}/close`, { take_over: true }, t('Counter {number} is closed.', { number: counter.number }));
    }
  }
}

/** @param {StaffCounter} counter */
function breakWords(counter) {
  if (counter.state === 'break') {
    const words = counter.reason || t('On a break');
    return counter.until ? [words, t('until {time}', { time: time(counter.until) })].join(' · ') : words;
  }
  if (counter.state !== 'open') {
    return '';
  }
  return counter.holder ? t('Free for the next visitor') : t('Open, but nobody is logged in here');
}

customElements.define('ramah-hall', HallView);
