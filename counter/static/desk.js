/**
 * Owns the state of one person's counter: the seat, its ticket, the lists beside it, and every
 * action on them. Fires `change` when any of it differs and `unpaired` when the session ended.
 *
 * @typedef {import('../../web/types').StaffCounter} StaffCounter
 * @typedef {import('../../web/types').CounterList} CounterList
 * @typedef {import('../../web/types').Ticket} Ticket
 * @typedef {import('../../web/types').TicketLine} TicketLine
 * @typedef {import('../../web/types').TicketList} TicketList
 * @typedef {import('../../web/types').HallEvent} HallEvent
 * @typedef {import('../../web/types').Person} Person
 * @typedef {import('../../web/types').Service} Service
 * @typedef {import('../../web/types').DeskSettings} DeskSettings
 * @typedef {import('/web/hall.js').Hall} Hall
 * @typedef {'waiting' | 'held' | 'no_show'} ListName
 *
 * @typedef {object} Notice
 * @property {'ok' | 'warn' | 'danger' | ''} tone
 * @property {string} text
 * @property {string} [spoken] words to say to the visitor
 * @property {{label: string, run: () => void}} [undo]
 * @property {boolean} [slip] the server can still take this act back: an undo button is shown
 */

import { get, post, newKey, LinkError, ProblemError } from '/web/api.js';
import { pick, t } from '/web/i18n.js';
import { stageOf } from '/counter/actions.js';
import { autoCall } from '/counter/keys.js';

/** @type {ListName[]} */
export const LISTS = ['waiting', 'held', 'no_show'];

/** After an action, a press this soon belongs to the button that stood there before. */
const SETTLE_MS = 600;
const COUNTERS_DUE_MS = 150;
const LISTS_DUE_MS = 500;

const AT_COUNTER = ['called', 'serving'];

/** After these, whoever wants it has the next visitor called without a press. */
const FREES = ['finish', 'no-show', 'return', 'hold', 'transfer'];

export class Desk extends EventTarget {
  /**
   * @param {Hall} hall
   * @param {Person} person
   */
  constructor(hall, person) {
    super();
    this.hall = hall;
    this.person = person;
    /** @type {StaffCounter[]} */
    this.counters = [];
    /** @type {Record<ListName, TicketList | null>} */
    this.lists = { waiting: null, held: null, no_show: null };
    this.loaded = false;
    /** @type {string | null} what is under way */
    this.busy = null;
    /** @type {Notice | null} */
    this.notice = null;
    /** Nothing was there to call; true until somebody comes. */
    this.quiet = false;
    this.settledAt = -SETTLE_MS;
    this.round = 0;
    this.timers = { counters: 0, lists: 0, settle: 0, slip: 0, auto: 0 };
    /** @type {DeskSettings | null} */
    this.settings = null;
    /** Outcome chosen for the ticket at the counter, by its code. */
    this.outcome = '';
    this.ending = new AbortController();
  }

  /** Follow the hall until `stop`. */
  start() {
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.hall.addEventListener('change', () => this.changed(), { signal });
    this.hall.addEventListener('snapshot', () => this.load(), { signal });
    this.hall.addEventListener('online', () => this.hall.online && this.load(), { signal });
    this.hall.addEventListener('event', (event) => this.heard(/** @type {CustomEvent} */ (event).detail), { signal });
    this.load();
  }

  stop() {
    this.ending.abort();
    for (const timer of Object.values(this.timers)) {
      window.clearTimeout(timer);
    }
  }

  /** @returns {StaffCounter | null} the counter where this person sits */
  get seat() {
    return this.counters.find((counter) => counter.mine && counter.state !== 'closed') || null;
  }

  /** @returns {boolean} whether an action may be asked for now */
  get ready() {
    return this.hall.online && !this.busy && performance.now() - this.settledAt >= SETTLE_MS;
  }

  /** @returns {Service[]} of this counter, with live counts */
  get services() {
    const seat = this.seat;
    const known = this.hall.state ? this.hall.state.services : [];
    return seat ? known.filter((service) => seat.services.includes(service.code)) : [];
  }

