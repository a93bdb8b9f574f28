/**
 * Owns `<kiosk-idle>`: what happens when nobody touches the screen. If a visitor's choices are on
 * it, they are asked first and can stay as long as they like; then everything goes back to the
 * start. Fires `rest` when it is time.
 */

import { openDialog } from '/web/dialogs.js';
import { el, say } from '/web/dom.js';
import { t, tn } from '/web/i18n.js';

const QUIET_S = 45;
const WARNING_S = 20;
const SLOW_FACTOR = 3;

export class Idle extends HTMLElement {
  constructor() {
    super();
    /** Whether something of a visitor is on the screen; set by the page. */
    this.inUse = () => false;
    /** Whether the visitor works by ear or keys and needs more time; set by the page. */
    this.slow = () => false;
    this.quiet = 0;
    this.left = 0;
    this.heading = el('h2', { id: 'idle-title' });
    this.text = el('p', { class: 'big', role: 'timer' });
    this.button = el('button', { class: 'button large', type: 'button', onclick: () => this.stay() });
    this.dialog = el('dialog', { class: 'notice', 'aria-labelledby': 'idle-title' }, this.heading, el('div', { class: 'lines' }, this.text), this.button);
  }

  connectedCallback() {
    this.append(this.dialog);
    for (const kind of ['pointerdown', 'keydown']) {
      document.addEventListener(kind, () => this.stay());
    }
    window.setInterval(() => this.tick(), 1000);
  }

  /** @private Somebody is here. */
  stay() {
    this.quiet = 0;
    if (this.dialog.open) {
      this.dialog.close();
    }
  }

  /** @private */
  tick() {
    if (this.dialog.open) {
      this.left -= 1;
      if (this.left <= 0) {
        this.dialog.close();
        this.go();
      } else {
        this.render();
      }
      return;
    }
    this.quiet += 1;
    if (this.quiet < QUIET_S * (this.slow() ? SLOW_FACTOR : 1)) {
      return;
    }
    if (this.inUse()) {
      this.left = WARNING_S * (this.slow() ? SLOW_FACTOR : 1);
      this.render();
      openDialog(this.dialog);
      this.button.focus();
    } else {
      this.go();
    }
  }

  /** @private */
  go() {
    this.quiet = 0;
    this.dispatchEvent(new Event('rest'));
  }

  /** @private */
  render() {
    say(this.heading, t('Are you still here?'));
    say(
      this.text,
      tn('This screen goes back to the start in {n} second.', 'This screen goes back to the start in {n} seconds.', this.left),
    );
    say(this.button, t('Yes, I need more time'));
  }
}

customElements.define('kiosk-idle', Idle);
