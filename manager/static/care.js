/** Owns who and what needs a hand: visitors who ask for a person, printers and displays. */

import { t, time } from '/web/i18n.js';
import { el, fill, say } from '/web/dom.js';
import { get, LinkError, ProblemError } from '/web/api.js';
import { soon } from '/web/soon.js';
import { minutes, secondsSince } from '/counter/format.js';
import { icon } from '/counter/icons.js';
import { takeHelp } from '/counter/takehelp.js';
import { View, keepList, part } from '/counter/view.js';
import { bell } from '/manager/sound.js';

/**
 * @typedef {import('../../web/types').Equipment} Equipment
 * @typedef {import('../../web/types').Help} Help
 * @typedef {import('../../web/types').HallEvent} HallEvent
 */

/** Papers that wait at a printer change with every ticket; no more often than a person can read. */
const PAPERS_MS = 2000;
const AT_ONCE_MS = 250;
/** A display that is dark for longer was put away, and is no news. */
const PUT_AWAY_S = 3 * 86400;

/** `<ramah-care>`; give it the `hall`. Fires `told` with a sentence when something was refused. */
export class Care extends View {
  /** @type {import('/web/hall.js').Hall} */
  hall = /** @type {any} */ (null);
  /** @type {Equipment[] | null} */
  equipment = null;
  /** @type {Help[] | null} */
  help = null;

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
        el('p', { class: 'soft care-nothing', 'data-part': 'no-equipment' })),
    );
    const { signal } = this.ending;
    const equipment = soon(() => this.loadEquipment(), AT_ONCE_MS, signal);
    const papers = soon(() => this.loadEquipment(), PAPERS_MS, signal);
    const help = soon(() => this.loadHelp(), AT_ONCE_MS, signal);
    this.follow(this.hall, 'snapshot', () => {
      equipment();
      help();
    });
    this.follow(this.hall, 'event', (heard) => {
      const { kind } = /** @type {HallEvent} */ (heard.detail);
      if (kind === 'equipment_changed') {
        equipment();
      } else if (kind === 'print_failed' || kind === 'print_moved' || (kind === 'printed' && this.papers())) {
        papers();
      } else if (kind === 'help_requested' || kind === 'help_taken') {
        help();
        if (kind === 'help_requested') {
          bell();
        }
      }
    });
    this.every(10000, () => this.render());
    equipment();
    help();
  }

  /** Whether papers wait somewhere. */
  papers() {
    return Boolean(this.equipment && this.equipment.some((each) => each.waiting));
  }

  /** @param {() => Promise<void>} work */
  async load(work) {
    try {
      await work();
      this.render();
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LinkError)) {
        throw error;
      }
      // the bar tells of a lost link; the next snapshot loads again
    }
  }

  loadEquipment() {
    return this.load(async () => {
      this.equipment = (await get('/api/equipment', { as: 'staff' })).equipment;
    });
  }

  loadHelp() {
    return this.load(async () => {
      this.help = (await get('/api/help', { as: 'staff' })).requests;
    });
  }

  /** @override */
  render() {
    const now = this.hall.now();
    /** @type {Help[]} */
    const help = this.help || [];
    keepList(part(this, '[data-part="help"]'), help, (each) => each.id, (each) => this.asking(each),
      (item, each) => say(part(item, 'small'), t('since {time}, {long}', { time: time(each.at), long: minutes(secondsSince(each.at, now)) })));
    this.nothing('no-help', this.help, help.length, t('Nobody asks for a person now.'));
    const shown = (this.equipment || []).filter((each) => each.well || secondsSince(each.since, now) < PUT_AWAY_S);
    keepList(part(this, '[data-part="equipment"]'), shown, (each) => `${each.what} ${each.id}`, () => el('li', { class: 'care-item' }),
      (item, each) => device(item, each));
    this.nothing('no-equipment', this.equipment, shown.length, t('No printer and no display is set up yet.'));
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

  /** @param {Help} each */
  async take(each) {
    const refused = await takeHelp(each.id);
    if (refused) {
      this.dispatchEvent(new CustomEvent('told', { detail: refused }));
    }
  }
}

/**
 * @param {HTMLElement} item
 * @param {Equipment} each
 */
function device(item, each) {
  const signature = JSON.stringify(each);
  if (item.dataset.shown === signature) {
    return;
  }
  item.dataset.shown = signature;
  item.dataset.tone = each.well ? (each.state === 'paper_low' ? 'soon' : 'ok') : 'warn';
  item.dataset.state = each.state;
  const detail = [each.words, each.well ? '' : t('Since {time}.', { time: time(each.since) }), each.waiting ? t('Papers waiting: {n}.', { n: each.waiting }) : ''];
  fill(item,
    icon(each.what === 'printer' ? 'ticket' : 'display'),
    el('span', { class: 'care-words' }, el('b', {}, each.name), el('small', {}, detail.filter(Boolean).join(' '))),
    el('span', { class: each.well ? (each.state === 'paper_low' ? 'chip brand' : 'chip ok') : 'chip warn' }, stateWord(each)));
}

/** @param {Equipment} each */
function stateWord(each) {
  switch (each.state) {
    case 'ok':
    case 'online':
      return t('Well');
    case 'paper_low':
      return t('Paper low');
    case 'paper_out':
      return t('Paper out');
    case 'cover_open':
      return t('Cover open');
    case 'offline':
      return each.what === 'display' ? t('Dark') : t('Out of touch');
    default:
      return t('Needs a hand');
  }
}

customElements.define('ramah-care', Care);
