/** Owns the queue beside the ticket: who waits per service, and today's waiting, held and missed. */

import { pick, t, time, tn } from '/web/i18n.js';
import { el, fill, say } from '/web/dom.js';
import { LISTS } from '/counter/deskstate.js';
import { minutes, secondsSince } from '/web/staff/format.js';
import { icon } from '/web/staff/icons.js';
import { policyWords } from '/counter/actions.js';
import { Unnumbered } from '/counter/countkeys.js';
import { showKey } from '/counter/current.js';
import { keyChanges } from '/counter/keys.js';
import { askCall, askTake } from '/counter/questions.js';
import { askLine } from '/counter/visitquestions.js';
import { View, keepList, part } from '/web/staff/view.js';

/**
 * @typedef {import('./desk.js').Desk} Desk
 * @typedef {import('./deskstate.js').ListName} ListName
 * @typedef {import('/web/staff/hall.js').Ticket} Ticket
 * @typedef {import('../../web/types').Service} Service
 */

/** A longer list is no help at a counter; the rest is told as a number. */
const SHOWN = 60;

/** `<ramah-queue>`; give it the `desk`. */
export class QueuePanel extends View {
  /** @type {Desk} */
  desk = /** @type {any} */ (null);
  /** @type {ListName} */
  tab = 'waiting';

  /** @override */
  build() {
    this.className = 'queue card';
    this.append(
      el('div', { class: 'queue-title' },
        el('h2', {}, t('Queue')),
        el('button', { type: 'button', class: 'button quiet small', 'data-part': 'take', onclick: () => askTake(this.desk) },
          icon('ticket'), el('span', {}, t('Give a number')), el('kbd', { 'aria-hidden': 'true' })),
      ),
      el('ul', { class: 'services' }),
      el('div', { class: 'tabs', role: 'tablist', 'aria-label': t("Today's numbers") },
        ...LISTS.map((name) => el('button', {
          type: 'button',
          role: 'tab',
          id: `tab-${name}`,
          'data-tab': name,
          'aria-controls': 'queue-list',
          onclick: () => this.choose(name),
          onkeydown: (/** @type {KeyboardEvent} */ event) => this.arrow(event),
        }, el('span', {}, tabName(name)), el('b', { class: 'number' }), el('span', { class: 'hidden-visually' }))),
      ),
      el('div', { class: 'lines', id: 'queue-list', role: 'tabpanel', tabIndex: 0 },
        el('ul', { class: 'line-list' }),
        el('p', { class: 'soft nothing' }),
        el('p', { class: 'soft more' }),
      ),
      el('details', { class: 'policy' },
        el('summary', {}, t('How is the next visitor chosen?')),
        el('ul', { class: 'policy-words' })),
      el('div', { 'data-part': 'unnumbered' }),
    );
    this.follow(this.desk, 'change', () => this.render());
    this.follow(keyChanges, 'change', () => this.render());
    this.every(20000, () => this.render());
  }

  /** @param {ListName} name */
  choose(name) {
    this.tab = name;
    this.render();
  }

