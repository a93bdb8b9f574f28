/**
 * Owns `<display-sound>`: says when this screen is silent, and lets any touch or any key switch sound
 * on: a television's remote has no pointer, only OK and arrows.
 */

import { el, fill } from '/web/dom.js';
import { languageChanges, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';

/** Browsers differ in which of these they take for a person's wish. */
const GESTURES = ['keydown', 'keyup', 'mousedown', 'touchend', 'click'];

export class SoundMark extends HTMLElement {
  constructor() {
    super();
    /** @type {import('/display/chime.js').Chime | null} */
    this.chime = null;
    /** Another screen of this room speaks: then silence is right here. */
    this.silent = false;
    /** Asked for, and the device did not answer: there is nothing to switch on. */
    this.dead = false;
    this.busy = false;
    this.button = el('button', { class: 'button accent', type: 'button' });
    this.shown = '';
  }

  /** @param {boolean} silent */
  allowSilence(silent) {
    if (silent !== this.silent) {
      this.silent = silent;
      this.render();
    }
  }

  /** @param {import('/display/chime.js').Chime} chime */
  watch(chime) {
    this.chime = chime;
    chime.addEventListener('change', () => {
      this.dead = false;
      this.render();
    });
    languageChanges.addEventListener('change', () => this.render());
    GESTURES.forEach((kind) => document.addEventListener(kind, () => this.allow(), true));
    this.render();
  }

  /** @private */
  render() {
    const state = this.chime ? this.chime.state : 'none';
    this.hidden = state === 'on' || this.silent;
    document.documentElement.dataset.sound = state;
    const shown = [state, this.dead, this.silent, document.documentElement.lang].join(' ');
    if (shown === this.shown) {
      return;
    }
    this.shown = shown;
    const word = state === 'off' && this.dead ? t('No sound came from this device. Please check its loudspeaker.') : t('Sound is off');
    fill(this, el('span', { class: 'silent', role: 'status' }, icon('mute'), word));
    if (state === 'off') {
      fill(this.button, icon('sound'), t('Switch sound on'));
      this.append(this.button);
      if (!this.hidden && document.activeElement === document.body) {
        this.button.focus({ preventScroll: true }); // so that OK on a remote presses it
      }
    }
  }

  /** @private Switch on, and ring once so that the volume can be heard. */
  async allow() {
    if (this.busy || !this.chime || this.chime.state !== 'off') {
      return;
    }
    this.busy = true;
    const on = await this.chime.allow();
    this.busy = false;
    if (this.dead === on) {
      this.dead = !on;
      this.render();
    }
    if (on && !this.silent) {
      await this.chime.play();
    }
  }
}

customElements.define('display-sound', SoundMark);
