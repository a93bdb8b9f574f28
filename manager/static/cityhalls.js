/**
 * Owns all halls as they are now: who needs help stands first, and old news is shown as old.
 *
 * @typedef {import('../../web/types').HallNow} HallNow
 * @typedef {import('../../web/types').HallLink} HallLink
 */

import { LinkError, ProblemError, get } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { day, sameDay, t, time, tn } from '/web/i18n.js';
import { icon } from '/web/staff/icons.js';
import { duration, minutes } from '/web/staff/format.js';
import { View, keepList, part } from '/web/staff/view.js';
import { askHall } from '/manager/newhall.js';

/** A hall changes all the time, a city is looked at: every few seconds is live enough. */
const EVERY_MS = 4000;
/** So long a wait is told in colour, whatever the hall has promised. */
const LONG_MINUTES = 60;

/** `<ramah-city-halls>`; fires `ended` when the log-in is over. */
export class CityHalls extends View {
  /** @type {HallNow[] | null} */
  halls = null;
  asking = false;
  /** Whether who looks may found a hall. */
  mayFound = false;

  /** @override */
  build() {
    this.className = 'city-halls';
    this.append(
      el('section', { class: 'card', 'aria-labelledby': 'halls-title' },
        el('div', { class: 'spread city-head' },
          el('h2', { id: 'halls-title' }, t('Now')),
          el('p', { class: 'soft', 'data-part': 'sums' }),
          el('button', { type: 'button', class: 'button quiet small', 'data-part': 'new-hall', hidden: true, onclick: () => this.found() }, t('A new hall'))),
        el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
        el('ul', { class: 'hall-list' })));
    this.load();
    this.every(EVERY_MS, () => document.visibilityState === 'visible' && this.load());
    this.follow(document, 'visibilitychange', () => document.visibilityState === 'visible' && this.load());
  }

  async load() {
    if (this.asking) {
      return;
    }
    this.asking = true;
    const problem = part(this, '[data-part="problem"]');
    try {
      this.halls = (await get('/api/city/halls', { as: 'staff' })).halls;
      fill(problem);
      this.render();
    } catch (error) {
      if (error instanceof ProblemError && error.status === 401) {
        this.dispatchEvent(new Event('ended'));
      } else if (error instanceof ProblemError || error instanceof LinkError) {
        fill(problem, el('p', { class: 'banner warn' }, error.detail));
      } else {
        throw error;
      }
    } finally {
      this.asking = false;
    }
  }

  async found() {
    if (await askHall(this.halls || [])) {
      this.load();
    }
  }

  /** @override */
  render() {
    if (!this.halls) {
      return;
    }
    const halls = [...this.halls].sort((one, other) => urgency(other) - urgency(one));
    part(this, '[data-part="new-hall"]').hidden = !this.mayFound || halls.length === 0;
    const several = new Set(halls.map((hall) => hall.agency)).size > 1;
    // who waited when a line was cut is in no hall any more
    const silent = halls.filter((hall) => hall.link.state === 'silent');
    const waiting = halls.reduce((sum, hall) => sum + (silent.includes(hall) ? 0 : hall.waiting), 0);
    say(part(this, '[data-part="sums"]'), halls.length
      ? [
          tn('{n} hall', '{n} halls', halls.length),
          tn('{n} waiting', '{n} waiting', waiting),
          silent.length ? tn('{n} without a line, not counted', '{n} without a line, not counted', silent.length) : '',
        ].filter(Boolean).join(' · ')
      : t('No hall sends its log here yet.'));
    keepList(part(this, '.hall-list'), halls, (hall) => hall.code, () => el('li', { class: 'city-hall' }),
      (item, hall) => show(item, hall, several ? hall.agency : ''));
  }
}

/**
 * Who needs help first: alarms, then long waits; a silent hall needs somebody who looks after its line, and what
 * it told before helps nobody now.
 *
 * @param {HallNow} hall
 */
function urgency(hall) {
  if (hall.link.state === 'silent' || hall.link.refused) {
    return 1;
  }
  const long = (hall.longest_minutes || 0) >= LONG_MINUTES;
  return Number((hall.alarms || 0) > 0) * 4 + Number(long) * 2;
}

/**
 * @param {HTMLElement} item
 * @param {HallNow} hall
 * @param {string} agency whose hall it is, where that tells halls apart
 */
function show(item, hall, agency) {
  const signature = JSON.stringify([hall, agency]);
  if (item.dataset.shown === signature) {
    return;
  }
  item.dataset.shown = signature;
  item.dataset.link = hall.link.state;
  const long = (hall.longest_minutes || 0) >= LONG_MINUTES;
  fill(item,
    el('div', { class: 'city-hall-head' },
      el('h3', {}, hall.name, ' ', el('small', { class: 'soft' }, hall.code)),
      agency ? el('p', { class: 'soft' }, agency) : null,
      hall.tenant ? el('span', { class: 'chip' }, t('Your services alone')) : null,
      linkChip(hall.link),
      clockChip(hall.link),
      hall.alarms ? el('span', { class: 'chip danger' }, icon('bell'), tn('{n} alarm', '{n} alarms', hall.alarms)) : null),
    el('dl', { class: 'city-figures' },
      figure(t('Waiting'), String(hall.waiting)),
      figure(t('Longest wait'), hall.longest_minutes === null ? '–' : minutes(hall.longest_minutes * 60), long),
      ...(hall.open === null ? [] : [figure(t('Counters open'), String(hall.open))]),
      ...(hall.serving === null ? [] : [figure(t('At the counters'), String(hall.serving))])));
}

/**
 * @param {string} name
 * @param {string} value
 * @param {boolean} [over]
 */
function figure(name, value, over = false) {
  return el('div', {}, el('dt', {}, name), el('dd', { class: over ? 'number over-target' : 'number' }, value));
}

/** @param {HallLink} link */
function linkChip(link) {
  const heard = link.heard ? moment(link.heard) : '';
  if (link.refused) {
    return el('span', { class: 'chip danger' }, icon('link'), heard ? t('Nothing is taken since {time}: {why}', { time: heard, why: refusal(link.refused) }) : t('Nothing is taken: {why}', { why: refusal(link.refused) }));
  }
  if (link.state === 'silent') {
    return el('span', { class: 'chip warn' }, icon('link'), t('No line since {time}; the hall goes on by itself', { time: heard }));
  }
  if (link.state === 'behind') {
    return el('span', { class: 'chip warn' }, tn('{n} event still to come', '{n} events still to come', link.missing));
  }
  if (link.state === 'new') {
    return el('span', { class: 'chip' }, t('Has not come yet'));
  }
  return el('span', { class: 'chip ok' }, t('Linked'));
}

/** @param {HallLink} link */
function clockChip(link) {
  if (!link.clock_s) {
    return null;
  }
  const by = duration(Math.abs(link.clock_s));
  return el('span', { class: 'chip warn' }, link.clock_s > 0
    ? t('Its clock is ahead by {time}', { time: by })
    : t('Its clock is behind by {time}', { time: by }));
}

/** @param {string} slug */
function refusal(slug) {
  return {
    'other-log': t('it has another log than before, as after a restore'),
    'other-hall': t('it sends the log of another hall'),
    'newer-log': t('its Ramah is newer than the city’s'),
  }[slug] || t('its technician reads why (ramah city link)');
}

/** @param {string} at */
function moment(at) {
  return sameDay(at, new Date().toISOString()) ? time(at) : `${day(at)}, ${time(at)}`;
}

customElements.define('ramah-city-halls', CityHalls);