  /** @returns {number} */
  get waiting() {
    return this.services.reduce((sum, service) => sum + service.waiting, 0);
  }

  /**
   * @param {string} code
   * @returns {Service | null}
   */
  service(code) {
    const known = this.hall.state ? this.hall.state.services : [];
    return known.find((service) => service.code === code) || null;
  }

  /**
   * @param {string} code
   * @returns {string} in the language of the page
   */
  serviceName(code) {
    const service = this.service(code);
    return service ? pick(service.names, service.name) : code;
  }

  /**
   * @param {ListName} name
   * @returns {TicketLine[]} those that concern this counter
   */
  lines(name) {
    const list = this.lists[name];
    const seat = this.seat;
    if (!list || !seat) {
      return [];
    }
    const own = [seat.id, String(seat.number)];
    return list.tickets.filter((line) =>
      line.state === 'waiting' && line.counter
        ? own.includes(line.counter)
        : seat.services.includes(line.service) || (line.counter !== null && own.includes(line.counter)),
    );
  }

  /** Read everything again. */
  async load() {
    await Promise.all([this.loadSettings(), this.loadCounters(), this.loadLists()]);
  }

  async loadSettings() {
    try {
      this.settings = /** @type {DeskSettings} */ (await get('/api/desk', { as: 'staff' }));
      this.changed();
    } catch (error) {
      this.lost(error);
    }
  }

  async loadCounters() {
    const round = this.round;
    try {
      const answer = /** @type {CounterList} */ (await get('/api/counters', { as: 'staff' }));
      if (round !== this.round || this.busy) {
        this.countersDue();
        return;
      }
      this.counters = answer.counters;
      this.loaded = true;
      this.changed();
    } catch (error) {
      this.lost(error);
    }
  }

  async loadLists() {
    try {
      const answers = await Promise.all(
        LISTS.map((name) => get(`/api/tickets?state=${name}`, { as: 'staff' })),
      );
      LISTS.forEach((name, index) => {
        this.lists[name] = /** @type {TicketList} */ (answers[index]);
      });
      this.changed();
    } catch (error) {
      this.lost(error);
    }
  }

  /** @param {HallEvent} event */
  heard(event) {
    const place = event.counter && typeof event.counter === 'object' ? event.counter.id : event.counter;
    const seat = this.seat;
    const here = Boolean(seat && (place === seat.id || (seat.current && seat.current.id === event.ticket)));
    if (event.kind === 'counter_changed' || here) {
      this.countersDue();
    }
    if (event.ticket) {
      this.listsDue();
    }
    if (event.kind === 'issued' && this.quiet && seat && seat.services.includes(event.service || '')) {
      this.quiet = false;
      this.tell({ tone: '', text: t('{label} has just come and is waiting.', { label: event.label || '' }) });
    }
  }

  countersDue() {
    window.clearTimeout(this.timers.counters);
    this.timers.counters = window.setTimeout(() => this.loadCounters(), COUNTERS_DUE_MS);
  }

  listsDue() {
    if (!this.timers.lists) {
      this.timers.lists = window.setTimeout(() => {
        this.timers.lists = 0;
        this.loadLists();
      }, LISTS_DUE_MS);
    }
  }

  /**
   * Act on the counter's ticket, or call one.
   *
   * @param {string} action last part of the address
   * @param {unknown} [body]
   * @returns {Promise<Ticket | null>}
   */
  async act(action, body) {
    const seat = this.seat;
    if (!seat || !this.ready) {
      return null;
    }
    window.clearTimeout(this.timers.auto);
    const before = seat.current;
    const ticket = await this.send(action, `/api/counters/${seat.id}/${action}`, body);
    if (ticket === null) {
      return null;
    }
    if (ticket) {
      this.place(seat.id, ticket);
    }
    this.quiet = action === 'call-next' && !ticket;
    this.outcome = '';
    this.report(action, ticket || before);
    if (FREES.includes(action)) {
      this.autoCallDue();
    }
    return ticket || null;
  }

