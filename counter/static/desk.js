/**
 * Owns every action of one person at one counter, and what is said about it: one press, one key,
 * done once. What it works on is in `deskstate.js`.
 *
 * @typedef {import('/web/staff/hall.js').StaffCounter} StaffCounter
 * @typedef {import('../../web/types').Ticket} Ticket
 * @typedef {import('../../web/types').HallEvent} HallEvent
 * @typedef {import('../../web/types').Person} Person
 * @typedef {import('/web/staff/hall.js').StaffHall} StaffHall
 * @typedef {import('./report.js').Notice} Notice
 */

import { LinkError, ProblemError } from '/web/api.js';
import { t, time } from '/web/i18n.js';
import { DeskState } from '/counter/deskstate.js';
import { autoCall } from '/counter/keys.js';
import { presses } from '/counter/presses.js';
import { awayReportOf, reportOf } from '/counter/report.js';

/** After these, whoever wants it has the next visitor called without a press. */
const FREES = ['finish', 'no-show', 'return', 'hold', 'transfer'];

export class Desk extends DeskState {
  /**
   * @param {StaffHall} hall
   * @param {Person} person
   */
  constructor(hall, person) {
    super(hall, person);
    /** @type {Notice | null} */
    this.notice = null;
    /** Nothing was there to call; true until somebody comes. */
    this.quiet = false;
    /** This person is closing the counter. */
    this.leaving = false;
    /** @type {{ticket: import('/web/staff/hall.js').Ticket | null, at: string}} who was taken away from here, and when */
    this.left = { ticket: null, at: '' };
    /** What was chosen as the result, and for which turn. */
    this.chosen = { turn: '', outcome: '' };
  }

  /** @returns {string} the result chosen for who is at the counter now, by its code; nobody else's */
  get outcome() {
    return this.chosen.turn === this.turn ? this.chosen.outcome : '';
  }

  /** @param {string} code */
  set outcome(code) {
    this.chosen = { turn: this.turn, outcome: code };
  }

  /** @returns {string} which turn of which number is at the counter, empty for none */
  get turn() {
    const current = this.seat && this.seat.current;
    return current ? `${current.id} ${current.service}` : '';
  }

  /** @returns {boolean} whether an action may be asked for now; what is under way comes first */
  get ready() {
    return this.hall.online && !this.busy;
  }

  /**
   * @param {HallEvent} event
   * @override
   */
  heard(event) {
    const { seat, before } = this;
    // a supervisor's one act may be two events: held, then back in line
    const gone = (before && before.current) || (this.left.at === event.at ? this.left.ticket : null);
    if (gone && 'ticket' in event && gone.id === event.ticket && !this.busy) {
      const report = awayReportOf(event.kind, gone, this);
      if (report) {
        this.left = { ticket: gone, at: event.at };
        this.tell(report);
      }
    }
    if (event.kind === 'advice_answered' && event.answer === 'taken' && !this.busy) {
      this.tell({ tone: '', text: t('Counter {number} helps until {time}, so that people wait less. Thank you, all of you.', { number: event.counter.number, time: time(event.until) }) });
    }
    if (event.kind === 'issued' && this.quiet && seat && seat.services.includes(event.service)) {
      this.quiet = false;
      this.tell({ tone: '', text: t('{label} has just come and is waiting.', { label: event.label }) });
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
    const before = seat.current;
    const ticket = await this.send(action, `/api/counters/${seat.id}/${action}`, body);
    if (ticket === null) {
      return null;
    }
    this.quiet = action === 'call-next' && !ticket;
    this.outcome = '';
    if (action === 'finish' && ticket) {
      this.dispatchEvent(new CustomEvent('finished', { detail: ticket }));
    }
    const report = this.quiet
      ? { tone: /** @type {const} */ (''), text: t('We have just looked: nobody is waiting right now.') }
      : reportOf(action, ticket || before, this);
    if (report) {
      this.tell(report);
    }
    if (FREES.includes(action)) {
      this.autoCallDue();
    }
    return ticket || null;
  }

  /**
   * Whether a question that was asked about a number is still about the one at the counter: a button
   * box or another window may have gone on meanwhile, and the next visitor is somebody else.
   *
   * @param {string} id
   * @param {string} label
   * @returns {boolean} else it is told that nothing was done
   */
  stillHere(id, label) {
    const seat = this.seat;
    if (seat && seat.current && seat.current.id === id) {
      return true;
    }
    if (seat) {
      this.tell({ tone: 'warn', text: t('{label} is no longer at your counter; nothing was done.', { label }) });
    }
    return false;
  }

  /**
   * Tell, once what follows from the answer is done, that the next press can be obeyed.
   *
   * @param {boolean} done
   */
  followUp(done) {
    window.setTimeout(() => this.dispatchEvent(new CustomEvent('settled', { detail: done })));
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
    this.timers.auto = window.setTimeout(() => {
      // who answers a question just now, about a break for example, is not ready for a visitor
      if (this.stage === 'free' && !document.querySelector('dialog[open]')) {
        this.act('call-next');
      } else {
        this.tell(null); // what was announced does not come
      }
    }, seconds * 1000);
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
    this.leaving = action === 'close';
    try {
      return (await this.send(action, `/api/counters/${counter.id}/${action}`, body, true)) !== null;
    } finally {
      this.leaving = false;
    }
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
    window.clearTimeout(this.timers.auto);
    this.notice = null;
    this.changed();
    let done = true;
    try {
      return await this.hall.command(path, body);
    } catch (error) {
      done = false;
      if (throughConflict && error instanceof ProblemError && error.slug === 'counter-taken') {
        throw error;
      }
      this.failed(error);
      return null;
    } finally {
      this.busy = null;
      presses.settled(done);
      this.changed();
      this.followUp(done);
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
  }

  /**
   * Say why the counter is gone, unless this person has closed it.
   *
   * @param {StaffCounter} seat
   * @override
   */
  unseated(seat) {
    const now = this.counters.find((counter) => counter.id === seat.id);
    if (this.leaving) {
      return;
    }
    if (now && now.holder) {
      this.tell({ tone: '', text: t('{name} has taken over counter {number}.', { name: now.holder, number: now.number }) });
    } else if (now) {
      this.tell({ tone: '', text: t('Counter {number} was closed from elsewhere.', { number: now.number }) });
    }
  }

  /**
   * @param {ProblemError} problem
   * @override
   */
  refused(problem) {
    this.tell({ tone: 'warn', text: problem.detail });
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
}
