/** Owns the ticket at the counter and its buttons: what can be done now, by hand or by key. */

import { t } from '/web/i18n.js';
import { el, say, fill } from '/web/dom.js';
import { actionName, offered } from '/counter/actions.js';
import { onBreakNow } from '/counter/breaks.js';
import { minutes, secondsSince } from '/web/staff/format.js';
import { icon } from '/web/staff/icons.js';
import { ACTIONS, actionOf, digitOf, isShortcut, keyChanges, keyOf } from '/counter/keys.js';
import { presses } from '/counter/presses.js';
import { askBreak, askHold, askTake, askTransfer } from '/counter/questions.js';
import { free, ofTicket, onBreak, prompts } from '/counter/slip.js';
import { askAddService } from '/counter/visitquestions.js';
import * as spoken from '/counter/spoken.js';
import { reachable } from '/web/staff/reach.js';
import { View, part } from '/web/staff/view.js';

/**
 * @typedef {import('./desk.js').Desk} Desk
 * @typedef {import('./keys.js').Action} Action
 * @typedef {import('/web/staff/hall.js').Ticket} Ticket
 */

/** Fast hands are this many keys ahead of the server, at most, and this long. */
const AHEAD = 2;
const AHEAD_MS = 2000;

/**
 * Show on a button the key that presses it.
 *
 * @param {HTMLElement} button
 * @param {Action} action
 */
export function showKey(button, action) {
  const key = keyOf(action);
  const hint = part(button, 'kbd');
  say(hint, key);
  hint.hidden = !key;
  button.setAttribute('aria-keyshortcuts', key);
}

/** `<ramah-current>`; give it the `desk`. */
export class Current extends View {
  /** @type {Desk} */
  desk = /** @type {any} */ (null);
  /** @type {Map<Action, HTMLButtonElement>} */
  buttons = new Map();
  /** @type {Ticket | null} the one just finished, to say goodbye to */
  finished = null;
  shown = '';
  stage = '';
  /** Ends the pause before the next repeat of a call. */
  gap = 0;
  /** @type {{action: Action, at: number}[]} keys that came while a step was under way */
  ahead = [];
  /** Tests in slow motion make it longer. */
  aheadMs = AHEAD_MS;

  /** @override */
  build() {
    this.className = 'current';
    this.shown = '';
    const extras = el('div', { class: 'extras' });
    this.append(
      reachable(el('section', { class: 'slip', 'aria-labelledby': 'slip-label' })),
      el('div', { class: 'actions', role: 'group', 'aria-label': t('What you can do now') }),
      extras,
      el('p', { class: 'hidden-visually', role: 'status', 'data-part': 'spoken' }),
    );
    const group = part(this, '.actions');
    this.buttons = new Map(ACTIONS.map((action) => [action, this.actionButton(action)]));
    group.append(...this.buttons.values());
    extras.append(
      el('button', { type: 'button', class: 'button quiet', 'data-part': 'resume', onclick: () => this.resume() }, t('Open the counter again')),
      el('button', { type: 'button', class: 'button quiet', 'data-part': 'break', onclick: () => askBreak(this.desk) }, icon('break'), t('Take a break'), el('kbd', { 'aria-hidden': 'true' })),
    );
    this.follow(this.desk, 'change', () => this.render());
    this.follow(this.desk, 'finished', (event) => {
      this.finished = event.detail;
    });
    this.follow(this.desk, 'settled', (event) => this.runAhead(event.detail));
    this.follow(keyChanges, 'change', () => this.render());
    this.follow(document, 'keydown', (event) => this.key(event));
    this.every(10000, () => this.tick());
  }