  /** Finish, with the outcome that was chosen if the service has a list of them. */
  finish() {
    return this.act('finish', this.outcome ? { outcome_code: this.outcome } : {});
  }

  /** Call the next visitor after a pause, for who switched that on; any press stops it. */
  autoCallDue() {
    if (!autoCall() || !this.settings || !this.waiting) {
      return;
    }
    const seconds = this.settings.auto_call_seconds;
    const next = t('The next visitor is called in {n} seconds.', { n: seconds });
    this.tell(Object.assign({ tone: '', text: '' }, this.notice, {
      text: [this.notice ? this.notice.text : '', next].join(' ').trim(),
      undo: { label: t('Wait'), run: () => this.stopAutoCall() },
    }));
    this.timers.auto = window.setTimeout(() => this.stage === 'free' && this.act('call-next'), seconds * 1000);
  }

  stopAutoCall() {
    window.clearTimeout(this.timers.auto);
    this.tell(null);
  }

  /**
   * Change a ticket in the list or at the counter, or send it on from the list.
   *
   * @param {string} id
   * @param {'change' | 'transfer'} what
   * @param {unknown} body
   */
  async correct(id, what, body) {
    if (!this.ready) {
      return;
    }
    const ticket = await this.send(what, `/api/tickets/${id}/${what}`, body);
    if (ticket) {
      this.tell({ tone: 'ok', text: what === 'change'
        ? t('{label} is corrected; the place in line stays.', { label: ticket.label })
        : t('{label} now waits elsewhere, at its old place in line.', { label: ticket.label }) });
      this.load();
    }
  }

  /**
   * @param {string} id of a held or missed ticket
   */
  async bringBack(id) {
    if (!this.ready) {
      return;
    }
    const ticket = await this.send('bring-back', `/api/tickets/${id}/return`);
    if (ticket) {
      this.tell({ tone: 'ok', text: t('{label} is back in the queue, at its old place.', { label: ticket.label }) });
      this.loadLists();
    }
  }

  /**
   * Open, close or pause a counter.
   *
   * @param {StaffCounter} counter
   * @param {'open' | 'close' | 'break' | 'services'} action
   * @param {unknown} [body]
   * @returns {Promise<boolean>}
   */
  async sit(counter, action, body) {
    if (!this.ready) {
      return false;
    }
    const done = await this.send(action, `/api/counters/${counter.id}/${action}`, body, true);
    if (done === null) {
      return false;
    }
    this.notice = null;
    await this.loadCounters();
    return true;
  }

  /**
   * @param {object} request
   * @returns {Promise<Ticket | null>}
   */
  async takeTicket(request) {
    if (!this.ready) {
      return null;
    }
    const ticket = await this.send('take', '/api/tickets', request);
    return ticket || null;
  }

  /**
   * One press, one key: however often it is sent, it is done once.
   *
   * @param {string} name
   * @param {string} path
   * @param {unknown} [body]
   * @param {boolean} [throughConflict] let the caller see a 409
   * @returns {Promise<any>} null when it was not done
   */
  async send(name, path, body, throughConflict = false) {
    this.busy = name;
    this.round += 1;
    this.notice = null;
    this.changed();
    try {
      return await post(path, body, { as: 'staff', idempotencyKey: newKey(), retries: 2, timeout: 5000 });
    } catch (error) {
      if (throughConflict && error instanceof ProblemError && error.slug === 'counter-taken') {
        throw error;
      }
      this.failed(error);
      return null;
    } finally {
      this.busy = null;
      this.settledAt = performance.now();
      window.clearTimeout(this.timers.settle);
      this.timers.settle = window.setTimeout(() => this.changed(), SETTLE_MS + 20);
      this.changed();
    }
  }

  /**
   * @param {string} counterId
   * @param {Ticket} ticket
   */
  place(counterId, ticket) {
    this.counters = this.counters.map((counter) => {
      if (counter.id !== counterId) {
        return counter;
      }
      const before = counter.current;
      const same = before !== null && before.id === ticket.id;
      // only the call itself tells the rule that chose the number
      const told = same ? { rule: ticket.rule || before.rule, why: ticket.why || before.why } : {};
      const current = AT_COUNTER.includes(ticket.state) ? Object.assign({}, ticket, told) : null;
      return Object.assign({}, counter, { current });
    });
    this.changed();
  }

