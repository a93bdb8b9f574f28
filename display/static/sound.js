/** Owns `<display-sound>`: says when this screen is silent, and lets a touch switch sound on. */

import { el, fill } from '/web/dom.js';
import { languageChanges, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';

export class SoundMark extends HTMLElement {
  constructor() {
    super();
    /** @type {import('/display/chime.js').Chime | null} */
    this.chime = null;
    /** Another screen of this room speaks: then silence is right here. */
    this.silent = false;
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
    chime.addEventListener('change', () => this.render());
    languageChanges.addEventListener('change', () => this.render());
    this.render();
  }

  /** @private */
  render() {
    const state = this.chime ? this.chime.state : 'none';
    this.hidden = state === 'on' || this.silent;
    document.documentElement.dataset.sound = state;
    if (state === 'off') {
      const allow = () => this.allow();
      fill(
        this,
        el('span', { class: 'silent' }, icon('mute'), t('Sound is off')),
        el('button', { class: 'button accent', type: 'button', onclick: allow }, icon('sound'), t('Switch sound on')),
      );
    } else if (state === 'none') {
      fill(this, el('span', { class: 'silent' }, icon('mute'), t('Sound is off')));
    }
  }

  /** @private Switch on, and ring once so that the volume can be heard. */
  async allow() {
    if (this.chime) {
      await this.chime.allow();
      await this.chime.play();
    }
  }
}

customElements.define('display-sound', SoundMark);
