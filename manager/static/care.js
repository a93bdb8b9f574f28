/** Owns who and what needs a hand: visitors who ask for a person, printers and displays. */

import { day, number, sameDay, t, time, tn } from '/web/i18n.js';
import { el, fill, say } from '/web/dom.js';
import { del, LinkError, post, ProblemError } from '/web/api.js';
import { minutes, secondsSince } from '/web/staff/format.js';
import { icon } from '/web/staff/icons.js';
import { refusalOf } from '/web/staff/refusal.js';
import { View, keepList, part } from '/web/staff/view.js';
import { bell } from '/web/staff/sound.js';

/**
 * @typedef {import('../../web/types').Equipment} Equipment
 * @typedef {import('/web/staff/hall.js').StaffHall} StaffHall
 * @typedef {StaffHall['help'][number]} Help
 * @typedef {import('../../web/types').HallEvent} HallEvent
 */

/** A display that is dark for longer was put away: it is folded, and no news. */
const PUT_AWAY_S = 3 * 86400;
/** So long the second touch may take that removes a display which was there today. */
const SURE_MS = 6000;

/** `<ramah-care>`; give it the `hall`. Fires `told` with a sentence when something was refused. */
export class Care extends View {
  /** @type {StaffHall} */
  hall = /** @type {any} */ (null);
  /** @type {Set<string>} what was removed here and is still told of, for a moment */
  removed = new Set();

  /** @override */
  build() {
    this.className = 'care';
    this.append(
      el('section', { class: 'card', 'aria-labelledby': 'help-title' },
        el('h2', { id: 'help-title' }, t('Asking for a person')),
        el('ul', { class: 'care-list', 'data-part': 'help', 'aria-live': 'polite' }),
        el('p', { class: 'soft care-nothing', 'data-part': 'no-help' })),
      el('section', { class: 'card', 'aria-labelledby': 'equipment-title' },
        el('div', { class: 'spread' }, el('h2', { id: 'equipment-title' }, t('Printers and displays')), el('p', { class: 'soft', 'data-part': 'well' })),
        el('ul', { class: 'care-list', 'data-part': 'equipment' }),
        el('p', { class: 'soft care-nothing', 'data-part': 'no-equipment' }),
        el('details', { class: 'put-away', 'data-part': 'away', hidden: true },
          el('summary', { 'data-part': 'away-title' }),
          el('p', { class: 'soft' }, t('They raise no alarm. Removed ones can be paired again at any time.')),
          el('ul', { class: 'care-list', 'data-part': 'away-list' }))),
    );
    this.follow(this.hall, 'change', () => this.render());
    this.follow(this.hall, 'care', () => this.render());
    this.follow(this.hall, 'event', (heard) => {
      if (/** @type {HallEvent} */ (heard.detail).kind === 'help_requested') {
        bell();
      }
    });
    this.every(10000, () => this.render());
  }

  /** @override */
  render() {
    const now = this.hall.now();
    const { help, care } = this.hall;
    keepList(part(this, '[data-part="help"]'), help, (each) => each.id, (each) => this.asking(each),
      (item, each) => say(part(item, 'small'), t('since {time}, {long}', { time: time(each.at), long: minutes(secondsSince(each.at, now)) })));
    this.nothing('no-help', this.hall.state, help.length, t('Nobody asks for a person now.'));
    const isAway = (/** @type {Equipment} */ each) => each.what === 'display' && !each.well && secondsSince(each.since, now) >= PUT_AWAY_S;
    const equipment = (care ? care.equipment : []).filter((each) => !this.removed.has(each.id));
    const [shown, away] = [equipment.filter((each) => !isAway(each)), equipment.filter(isAway)];
    for (const [list, devices] of /** @type {[string, Equipment[]][]} */ ([['equipment', shown], ['away-list', away]])) {
      keepList(part(this, `[data-part="${list}"]`), devices, (each) => `${each.what} ${each.id}`, () => el('li', { class: 'care-item' }),
        (item, each) => device(item, each, now, { remove: () => this.forget(each, item, list === 'away-list'), test: () => this.testPage(each, item) }));
    }
    part(this, '[data-part="away"]').hidden = !away.length;
    say(part(this, '[data-part="away-title"]'), tn('{n} display not seen for days', '{n} displays not seen for days', away.length));
    this.nothing('no-equipment', care, shown.length, t('No printer and no display is set up yet.'));
    const well = shown.filter((each) => each.well).length;
    say(part(this, '[data-part="well"]'), shown.length ? t('{some} of {all} are well', { some: well, all: shown.length }) : '');
  }

  /**
   * @param {string} name
   * @param {unknown} loaded
   * @param {number} count
   * @param {string} words
   */
  nothing(name, loaded, count, words) {
    const place = part(this, `[data-part="${name}"]`);
    place.hidden = count > 0;
    say(place, loaded ? words : t('Just a moment …'));
  }

