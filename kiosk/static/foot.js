/** Owns the foot of a kiosk that is only shown: its buttons, without a visit behind them. */

import '/web/switches.js';
import '/kiosk/options.js';
import '/kiosk/help.js';
import '/kiosk/speech.js';
import '/kiosk/priority.js';

/** Show what a visitor who begins would find. */
export function showFoot() {
  const priority = /** @type {import('/kiosk/priority.js').PriorityToggle} */ (document.querySelector('kiosk-priority'));
  priority.hidden = false;
  /** @type {HTMLElement} */ (document.querySelector('#kiosk')).dataset.screen = 'start';
}
