/** Owns the hall as it is now: each counter with its ticket, and each service with its switch. */

import { language, pick, t, time, tn } from '/web/i18n.js';
import { LinkError, ProblemError } from '/web/api.js';
import { el, fill, say } from '/web/dom.js';
import { waitRange } from '/web/waits.js';
import { ask } from '/web/staff/dialog.js';
import { wordsField } from '/manager/pausewords.js';
import { counterState, counterTone, minutes, secondsSince } from '/web/staff/format.js';
import { View, keepList, part } from '/web/staff/view.js';

/**
 * @typedef {import('/web/staff/hall.js').StaffHall} StaffHall
 * @typedef {import('../../web/types').Counter} Counter
 * @typedef {import('../../web/types').Service} Service
 */

const GROWS_MS = 10000;

/** `<ramah-hall-now>`; give it the `hall`. Fires `told` with a sentence when something was refused. */
export class HallNow extends View {
  /** @type {StaffHall} */
  hall = /** @type {any} */ (null);

  /** @override */
  build() {
    this.className = 'hall-now';
    this.append(
      el('section', { class: 'card', 'aria-labelledby': 'counters-title' },
        el('div', { class: 'spread' }, el('h2', { id: 'counters-title' }, t('Counters')), el('p', { class: 'soft', 'data-part': 'open' })),
        el('ul', { class: 'counter-list' }),
      ),
      el('section', { class: 'card', 'aria-labelledby': 'services-title' },
        el('h2', { id: 'services-title' }, t('Services')),
        el('ul', { class: 'service-list' }),
      ),
    );
    this.follow(this.hall, 'change', () => this.render());
    this.every(GROWS_MS, () => this.render());
  }

  /** @override */
  render() {
    const state = this.hall.state;
    if (!state) {
      return;
    }
    const open = state.counters.filter((counter) => counter.state === 'open').length;
    say(part(this, '[data-part="open"]'), t('{open} of {all} open', { open, all: state.counters.length }));
    keepList(part(this, '.counter-list'), state.counters, (counter) => counter.id, () => el('li', { class: 'counter-now' }),
      (item, counter) => this.showCounter(item, counter));
    keepList(part(this, '.service-list'), state.services, (service) => service.code, () => el('li', { class: 'service-now' }),
      (item, service) => this.showService(item, service));
  }

  /**
   * @param {HTMLElement} item
   * @param {Counter} counter
   */
  showCounter(item, counter) {
    if (!changed(item, [counter.state, counter.current, counter.services])) {
      return;
    }
    const current = counter.current;
    item.dataset.state = counter.state;
    fill(
      item,
      el('span', { class: 'counter-number number' }, el('span', { class: 'hidden-visually' }, t('Counter'), ' '), String(counter.number)),
      el('span', { class: 'counter-what' },
        current
          ? el('b', { class: 'number' }, current.label)
          : el('span', { class: 'soft' }, counter.state === 'open' ? t('Nobody at the counter') : counter.services.join(' · ')),
        current ? el('small', {}, stateWords(current)) : null,
      ),
      el('span', { class: counterTone(counter.state) }, counterState(counter.state)),
    );
  }

  /**
   * @param {HTMLElement} item
   * @param {Service} service
   */
  showService(item, service) {
    const wait = this.wait(service);
    if (!changed(item, [service.waiting, service.estimate, service.open, service.paused, service.notice, this.hall.online, wait])) {
      return;
    }
    const name = pick(service.names, service.name);
    const focused = item.contains(document.activeElement);
    const state = service.paused
      ? el('span', { class: 'chip warn' }, t('Paused'))
      : wait && wait.over
        ? el('span', { class: 'chip warn' }, t('over the promise'))
        : el('span', { class: service.open ? 'chip ok' : 'chip' }, service.open ? t('Open') : t('Closed'));
    const button = el('button', {
      type: 'button',
      class: 'button quiet small',
      disabled: !this.hall.online,
      onclick: () => (service.paused ? this.resume(service) : this.pause(service)),
    }, service.paused ? t('Resume') : t('Pause'), el('span', { class: 'hidden-visually' }, ` ${name}`));
    fill(
      item,
      el('span', { class: 'badge' }, service.prefix),
      el('span', { class: 'service-what' },
        el('b', {}, name),
        el('small', {}, service.paused && service.notice ? pick(service.notices, service.notice) : waitWords(service)),
        wait ? el('small', { class: wait.over ? 'over-target' : '' }, wait.words) : null,
      ),
      state,
      button,
    );
    if (focused) {
      button.focus();
    }
  }

  /**
   * The longest wait of a service beside what was promised; it grows while nothing happens.
   *
   * @param {Service} service
   * @returns {{over: boolean, words: string} | null} null when nobody waits
   */
  wait(service) {
    const now = this.hall.now();
    const waits = this.hall.listed('waiting')
      .filter((line) => line.service === service.code && !(line.due && Date.parse(line.due) > now))
      .map((line) => secondsSince(line.eligible || line.since, now));
    if (!waits.length) {
      return null;
    }
    const longest = Math.max(...waits);
    const target = service.target_minutes * 60;
    const over = waits.filter((wait) => wait > target).length;
    const words = [
      t('longest {wait}, promised {target}', { wait: minutes(longest), target: minutes(target) }),
      over > 1 ? tn('{n} wait longer', '{n} wait longer', over) : '',
    ];
    return { over: over > 0, words: words.filter(Boolean).join(' · ') };
  }

  /** @param {Service} service */
  async pause(service) {
    const branch = this.hall.state ? this.hall.state.branch : { languages: [language()] };
    const words = await wordsField(branch.languages);
    const yes = await ask({
      title: t('Pause {service}', { service: pick(service.names, service.name) }),
      fields: [words.node],
      confirm: t('Pause'),
      check: () => (Object.keys(words.value()).length ? null : t('Please choose or write what visitors should read.')),
    });
    if (yes) {
      const notices = words.value();
      const [first] = branch.languages.filter((lang) => notices[lang]);
      await this.send(`/api/services/${service.code}/pause`, { notice: notices[first], notices });
    }
  }

  /** @param {Service} service */
  async resume(service) {
    await this.send(`/api/services/${service.code}/resume`, {});
  }

  /**
   * @param {string} path
   * @param {unknown} body
   */
  async send(path, body) {
    try {
      await this.hall.command(path, body);
    } catch (error) {
      if (!(error instanceof ProblemError || error instanceof LinkError)) {
        throw error;
      }
      this.dispatchEvent(new CustomEvent('told', { detail: error.detail }));
    }
  }
}

/**
 * @param {HTMLElement} item
 * @param {unknown} value
 */
function changed(item, value) {
  const signature = JSON.stringify(value);
  const differs = item.dataset.shown !== signature;
  item.dataset.shown = signature;
  return differs;
}

/** @param {import('../../web/types').CurrentTicket} current */
function stateWords(current) {
  if (current.state === 'serving' && current.started_at) {
    return t('served since {time}', { time: time(current.started_at) });
  }
  return current.called_at ? t('called at {time}', { time: time(current.called_at) }) : t('Called');
}

/** @param {Service} service */
function waitWords(service) {
  const waiting = tn('{n} waiting', '{n} waiting', service.waiting);
  return service.estimate && service.waiting ? `${waiting} · ${waitRange(service.estimate)}` : waiting;
}

customElements.define('ramah-hall-now', HallNow);