  /**
   * Say what was done, and offer the way back where there is one.
   *
   * @param {string} action
   * @param {Ticket | null} ticket
   */
  report(action, ticket) {
    const label = ticket ? ticket.label : '';
    if (this.quiet) {
      this.tell({ tone: '', text: t('We have just looked: nobody is waiting right now.') });
    } else if (action === 'recall') {
      this.tell({ tone: 'ok', text: t('{label} is being called again.', { label }) });
    } else if (action === 'finish' && ticket) {
      this.dispatchEvent(new CustomEvent('finished', { detail: ticket }));
      this.tell({ tone: '', text: t('{label} is finished.', { label }), slip: true });
    } else if (action === 'undo') {
      this.tell({ tone: 'ok', text: t('Taken back. {label} is with you again.', { label }) });
    } else if (action === 'start') {
      this.tell({ tone: '', text: t('{label} is being served.', { label }), slip: true });
    } else if (action === 'add-service' && ticket) {
      this.tell({ tone: 'ok', text: t('{label} goes on with {service}, without queueing anew.', { label, service: this.serviceName(ticket.service) }), slip: true });
    } else if (action === 'no-show' && ticket) {
      const undo = { label: t('Back to queue'), run: () => this.bringBack(ticket.id) };
      this.tell({ tone: '', text: t('{label} did not come. If the visitor appears, bring the number back.', { label }), undo, slip: true });
    } else if (action === 'return') {
      this.tell({ tone: 'ok', text: t('{label} is back in the queue, at its old place.', { label }), slip: true });
    } else if (action === 'hold' && ticket) {
      const undo = { label: t('Back to queue'), run: () => this.bringBack(ticket.id) };
      this.tell({ tone: 'ok', text: t('{label} is on hold. You find it under "Held".', { label }), undo, slip: true });
    } else if (action === 'transfer' && ticket) {
      const where = ticket.counter && !AT_COUNTER.includes(ticket.state)
        ? t('counter {number}', { number: ticket.counter.number })
        : this.serviceName(ticket.service);
      this.tell({ tone: 'ok', text: t('{label} goes on to {where}, without queueing anew.', { label, where }), slip: true });
    }
  }

  /** @param {unknown} error */
  failed(error) {
    if (error instanceof ProblemError && error.status === 401) {
      this.dispatchEvent(new Event('unpaired'));
      return;
    }
    if (error instanceof ProblemError || error instanceof LinkError) {
      this.tell({ tone: 'warn', text: error.detail });
    } else {
      this.tell({ tone: 'warn', text: t('Something went wrong on our side. Please try again in a moment.') });
      console.error(error);
    }
    // what we believed may be wrong: look again
    this.countersDue();
    this.listsDue();
  }

  /** @param {unknown} error from reading: the banner of the lost link says it, if it lasts */
  lost(error) {
    if (error instanceof ProblemError && error.status === 401) {
      this.dispatchEvent(new Event('unpaired'));
    } else if (error instanceof ProblemError) {
      this.tell({ tone: 'warn', text: error.detail });
    }
  }

  /** @param {Notice | null} notice */
  tell(notice) {
    this.notice = notice;
    window.clearTimeout(this.timers.slip);
    if (notice && notice.slip) {
      const seconds = this.settings ? this.settings.undo_seconds : 10;
      this.timers.slip = window.setTimeout(() => {
        if (this.notice === notice) {
          this.notice = Object.assign({}, notice, { slip: false });
          this.changed();
        }
      }, seconds * 1000 - 500);
    }
    this.changed();
  }

  /** @returns {ReturnType<typeof stageOf>} */
  get stage() {
    return stageOf(this.seat);
  }

  changed() {
    this.dispatchEvent(new Event('change'));
  }
}