  /** @param {KeyboardEvent} event */
  arrow(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const at = (LISTS.indexOf(this.tab) + step + LISTS.length) % LISTS.length;
      this.choose(LISTS[at]);
      part(this, `[data-tab="${LISTS[at]}"]`).focus();
    }
  }

  /** @override */
  render() {
    const { desk } = this;
    keepList(part(this, '.services'), desk.services, (service) => service.code, serviceLine, updateService);
    for (const name of LISTS) {
      const tab = part(this, `[data-tab="${name}"]`);
      const chosen = name === this.tab;
      tab.setAttribute('aria-selected', String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      const lines = desk.lines(name);
      const here = lines.filter((line) => !isLater(line, desk.hall.now()));
      say(part(tab, 'b'), String(here.length));
      const due = name === 'held' && lines.some((line) => isDue(line, desk.hall.now()));
      tab.classList.toggle('due', due);
      say(part(tab, '.hidden-visually'), due ? t('one is due') : '');
    }
    const take = /** @type {HTMLButtonElement} */ (part(this, '[data-part="take"]'));
    take.disabled = !desk.hall.online;
    say(part(take, 'span'), desk.settings && desk.settings.numbers === 'roll' ? t('Number on the roll…') : t('Give a number'));
    showKey(take, 'take');
    this.renderPolicy();
    this.renderUnnumbered();
    const lines = desk.lines(this.tab);
    const list = part(this, '.line-list');
    part(this, '.lines').setAttribute('aria-labelledby', `tab-${this.tab}`);
    keepList(
      list,
      lines.slice(0, SHOWN),
      (line) => `${this.tab}:${line.id}`,
      (line) => this.line(line),
      (item, line) => this.updateLine(item, line),
    );
    list.hidden = lines.length === 0;
    const nothing = part(this, '.nothing');
    nothing.hidden = lines.length > 0;
    say(nothing, nothingWords(this.tab));
    const more = part(this, '.more');
    more.hidden = lines.length <= SHOWN;
    say(more, t('More numbers follow; the first {n} are shown.', { n: SHOWN }));
  }

  /** The keys come with the settings. */
  renderUnnumbered() {
    const { settings, hall } = this.desk;
    const place = part(this, '[data-part="unnumbered"]');
    const kinds = settings ? settings.kinds : [];
    const codes = kinds.map((each) => each.code).join(' ');
    if (place.dataset.codes !== codes) {
      place.dataset.codes = codes;
      const keys = new Unnumbered();
      keys.hall = hall;
      keys.kinds = kinds;
      keys.addEventListener('told', (event) => this.desk.tell({ tone: 'warn', text: /** @type {CustomEvent} */ (event).detail }));
      fill(place, kinds.length ? keys : null);
    }
  }

  renderPolicy() {
    const { settings } = this.desk;
    const words = settings ? policyWords(settings.policy) : [];
    const place = part(this, '.policy-words');
    part(this, '.policy').hidden = words.length === 0;
    if (place.dataset.words !== words.join('|')) {
      place.dataset.words = words.join('|');
      fill(place, ...words.map((sentence) => el('li', {}, sentence)));
    }
  }

  /** @param {Ticket} line */
  line(line) {
    const call = this.tab === 'waiting';
    const button = el(
      'button',
      { type: 'button', class: 'button quiet small', onclick: () => (call ? askCall(this.desk, line) : this.desk.bringBack(line.id)) },
      el('span', {}, call ? t('Call') : t('Bring back')),
      el('span', { class: 'hidden-visually' }, ` ${line.label}`),
    );
    const more = call
      ? [
          el('button', { type: 'button', class: 'button quiet small tiny', title: t('Correct or transfer'), 'aria-label': t('Correct or transfer {label}', { label: line.label }), onclick: () => askLine(this.desk, line) }, icon('more')),
        ]
      : [];
    return el('li', { class: 'line' }, el('b', { class: 'line-label number' }, line.label), el('div', { class: 'line-words' }), ...more, button);
  }

  /**
   * @param {HTMLElement} item
   * @param {Ticket} line
   */
  updateLine(item, line) {
    const { desk } = this;
    const first = firstWords(line, desk.hall.now());
    const rest = [
      line.hold_reason || '',
      line.state === 'waiting' && line.sent_to ? t('sent to you') : '',
      line.people > 1 ? tn('{n} person', '{n} people', line.people) : '',
      // the letter says it where there is only one
      desk.services.length > 1 ? desk.serviceName(line.service) : '',
    ].filter(Boolean).join(' · ');
    const words = [first, line.priority, rest].join('|');
    const place = part(item, '.line-words');
    if (place.dataset.words !== words) {
      place.dataset.words = words;
      fill(
        place,
        el('span', {}, first),
        line.priority === 'priority' ? el('small', { class: 'first' }, icon('star'), t('Priority')) : null,
        rest ? el('small', {}, rest) : null,
      );
    }
    item.classList.toggle('due', isDue(line, desk.hall.now()));
    item.classList.toggle('later', isLater(line, desk.hall.now()));
    const button = /** @type {HTMLButtonElement} */ (part(item, 'button:last-of-type'));
    button.disabled = !desk.hall.online || (this.tab === 'waiting' && desk.stage !== 'free');
  }
}

/**
 * What matters most about a number: since when, until when, or at what time.
 *
 * @param {Ticket} line
 * @param {number} now
 */
function firstWords(line, now) {
  if (line.hold_until) {
    return holdWords(line.hold_until, now);
  }
  if (line.state !== 'waiting') {
    return t('number taken at {time}', { time: time(line.since) });
  }
  if (!line.due) {
    const waited = secondsSince(line.since, now);
    return waited < 60 ? t('just now') : minutes(waited);
  }
  const appointment = t('Booked {time}', { time: time(line.due) });
  return isLater(line, now) ? t('Booked {time}, not yet', { time: time(line.due) }) : `${appointment} · ${minutes(secondsSince(line.due, now))}`;
}

/**
 * @param {string} until
 * @param {number} now
 */
function holdWords(until, now) {
  return Date.parse(until) <= now
    ? t('due since {time}', { time: time(until) })
    : t('due at {time}', { time: time(until) });
}

/**
 * @param {Ticket} line
 * @param {number} now
 * @returns {boolean} whether what was waited for should be here by now
 */
function isDue(line, now) {
  return Boolean(line.hold_until) && Date.parse(line.hold_until || '') <= now;
}

/**
 * @param {Ticket} line
 * @param {number} now
 * @returns {boolean} whether it is an appointment whose time has not come: nobody waits for it yet
 */
function isLater(line, now) {
  return line.state === 'waiting' && Boolean(line.due) && Date.parse(line.due || '') > now;
}

/** @param {ListName} name */
function tabName(name) {
  if (name === 'waiting') {
    return t('Waiting');
  }
  return name === 'held' ? t('Held') : t('Missed');
}

/** @param {ListName} name */
function nothingWords(name) {
  if (name === 'waiting') {
    return t('Nobody is waiting for this counter.');
  }
  return name === 'held' ? t('No number is on hold.') : t('Everybody came when called.');
}

/** @param {Service} service */
function serviceLine(service) {
  return el('li', {}, el('span', { class: 'badge' }, service.prefix), el('span', { class: 'service-name' }), el('b', { class: 'number' }), el('span', { class: 'hidden-visually unit' }));
}

/**
 * @param {HTMLElement} item
 * @param {Service} service
 */
function updateService(item, service) {
  const name = pick(service.names, service.name);
  const paused = t('paused');
  say(part(item, '.service-name'), service.paused ? `${name} (${paused})` : name);
  say(part(item, 'b'), String(service.waiting));
  say(part(item, '.unit'), tn('waiting', 'waiting', service.waiting));
  item.classList.toggle('some', service.waiting > 0);
}

customElements.define('ramah-queue', QueuePanel);
