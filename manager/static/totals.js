/** Owns the day's figures, each with its definition one touch away. */

import { number, t, tn } from '/web/i18n.js';
import { el, say } from '/web/dom.js';
import { duration } from '/web/staff/format.js';
import { View, part } from '/web/staff/view.js';
import { figureCard, percent } from '/manager/figures.js';
import { doorWords, kindWords } from '/manager/receptionwords.js';

/**
 * @typedef {import('./day.js').Day} Day
 * @typedef {import('../../web/types').Totals} Totals
 *
 * @typedef {object} Figure
 * @property {string} key
 * @property {string} name
 * @property {string} meaning
 * @property {(totals: Totals, since: number) => string} value `since` is seconds since the totals came
 * @property {(totals: Totals) => string} [detail]
 * @property {boolean} [now] means something today only
 */

const GROWS_MS = 5000;

/** @returns {{title: string, figures: Figure[]}[]} */
function groups() {
  return [
    {
      title: t('Now'),
      figures: [
        {
          key: 'waiting',
          name: t('Waiting now'),
          meaning: t('Numbers that wait at this moment, in line or on hold, for all services.'),
          value: (totals) => number(totals.waiting),
          detail: (totals) => tn('{n} at a counter', '{n} at a counter', totals.serving),
          now: true,
        },
        {
          key: 'longest',
          name: t('Longest wait now'),
          meaning: t('How long the visitor who came first has been in line. Look here first: somebody may need help.'),
          value: (totals, since) => duration(totals.longest_waiting_s === null ? null : totals.longest_waiting_s + since),
          now: true,
        },
      ],
    },
    {
      title: t('Visitors'),
      figures: [
        {
          key: 'tickets',
          name: t('Numbers taken'),
          meaning: t('Numbers given on this day, at the kiosk or by staff. One number may stand for several people.'),
          value: (totals) => number(totals.tickets),
          detail: (totals) => tn('{n} person', '{n} people', totals.people),
        },
        {
          key: 'served',
          name: t('Served'),
          meaning: t('Turns that a counter finished. A visitor sent on to a second service counts once for each.'),
          value: (totals) => number(totals.served),
          detail: (totals) => tn('{n} sent on', '{n} sent on', totals.transferred),
        },
        {
          key: 'no_show',
          name: t('Did not come'),
          meaning: t('Called, but nobody came, and the number was not brought back.'),
          value: (totals) => number(totals.no_show),
          detail: (totals) => share(totals.no_show, totals.served + totals.no_show),
        },
        {
          key: 'cancelled',
          name: t('Cancelled'),
          meaning: t('Given back by the visitor or by staff before service. Left over at closing time is counted apart.'),
          value: (totals) => number(totals.cancelled),
          detail: (totals) => tn('{n} left over at closing', '{n} left over at closing', totals.expired),
        },
        {
          key: 'unnumbered',
          name: t('Without a number'),
          meaning: t('Visitors who needed no number, counted by hand at the counters and at the door. They are in no other figure.'),
          value: (totals) => number(totals.reception.unnumbered),
          detail: (totals) => kindWords(totals.reception.kinds),
        },
      ],
    },
    {
      title: t('Waiting time'),
      figures: [
        {
          key: 'target',
          name: t('Within the target'),
          meaning: t("Share of called visitors whose wait was not longer than their service's target."),
          value: (totals) => (totals.within_target === null ? '–' : percent(totals.within_target)),
        },
        {
          key: 'median',
          name: t('Half waited at most'),
          meaning: t('The median: half of the visitors were called within this time. Counted from taking the number, or from the appointment, to the first call.'),
          value: (totals) => duration(totals.wait_p50_s),
        },
        {
          key: 'p90',
          name: t('9 of 10 waited at most'),
          meaning: t('The 90th percentile: one visitor in ten waited longer than this.'),
          value: (totals) => duration(totals.wait_p90_s),
        },
        {
          key: 'mean',
          name: t('Average wait'),
          meaning: t('All waits added up and divided by their number. A few long waits pull it up; read it beside the median.'),
          value: (totals) => duration(totals.wait_mean_s),
        },
        {
          key: 'service',
          name: t('Average service'),
          meaning: t('From the start of service to its end, without the time on hold.'),
          value: (totals) => duration(totals.service_mean_s),
        },
        {
          key: 'door',
          name: t('From the door to a number'),
          meaning: t('Half of the people timed by the host took at most this long from the door to their number. Sampled by hand; the waits above begin with the number.'),
          value: (totals) => duration(totals.reception.door.median_s),
          detail: (totals) => doorWords(totals.reception.door),
        },
      ],
    },
  ];
}

/** `<ramah-totals>`; give it the `day`. */
export class TotalsPanel extends View {
  /** @type {Day} */
  day = /** @type {any} */ (null);
  /** @type {Figure[]} */
  figures = [];

  /** @override */
  build() {
    this.className = 'totals';
    this.figures = [];
    for (const { title, figures } of groups()) {
      this.figures.push(...figures);
      this.append(
        el('section', { class: 'figure-group', 'aria-label': title },
          el('h2', {}, title),
          el('div', { class: 'figures' }, ...figures.map(({ key, name, meaning }) =>
            figureCard({ id: `meaning-${key}`, name, meaning, marks: { 'data-figure': key } }))),
        ),
      );
    }
    this.follow(this.day, 'change', () => this.render());
    // a wait grows also while nothing happens in the hall
    this.every(GROWS_MS, () => this.render());
  }

  /** @override */
  render() {
    const { totals, isToday, day } = this.day;
    this.setAttribute('aria-busy', String(!totals));
    const since = Math.max(0, (this.day.hall.now() - this.day.totalsAt) / 1000);
    for (const figure of this.figures) {
      const box = part(this, `[data-figure="${figure.key}"]`);
      const past = Boolean(figure.now) && Boolean(day) && !isToday;
      say(part(box, '.figure-value'), totals && !past ? figure.value(totals, since) : '–');
      const detail = box.querySelector('.figure-detail');
      if (detail) {
        say(detail, totals && !past && figure.detail ? figure.detail(totals) : '');
      }
    }
    const now = this.querySelector('.figure-group');
    if (now instanceof HTMLElement) {
      now.hidden = Boolean(day) && !isToday;
    }
  }
}

/**
 * @param {number} some
 * @param {number} all
 */
function share(some, all) {
  return all ? t('{share} of served and missed', { share: percent(some / all) }) : '';
}

customElements.define('ramah-totals', TotalsPanel);
