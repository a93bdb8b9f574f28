/** Owns the choice of a counter: which are free, who sits where, and the polite take-over. */

import { t, tn } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { ProblemError } from '/web/api.js';
import { counterState, counterTone } from '/web/staff/format.js';
import { askTakeOver } from '/counter/questions.js';
import { directs, readsFigures } from '/web/staff/hall.js';
import { View, part } from '/web/staff/view.js';

/**
 * @typedef {import('./desk.js').Desk} Desk
 * @typedef {import('/web/staff/hall.js').StaffCounter} StaffCounter
 */

/** `<ramah-seats>`; give it the `desk`. */
export class Seats extends View {
  /** @type {Desk} */
  desk = /** @type {any} */ (null);
  shown = '';

  /** @override */
  build() {
    this.className = 'seats';
    this.shown = '';
    this.append(
      el('h1', {}, t('Hello, {name}. Where do you sit today?', { name: this.desk.person.name })),
      el('p', { class: 'soft lead' }, t('Your choice is kept when this page is closed or loaded again.')),
      el('ul', { class: 'seat-list' }),
      el('p', { class: 'soft nothing', hidden: true }),
      el('p', { class: 'lead row' },
        directs(this.desk.person) ? el('a', { class: 'button quiet small', href: '/counter/supervisor' }, t('The whole hall')) : null,
        el('a', { class: 'button quiet small', href: '/manager' }, readsFigures(this.desk.person) ? t('Day and reports') : t('My figures'))),
    );
    this.follow(this.desk, 'change', () => this.render());
  }

  /** @override */
  render() {
    const { counters, loaded, hall } = this.desk;
    const waiting = hall.state ? hall.state.services.map((service) => [service.code, service.waiting]) : [];
    const signature = JSON.stringify([counters, loaded, hall.online, this.desk.busy, waiting]);
    if (signature === this.shown) {
      return;
    }
    this.shown = signature;
    const nothing = part(this, '.nothing');
    nothing.hidden = counters.length > 0;
    nothing.textContent = loaded
      ? t('No counters are set up yet. Please ask whoever installs Ramah to add them.')
      : t('Just a moment …');
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.seat : undefined;
    fill(part(this, '.seat-list'), ...counters.map((counter) => this.card(counter)));
    if (focused) {
      const again = this.querySelector(`[data-seat="${CSS.escape(focused)}"]`);
      if (again instanceof HTMLElement) {
        again.focus();
      }
    }
  }

  /** @param {StaffCounter} counter */
  card(counter) {
    const { desk } = this;
    const services = counter.services.map((code) => desk.serviceName(code));
    const waiting = counter.services.reduce((sum, code) => {
      const service = desk.service(code);
      return sum + (service ? service.waiting : 0);
    }, 0);
    const taken = Boolean(counter.holder) && !counter.mine;
    return el('li', {},
      el('button', {
        type: 'button',
        class: taken ? 'seat taken' : 'seat',
        'data-seat': counter.id,
        disabled: !desk.hall.online || Boolean(desk.busy),
        onclick: () => this.sitDown(counter),
      },
        el('span', { class: 'seat-number number' }, el('span', { class: 'hidden-visually' }, `${t('Counter')} `), String(counter.number)),
        el('span', { class: 'seat-words' },
          el('b', {}, services.join(', ') || t('No services yet')),
          el('small', {}, tn('{n} waiting', '{n} waiting', waiting)),
        ),
        el('span', { class: 'seat-state' },
          taken ? el('span', { class: 'seat-holder' }, counter.holder) : null,
          counter.holder
            ? el('span', { class: counterTone(counter.state) }, counterState(counter.state))
            : el('span', { class: 'chip' }, t('Free')),
        ),
      ),
    );
  }

  /** @param {StaffCounter} counter */
  async sitDown(counter) {
    const { desk } = this;
    if (counter.holder && !counter.mine) {
      if (await askTakeOver(counter)) {
        await desk.sit(counter, 'open', { take_over: true });
      }
      return;
    }
    try {
      await desk.sit(counter, 'open', {});
    } catch (error) {
      // somebody sat down a moment ago, before this page knew
      if (!(error instanceof ProblemError)) {
        throw error;
      }
      const now = desk.counters.find((other) => other.id === counter.id) || counter;
      if (await askTakeOver(now)) {
        await desk.sit(counter, 'open', { take_over: true });
      }
    }
  }
}

customElements.define('ramah-seats', Seats);
