/**
 * Owns what the page of devices tells of TLS: how devices come to trust the office, or what does not
 * work without.
 *
 * @typedef {import('../../web/types').TlsNow} TlsNow
 */

import { get } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { dateFormat, t } from '/web/i18n.js';
import { View, part } from '/web/staff/view.js';

/** `<ramah-safe>`. */
export class Safe extends View {
  /** @override */
  build() {
    this.append(el('section', { class: 'card stack', 'aria-labelledby': 'safe-title' },
      el('h2', { id: 'safe-title' }, t('A safe connection (TLS)')),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { class: 'stack', 'data-part': 'now' })));
    this.load();
  }

  async load() {
    await this.trying(async () => {
      const told = /** @type {TlsNow} */ (await get('/api/tls', { as: 'staff' }));
      fill(part(this, '[data-part="now"]'), ...standing(told));
    });
  }
}

/**
 * @param {TlsNow} told
 * @returns {(Node | null)[]}
 */
function standing(told) {
  switch (told.state) {
    case 'none':
      return [
        el('p', { class: 'banner warn' }, t('Pages are opened without TLS. Whoever is in the same network could read along, passwords too.')),
        el('p', {}, t('Browsers then also refuse the microphone (recording voices), keeping a screen awake, and notifications; only on the server itself they do not.')),
        el('p', { class: 'soft' }, t('On the server, with the names and addresses it is opened under:')),
        el('pre', { class: 'command' }, el('code', {}, 'ramah tls make antrean.local 192.168.1.0/24')),
      ];
    case 'proxy':
      return [el('p', {}, t('A proxy in front of this server speaks TLS.'))];
    case 'files':
      return [el('p', {}, t('Staff open {address}. The certificate ends on {date}; whoever made it renews it.', { address: told.address, date: day(told.until) }))];
    default:
      return [
        el('p', {}, t('Staff open {address}. Each device that staff work with installs this office\'s certificate once:', { address: told.address })),
        el('div', { class: 'safe-code' },
          told.picture ? el('img', { src: told.picture, alt: t('QR code of {address}', { address: told.page }), width: 176, height: 176 }) : null,
          el('div', { class: 'stack' },
            el('a', { href: told.page }, told.page),
            el('p', { class: 'soft' }, t('Its fingerprint (SHA-256), to compare:')),
            el('code', {}, ...told.fingerprint.split(':').flatMap((pair, at) => (at ? [':', el('wbr', {}), pair] : [pair]))))),
        el('p', { class: 'soft' }, t('The server\'s certificate is renewed by itself (now until {date}). The authority ends on {end}.', { date: day(told.until), end: day(told.authority_until) })),
      ];
  }
}

/** @param {string} at */
function day(at) {
  return dateFormat({ day: 'numeric', month: 'long', year: 'numeric' }).format(new Date(at));
}

/** The card of TLS, for the page of devices. */
export function safeView() {
  return new Safe();
}

customElements.define('ramah-safe', Safe);
