/**
 * Owns the preview of the settings: kiosk, ticket and lobby screen as what is typed would make them. The
 * pages are the real ones and the ticket is the printer's own picture; they only show themselves.
 */

import { language, t } from '/web/i18n.js';
import { el, fill } from '/web/dom.js';
import { dataUrl } from '/web/reading.js';
import { send } from '/web/send.js';
import { View, part } from '/web/staff/view.js';

/** What the screens are drawn for, in pixels; here they are shown as small as fits. */
const KIOSK = { width: 1280, height: 800 };
const LOBBY = { width: 1920, height: 1080 };

/** `<ramah-settings-preview>` */
export class Preview extends View {
  /** @param {() => string} settings what is typed, as JSON text */
  constructor(settings) {
    super();
    this.settings = settings;
  }

  /** @override */
  build() {
    this.append(el('details', { class: 'card', ontoggle: () => this.look() },
      el('summary', {}, el('b', {}, t('How it will look'))),
      el('p', { class: 'soft' }, t('With what is typed here, before it is saved. Nothing can be touched in these pictures.')),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('div', { class: 'previews', 'data-part': 'previews' })));
    if (window.ResizeObserver) {
      const watch = new ResizeObserver(() => this.fit());
      watch.observe(this);
      this.ending.signal.addEventListener('abort', () => watch.disconnect());
    }
  }

  /** Draw what is open on the page anew. */
  async look() {
    const opened = this.querySelector('details');
    if (!opened || !opened.open) {
      return;
    }
    const place = part(this, '[data-part="previews"]');
    if (!place.children.length) {
      fill(place,
        screen('kiosk', t('Kiosk'), KIOSK),
        el('figure', {}, el('figcaption', {}, t('Ticket')), el('img', { class: 'slip-shown', alt: t('A ticket with these settings'), 'data-part': 'slip' })),
        screen('display', t('Lobby screen'), LOBBY));
    }
    for (const frame of Array.from(this.querySelectorAll('iframe'))) {
      const path = `/${frame.dataset.screen}/preview?lang=${encodeURIComponent(language())}`;
      // another picture of the same place: it neither waits for the one before nor stands in the history
      if (frame.contentWindow) {
        frame.contentWindow.location.replace(path);
      }
    }
    this.fit();
    await this.trying(() => this.slip());
  }

  async slip() {
    const path = `/api/printers/preview.png?language=${encodeURIComponent(language())}`;
    const response = await send(path, JSON.stringify({ settings: this.settings() }));
    const image = /** @type {HTMLImageElement} */ (part(this, '[data-part="slip"]'));
    image.src = await dataUrl(await response.blob());
  }

  /** Make each screen as wide as its place. */
  fit() {
    for (const frame of Array.from(this.querySelectorAll('iframe'))) {
      const { parentElement: place } = frame;
      if (place) {
        const scale = place.clientWidth / Number(frame.width);
        frame.style.transform = `scale(${scale})`;
        place.style.height = `${Math.round(Number(frame.height) * scale)}px`;
      }
    }
  }
}

/**
 * @param {'kiosk' | 'display'} name
 * @param {string} title
 * @param {{width: number, height: number}} size
 */
function screen(name, title, { width, height }) {
  const frame = el('iframe', { title, width: String(width), height: String(height), tabIndex: -1, 'data-screen': name });
  return el('figure', {}, el('figcaption', {}, title), el('div', { class: 'screen-shown' }, frame));
}

customElements.define('ramah-settings-preview', Preview);