  /** @param {Help} each */
  asking(each) {
    return el('li', { class: 'care-item', 'data-tone': 'warn' },
      icon('people'),
      el('span', { class: 'care-words' }, el('b', {}, each.place), el('small', {})),
      el('button', { type: 'button', class: 'button quiet small', onclick: () => this.take(each) }, t('Somebody goes there'),
        el('span', { class: 'hidden-visually' }, ` ${each.place}`)));
  }

  /**
   * One touch removes what was put away days ago; what was there today asks for a second one.
   *
   * @param {Equipment} each
   * @param {HTMLElement} item
   * @param {boolean} atOnce
   */
  async forget(each, item, atOnce) {
    const button = /** @type {HTMLElement} */ (part(item, '.remove'));
    if (!atOnce && !button.dataset.sure) {
      button.dataset.sure = 'yes';
      say(part(button, '.remove-words'), t('Really remove it?'));
      window.setTimeout(() => {
        delete button.dataset.sure;
        say(part(button, '.remove-words'), t('Remove'));
      }, SURE_MS);
      return;
    }
    try {
      await del(`/api/displays/${encodeURIComponent(each.id)}`, {}, { as: 'staff' });
      this.removed.add(each.id);
      this.render();
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LinkError)) {
        throw error;
      }
      this.dispatchEvent(new CustomEvent('told', { detail: error.detail }));
    }
  }

  /**
   * Print a page that shows what a printer can do, and tell what became of it.
   *
   * @param {Equipment} each
   * @param {HTMLElement} item
   */
  async testPage(each, item) {
    const button = part(item, '.test-page');
    if (button.getAttribute('aria-busy') === 'true') {
      return;
    }
    button.setAttribute('aria-busy', 'true');
    let told = '';
    try {
      /** @type {{words: string, ticket_bytes: number, ticket_seconds: number | null}} */
      const done = await post(`/api/printers/${encodeURIComponent(each.id)}/test`, {}, { as: 'staff' });
      const bytes = number(done.ticket_bytes);
      const size = done.ticket_seconds === null
        ? t('A ticket: {bytes} bytes', { bytes })
        : t('A ticket: {bytes} bytes, {seconds} seconds', { bytes, seconds: number(done.ticket_seconds) });
      told = `${done.words} ${size}.`;
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LinkError)) {
        throw error;
      }
      told = error.detail;
    }
    button.removeAttribute('aria-busy');
    this.dispatchEvent(new CustomEvent('told', { detail: `${each.name}: ${told}` }));
  }

  /** @param {Help} each */
  async take(each) {
    const refused = await refusalOf(() => this.hall.command(`/api/help/${each.id}/take`));
    if (refused) {
      this.dispatchEvent(new CustomEvent('told', { detail: refused }));
    }
  }
}

/**
 * @param {HTMLElement} item
 * @param {Equipment} each
 * @param {number} now
 * @param {{remove: () => void, test: () => void}} act
 */
function device(item, each, now, { remove, test }) {
  const since = moment(each.since, now);
  const signature = JSON.stringify([each, since]);
  if (item.dataset.shown === signature) {
    return;
  }
  item.dataset.shown = signature;
  const unknown = each.state === 'unknown';
  const low = each.state === 'paper_low';
  item.dataset.tone = unknown ? 'unknown' : each.well ? (low ? 'soon' : 'ok') : 'warn';
  item.dataset.state = each.state;
  const detail = [each.words, each.well || unknown || each.what === 'key' ? '' : t('Since {time}.', { time: since }), each.waiting ? t('Papers waiting: {n}.', { n: each.waiting }) : ''];
  fill(item,
    icon(each.what === 'printer' ? 'ticket' : 'display'),
    el('span', { class: 'care-words' }, el('b', {}, each.name), el('small', {}, detail.filter(Boolean).join(' '))),
    el('span', { class: unknown ? 'chip' : each.well ? (low ? 'chip brand' : 'chip ok') : 'chip warn' }, stateWord(each)),
    each.what === 'display' && !each.well
      ? el('button', { type: 'button', class: 'button quiet small remove', onclick: remove },
        el('span', { class: 'remove-words' }, t('Remove')), el('span', { class: 'hidden-visually' }, ` ${each.name}`))
      : null,
    each.what === 'printer'
      ? el('button', { type: 'button', class: 'button quiet small test-page', onclick: test },
        el('span', {}, t('Test page')), el('span', { class: 'hidden-visually' }, ` ${each.name}`))
      : null);
}

/**
 * @param {string} since
 * @param {number} now
 * @returns {string} the time, and the day too when it was another one
 */
function moment(since, now) {
  return sameDay(since, now) ? time(since) : `${day(since)}, ${time(since)}`;
}

/** @param {Equipment} each */
function stateWord(each) {
  switch (each.state) {
    case 'ok':
    case 'online':
      return t('Works');
    case 'unknown':
      return t('Not asked yet');
    case 'paper_low':
      return t('Paper low');
    case 'paper_out':
      return t('Paper out');
    case 'cover_open':
      return t('Cover open');
    case 'offline':
      return each.what === 'display' ? t('Screen off') : t('Out of touch');
    default:
      return t('Needs a hand');
  }
}

customElements.define('ramah-care', Care);