  /** @param {Action} action */
  actionButton(action) {
    const button = el(
      'button',
      { type: 'button', class: 'button', 'data-action': action },
      icon(action === 'take' ? 'ticket' : action),
      el('span', {}, actionName(action)),
      el('kbd', { 'aria-hidden': 'true' }),
    );
    button.addEventListener('click', () => this.run(action));
    return button;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!isShortcut(event)) {
      return;
    }
    const action = actionOf(event);
    const digit = digitOf(event);
    if (!presses.letter(event.key.toLowerCase(), action !== null || digit > 0, event.timeStamp)) {
      return;
    }
    this.choose(digit);
    if (action) {
      event.preventDefault();
      if ((this.desk.busy || this.ahead.length > 0) && this.desk.hall.online) {
        this.later(action);
      } else {
        this.run(action);
      }
    }
  }

  /**
   * Keep a key for when the step before it is done: a fast hand need not wait for the server.
   *
   * @param {Action} action
   */
  later(action) {
    if (this.ahead.length < AHEAD) {
      this.ahead.push({ action, at: performance.now() });
    } else {
      presses.drop('busy');
    }
  }

  /** @param {boolean} done whether the step before was; else what was to follow means nothing */
  runAhead(done) {
    if (done && this.desk.busy) {
      return; // a key came just before this word of the step before; its own step ends later
    }
    const next = this.ahead.shift();
    if (!done) {
      this.ahead = [];
    } else if (next && performance.now() - next.at > this.aheadMs) {
      this.ahead = [];
      presses.drop('busy');
    } else if (next) {
      this.run(next.action);
      if (!this.desk.busy) {
        this.ahead = []; // a question came up, or it was not possible
      }
    }
  }

  /**
   * Choose a result by its digit.
   *
   * @param {number} place
   */
  choose(place) {
    const pick = this.querySelectorAll('[data-outcome]')[place - 1];
    if (pick instanceof HTMLElement) {
      pick.click();
    }
  }

  /** @param {Action} action */
  run(action) {
    const { desk } = this;
    if (!desk.ready) {
      presses.drop(!desk.hall.online ? 'offline' : desk.busy === action ? 'twice' : 'busy');
    } else if (!this.may(action)) {
      presses.drop('not-now', { action });
    } else if (action === 'recall' && this.recallInMs() > 0) {
      presses.drop('too-soon', { seconds: Math.ceil(this.recallInMs() / 1000) });
    } else {
      this.begin(action);
    }
  }

  /**
   * @param {Action} action
   * @returns {boolean} whether it is possible now, as far as the page knows; the server decides
   */
  may(action) {
    if (action === 'undo') {
      return Boolean(this.desk.notice && this.desk.notice.slip);
    }
    if (action === 'break') {
      return this.desk.stage === 'free';
    }
    if (action === 'take') {
      return this.desk.stage !== 'away';
    }
    return offered(this.desk.seat).includes(action) && (action !== 'recall' || this.mayRecall());
  }

  /** @param {Action} action */
  begin(action) {
    if (action === 'hold') {
      askHold(this.desk);
    } else if (action === 'transfer') {
      askTransfer(this.desk);
    } else if (action === 'add-service') {
      askAddService(this.desk);
    } else if (action === 'take') {
      askTake(this.desk);
    } else if (action === 'break') {
      askBreak(this.desk);
    } else if (action === 'finish') {
      this.desk.finish();
    } else {
      this.desk.act(action);
    }
  }

  /** @returns {boolean} whether the office's limit leaves another call of this number */
  mayRecall() {
    const { seat, settings } = this.desk;
    return !seat || !seat.current || !settings || seat.current.recalls < settings.max_recalls;
  }

  /** @returns {number} milliseconds until the number may be repeated again, by the office's gap */
  recallInMs() {
    const { seat, settings, hall } = this.desk;
    const ticket = seat && seat.current;
    if (!ticket || !settings || !ticket.called_at || !ticket.recalls) {
      return 0;
    }
    const gap = settings.recall_gap_seconds * 1000;
    const left = Date.parse(ticket.called_at) + gap - hall.now();
    // more than the gap: a clock was set back; the server knows better
    return left > gap + 1000 ? 0 : Math.max(0, left);
  }

  resume() {
    const seat = this.desk.seat;
    if (seat) {
      this.desk.sit(seat, 'open', {});
    }
  }

  /** @override */
  render() {
    const { desk } = this;
    const seat = desk.seat;
    const stage = desk.stage;
    if (!seat || stage === 'away') {
      return;
    }
    if (stage === 'called' || stage === 'serving') {
      this.finished = null;
    }
    this.dataset.stage = stage;
    const work = this.closest('.work');
    if (work) {
      work.setAttribute('data-stage', stage);
      work.toggleAttribute('data-between', stage !== 'called' && stage !== 'serving');
    }
    this.renderButtons();
    const current = seat.current;
    // whatever the slip is written from: answers and events come in any order
    const service = current && desk.service(current.service);
    const signature = JSON.stringify([
      stage, current, seat.unheard, seat.reason, seat.since, seat.until, this.finished,
      service && [service.names, service.requirements, service.target_minutes],
      stage === 'free' && [desk.waiting, onBreakNow(desk)], desk.outcome, desk.settings,
    ]);
    if (signature !== this.shown) {
      this.shown = signature;
      this.renderSlip();
      say(part(this, '[data-part="spoken"]'), this.announcement());
      if (current) {
        spoken.prepare(current.language).then(() => this.renderPrompts());
      }
    }
    this.tick();
  }

  /** @returns {string} what a screen reader is told when the state changes */
  announcement() {
    const seat = this.desk.seat;
    const label = seat && seat.current ? seat.current.label : '';
    if (this.desk.stage === 'called') {
      return t('{label} is called to your counter.', { label });
    }
    if (this.desk.stage === 'serving') {
      return t('{label} is being served.', { label });
    }
    if (this.desk.stage === 'break') {
      return t('On a break');
    }
    return this.finished ? t('{label} is finished', { label: this.finished.label }) : '';
  }

  renderSlip() {
    const { desk } = this;
    const seat = desk.seat;
    if (!seat) {
      return;
    }
    const slip = part(this, '.slip');
    const focused = slip.contains(document.activeElement) ? document.activeElement : null;
    if (desk.stage === 'break') {
      fill(slip, onBreak(seat));
    } else if (!seat.current) {
      fill(slip, free(desk, this.finished));
    } else {
      fill(slip, ...ofTicket(desk, seat.current));
      this.renderPrompts();
    }
    if (focused instanceof HTMLElement) {
      const { outcome, part: name } = focused.dataset;
      const again = slip.querySelector(outcome ? `[data-outcome="${CSS.escape(outcome)}"]` : `[data-part="${name}"]`);
      if (again instanceof HTMLElement) {
        again.focus({ preventScroll: true });
      }
    }
  }

  renderPrompts() {
    const seat = this.desk.seat;
    const place = this.querySelector('.prompts');
    if (seat && seat.current && place) {
      fill(place, ...prompts(this.desk, seat.current));
    }
  }

  renderButtons() {
    const { desk } = this;
    const seat = desk.seat;
    const list = offered(seat).filter((action) => action !== 'recall' || this.mayRecall());
    const focused = document.activeElement;
    const moved = this.stage !== desk.stage;
    this.stage = desk.stage;
    for (const [action, button] of this.buttons) {
      const place = list.indexOf(action);
      button.hidden = place < 0;
      button.className = place === 0 ? 'button main' : 'button quiet';
      button.style.order = String(place);
      const soon = action === 'recall' && this.recallInMs() > 0;
      button.setAttribute('aria-disabled', String(!desk.ready || soon));
      button.setAttribute('aria-busy', String(desk.busy === action));
      showKey(button, action);
    }
    this.renderGap(list.includes('recall') ? this.recallInMs() : 0);
    part(this, '[data-part="resume"]').hidden = desk.stage !== 'break';
    part(this, '[data-part="break"]').hidden = desk.stage !== 'free';
    showKey(part(this, '[data-part="break"]'), 'break');
    for (const name of ['resume', 'break']) {
      const button = /** @type {HTMLButtonElement} */ (part(this, `[data-part="${name}"]`));
      button.disabled = !desk.hall.online;
      button.setAttribute('aria-disabled', String(!desk.ready));
    }
    part(this, '.actions').hidden = list.length === 0;
    part(this, '.extras').hidden = desk.stage !== 'free' && desk.stage !== 'break';
    const lostFocus = focused instanceof HTMLElement && this.contains(focused) && focused.hidden;
    if (lostFocus || (moved && focused === document.body)) {
      const main = list.length ? this.buttons.get(list[0]) : part(this, '[data-part="resume"]');
      if (main) {
        main.focus({ preventScroll: true });
      }
    }
  }

  /**
   * Say on the button when the call may be repeated again.
   *
   * @param {number} left milliseconds, 0 for now
   */
  renderGap(left) {
    const button = /** @type {HTMLButtonElement} */ (this.buttons.get('recall'));
    say(part(button, 'span'), left > 0 ? t('Again in {n} s', { n: Math.ceil(left / 1000) }) : actionName('recall'));
    window.clearTimeout(this.gap);
    if (left > 0) {
      this.gap = window.setTimeout(() => this.renderButtons(), (left % 1000) + 30);
    }
  }

  /** Only the words about passing time; calm, once in a while. */
  tick() {
    const seat = this.desk.seat;
    const place = this.querySelector('[data-part="elapsed"]');
    if (place && seat && seat.current) {
      say(place, minutes(secondsSince(seat.current.started_at, this.desk.hall.now())));
    }
  }
}

customElements.define('ramah-current', Current);
