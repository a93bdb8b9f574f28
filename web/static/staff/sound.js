/** Owns whether the pages of who directs the hall ring when something needs a person; kept on this device. */

import { t } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { ring } from '/web/staff/bell.js';
import { icon } from '/web/staff/icons.js';

const KEY = 'ramah.manager.silent';

function silent() {
  try {
    return localStorage.getItem(KEY) === 'yes';
  } catch (error) {
    return false; // private windows forbid it
  }
}

/** Ring softly, unless this device was asked to be silent. */
export function bell() {
  if (!silent()) {
    ring();
  }
}

/** @returns {HTMLButtonElement} turns the sound on and off; switched on, it rings once to be heard */
export function soundSwitch() {
  const button = el('button', { type: 'button', class: 'button quiet tool-wide sound-switch' });
  const show = () => {
    const off = silent();
    button.setAttribute('aria-pressed', String(!off));
    button.title = t('Ring when somebody or something needs a hand');
    fill(button, icon(off ? 'bell-off' : 'bell'), el('span', {}, off ? t('Sound is off') : t('Sound is on')));
  };
  button.addEventListener('click', () => {
    try {
      localStorage.setItem(KEY, silent() ? 'no' : 'yes');
    } catch (error) {
      // it stays as it is
    }
    show();
    bell();
  });
  show();
  return button;
}
