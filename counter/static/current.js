/** Owns the ticket at the counter: who is here, what to say, and what can be done now. */

import { language, number, pick, t, time, tn } from '/web/i18n.js';
import { el, fill, say } from '/web/dom.js';
import { actionName, offered, reasonOf } from '/counter/actions.js';
import { languageName, minutes, secondsSince } from '/counter/format.js';
import { icon } from '/counter/icons.js';
import { ACTIONS, actionOf, keyChanges, keyOf } from '/counter/keys.js';
import { askBreak, askHold, askTransfer } from '/counter/questions.js';
import { askAddService, askChange } from '/counter/visitquestions.js';
import * as spoken from '/counter/spoken.js';
import { View, part } from '/counter/view.js';

/**
 * @typedef {import('./desk.js').Desk} Desk
 * @typedef {import('./keys.js').Action} Action
 * @typedef {import('../../web/types').Ticket} Ticket
 */

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

  /** @override */
  build() {
    this.className = 'current';
    this.shown = '';
    const extras = el('div', { class: 'extras' });
    this.append(
      el('section', { class: 'slip', 'aria-labelledby': 'slip-label' }),
      el('div', { class: 'actions', role: 'group', 'aria-label': t('What you can do now') }),
      extras,
      el('p', { class: 'hidden-visually', role: 'status', 'data-part': 'spoken' }),
    );
    const group = part(this, '.actions');
    this.buttons = new Map(ACTIONS.map((action) => [action, this.actionButton(action)]));
    group.append(...this.buttons.values());
    extras.append(
      el('button', { type: 'button', class: 'button quiet', 'data-part': 'resume', onclick: () => this.resume() }, t('Open the counter again')),
      el('button', { type: 'button', class: 'button quiet', 'data-part': 'break', onclick: () => askBreak(this.desk) }, icon('break'), t('Take a break')),
    );
    this.follow(this.desk, 'change', () => this.render());
    this.follow(this.desk, 'finished', (event) => {
      this.finished = event.detail;
    });
    this.follow(keyChanges, 'change', () => this.render());
    this.follow(document, 'keydown', (event) => this.key(event));
    this.every(10000, () => this.tick());
  }

  /** @param {Action} action */
  actionButton(action) {
    const button = el(
      'button',
      { type: 'button', class: 'button', 'data-action': action },
      icon(action),
      el('span', {}, actionName(action)),
      el('kbd', { 'aria-hidden': 'true' }),
    );
    button.addEventListener('click', () => this.run(action));
    // a held-down Enter must not run through the next buttons
    button.addEventListener('keydown', (event) => event.repeat && event.preventDefault());
    return button;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const action = actionOf(event);
    if (action === 'undo' && this.desk.notice && this.desk.notice.slip) {
      event.preventDefault();
      this.desk.act('undo');
    }
    if (action && offered(this.desk.seat).includes(action)) {
      event.preventDefault();
      this.run(action);
    }
  }

  /** @param {Action} action */
  run(action) {
    if (!this.desk.ready || !offered(this.desk.seat).includes(action)) {
      return;
    }
    if (action === 'hold') {
      askHold(this.desk);
    } else if (action === 'transfer') {
      askTransfer(this.desk);
    } else if (action === 'add-service') {
      askAddService(this.desk);
    } else if (action === 'finish') {
      this.desk.finish();
    } else {
      this.desk.act(action);
    }
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
    this.renderButtons();
    const current = seat.current;
    const signature = JSON.stringify([stage, current, seat.reason, this.finished, stage === 'free' && desk.waiting, desk.outcome, desk.settings]);
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
    const slip = part(this, '.slip');
    if (!seat) {
      return;
    }
    if (desk.stage === 'break') {
      fill(
        slip,
        el('div', { class: 'slip-empty' },
          icon('break'),
          el('h1', { id: 'slip-label' }, t('On a break')),
          el('p', { class: 'lead' }, seat.reason || ''),
          el('p', { class: 'soft' }, seat.until
            ? t('Since {time}, until about {until}.', { time: time(seat.since || seat.until), until: time(seat.until) })
            : seat.since ? t('Since {time}.', { time: time(seat.since) }) : ''),
        ),
      );
    } else if (!seat.current) {
      this.renderFree(slip);
    } else {
      this.renderTicket(slip, seat.current);
    }
  }

  /** @param {HTMLElement} slip */
  renderFree(slip) {
    const waiting = this.desk.waiting;
    const gone = this.finished;
    fill(
      slip,
      el('div', { class: 'slip-empty' },
        gone
          ? el('p', { class: 'quote' }, icon('talk'), el('q', { lang: gone.language }, spoken.farewell(gone.language, this.desk)))
          : icon('call-next'),
        el('h1', { id: 'slip-label' }, gone
          ? t('{label} is finished', { label: gone.label })
          : waiting ? t('Nobody is called yet') : t('Nobody is waiting')),
        el('p', { class: 'lead' }, waiting
          ? tn('{n} visitor is waiting for you.', '{n} visitors are waiting for you.', waiting)
          : t('Take a breath. You will see it here when somebody comes.')),
      ),
    );
  }

  /**
   * @param {HTMLElement} slip
   * @param {Ticket} ticket
   */
  renderTicket(slip, ticket) {
    const serving = ticket.state === 'serving';
    const service = this.desk.service(ticket.service);
    fill(
      slip,
      el('div', { class: 'slip-top' },
        el('div', { class: 'slip-marks' },
          el('span', { class: serving ? 'chip brand' : 'chip call' }, serving ? t('Being served') : t('Called')),
          ticket.priority === 'priority' ? el('span', { class: 'chip warn' }, icon('star'), t('Priority')) : null,
          el('span', { class: 'chip' }, icon('talk'), languageName(ticket.language)),
          ticket.people > 1 ? el('span', { class: 'chip' }, icon('people'), tn('{n} person', '{n} people', ticket.people)) : null,
          ticket.due ? el('span', { class: 'chip' }, icon('calendar'), t('Appointment {time}', { time: time(ticket.due) })) : null,
          el('button', { type: 'button', class: 'button quiet small correct', 'data-part': 'correct', onclick: () => askChange(this.desk, ticket) }, icon('change'), t('Correct')),
        ),
        el('h1', { class: 'label number', id: 'slip-label' }, ticket.label),
        el('p', { class: 'lead' }, service ? pick(service.names, service.name) : ticket.service_name),
      ),
      el('div', { class: 'slip-rest' },
        el('dl', { class: 'facts' },
          fact(t('Waited'), ticket.wait_s === null ? '–' : minutes(ticket.wait_s)),
          serving
            ? fact(t('At the counter for'), '', 'elapsed')
            : fact(t('Called at'), ticket.called_at ? time(ticket.called_at) : '–'),
          ticket.recalls ? fact(t('Called again'), tn('{n} time', '{n} times', ticket.recalls)) : null,
          fact(t('Why this number'), reasonOf(ticket.rule, ticket.why) || '–'),
        ),
        ticket.note
          ? el('p', { class: 'note' }, icon('note'), el('span', {}, el('b', {}, t('Note from your colleague')), ' ', ticket.note))
          : null,
        this.bring(ticket),
        el('div', { class: 'prompts' }),
        this.outcomes(ticket),
      ),
    );
    this.renderPrompts();
  }

  /**
   * What the visitor was asked to bring, in the page's language.
   *
   * @param {Ticket} ticket
   */
  bring(ticket) {
    const service = this.desk.service(ticket.service);
    const list = service ? service.requirements[language()] || Object.values(service.requirements)[0] : [];
    return list && list.length
      ? el('p', { class: 'soft bring' }, icon('note'), t('Was asked to bring: {things}.', { things: list.join(', ') }))
      : null;
  }

  /**
   * The results of this service to choose from; the first is meant when nobody chooses.
   *
   * @param {Ticket} ticket
   */
  outcomes(ticket) {
    const { settings } = this.desk;
    const list = ticket.state === 'serving' && settings ? settings.outcomes[ticket.service] || [] : [];
    if (!list.length) {
      return null;
    }
    this.desk.outcome = this.desk.outcome || list[0].code;
    return el('div', { class: 'picks outcomes', role: 'group', 'aria-label': t('Result') },
      el('span', { class: 'soft' }, t('Result')),
      ...list.map((each) => el('button', {
        type: 'button',
        class: 'pick',
        'aria-pressed': String(each.code === this.desk.outcome),
        onclick: () => {
          this.desk.outcome = each.code;
          this.desk.changed();
        },
      }, pick(each.names, each.code))));
  }

  renderPrompts() {
    const seat = this.desk.seat;
    const ticket = seat && seat.current;
    const place = this.querySelector('.prompts');
    if (!ticket || !place) {
      return;
    }
    const lang = ticket.language;
    const service = this.desk.service(ticket.service);
    const late = service && ticket.wait_s !== null && ticket.wait_s > service.target_minutes * 60;
    const lines = [];
    if (ticket.state === 'serving') {
      lines.push(prompt(t('Before you finish, ask:'), spoken.anythingElse(lang, this.desk), lang));
    } else {
      lines.push(prompt(t('Stand up, smile, greet:'), spoken.greeting(lang, this.desk), lang));
      if (late) {
        lines.push(
          prompt(
            t('Waited longer than the promised {minutes}. Say from the heart:', {
              minutes: tn('{n} minute', '{n} minutes', service.target_minutes),
            }),
            spoken.apology(lang, this.desk),
            lang,
            'sorry',
          ),
        );
      }
    }
    fill(place, ...lines);
  }

  renderButtons() {
    const { desk } = this;
    const seat = desk.seat;
    const list = offered(seat);
    const focused = document.activeElement;
    const moved = this.stage !== desk.stage;
    this.stage = desk.stage;
    for (const [action, button] of this.buttons) {
      const place = list.indexOf(action);
      button.hidden = place < 0;
      button.className = place === 0 ? 'button main' : 'button quiet';
      button.style.order = String(place);
      button.setAttribute('aria-disabled', String(!desk.ready));
      button.setAttribute('aria-busy', String(desk.busy === action));
      const key = keyOf(action);
      const hint = part(button, 'kbd');
      say(hint, key);
      hint.hidden = !key;
      button.setAttribute('aria-keyshortcuts', key);
    }
    part(this, '[data-part="resume"]').hidden = desk.stage !== 'break';
    part(this, '[data-part="break"]').hidden = desk.stage !== 'free';
    for (const name of ['resume', 'break']) {
      /** @type {HTMLButtonElement} */ (part(this, `[data-part="${name}"]`)).disabled = !desk.hall.online;
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

  /** Only the words about passing time; calm, once in a while. */
  tick() {
    const seat = this.desk.seat;
    const place = this.querySelector('[data-part="elapsed"]');
    if (place && seat && seat.current) {
      say(place, minutes(secondsSince(seat.current.started_at, this.desk.hall.now())));
    }
  }
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

customElements.define('ramah-current', Current);
