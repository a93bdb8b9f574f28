/** Owns `<ramah-link>`: says within a few seconds that the page has lost touch with the server. */

import { el, say } from '/web/dom.js';
import { languageChanges, t } from '/web/i18n.js';
import { icon } from '/web/icons.js';

/** A blink of the link, such as a restarted server, is not worth a banner. */
const GRACE_MS = 1200;

export class LinkBanner extends HTMLElement {
  constructor() {
    super();
    /** @type {import('/web/hall.js').Hall | null} */
    this.hall = null;
    this.timer = 0;
    this.text = el('span');
    this.words = () => t('We are reconnecting. Please wait a moment.');
  }

  connectedCallback() {
    this.className = 'link-banner banner warn';
    this.setAttribute('role', 'status');
    this.hidden = true;
    this.append(icon('link'), this.text);
    languageChanges.addEventListener('change', () => this.render());
  }

  /**
   * @param {import('/web/hall.js').Hall} hall
   * @param {() => string} [words] what this page tells people meanwhile
   */
  watch(hall, words) {
    this.hall = hall;
    this.words = words || this.words;
    hall.addEventListener('online', () => this.check());
    this.check();
  }

  /** @private */
  check() {
    window.clearTimeout(this.timer);
    if (this.hall && this.hall.online) {
      this.hidden = true;
    } else {
      this.timer = window.setTimeout(() => {
        this.hidden = false;
        this.render();
      }, GRACE_MS);
    }
  }

  /** @private */
  render() {
    if (!this.hidden) {
      say(this.text, this.words());
    }
  }
}

customElements.define('ramah-link', LinkBanner);
