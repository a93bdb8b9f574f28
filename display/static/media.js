/**
 * Owns `<display-media>`: pictures, videos and texts beside the calls, one after the other, at their
 * times of day. What does not play is passed over; when nothing plays, the calls take the room.
 *
 * @typedef {import('../../web/types').PlayNow} PlayNow
 */

import { el, say } from '/web/dom.js';
import { onResize, size } from '/display/fit.js';
import { clockOf } from '/display/voice.js';

/** A file that has not shown itself after this long is passed over. */
const PATIENCE_MS = 10000;
/** When nothing could be played, look again after this long. */
const AGAIN_MS = 20000;
/** Share of a slide that letters may take, and the room of one letter in squares of its size. */
const FILLED = 0.5;
const LETTER = 0.75;
const FADE_STEPS = 8;
const FADE_MS = 40;

export class MediaPane extends HTMLElement {
  constructor() {
    super();
    this.image = el('img', { alt: '', hidden: true, decoding: 'async' });
    this.video = el('video', { hidden: true, playsInline: true, disablePictureInPicture: true });
    this.heading = el('h2');
    this.words = el('p');
    this.slide = el('div', { class: 'slide', hidden: true }, this.heading, this.words);
    /** @type {PlayNow[]} */
    this.items = [];
    this.index = -1;
    this.failed = 0;
    this.timer = 0;
    this.fade = 0;
    this.volume = 0.3;
    this.ducked = false;
    this.duckTo = 0.15;
    /** @type {() => {now: number, zone: string}} */
    this.clock = () => ({ now: Date.now(), zone: 'UTC' });
  }

  connectedCallback() {
    this.hidden = true;
    this.append(this.image, this.video, this.slide);
    this.image.onload = () => this.showing(this.image);
    this.image.onerror = () => this.skip();
    this.video.onplaying = () => this.showing(this.video);
    this.video.onerror = () => this.skip();
    this.video.onended = () => this.next();
    onResize(this, () => this.fitSlide());
  }

  /**
   * Play these from now on; the same list again changes nothing.
   *
   * @param {PlayNow[]} items
   * @param {number} volume 0 to 1
   */
  take(items, volume) {
    this.volume = volume;
    this.setVolume(this.wanted());
    if (JSON.stringify(items) === JSON.stringify(this.items)) {
      return;
    }
    this.items = items;
    this.index = -1;
    this.next();
  }

  /**
   * Turn videos down during a call, and up again.
   *
   * @param {boolean} down
   * @param {number} share 0 to 1, of the video's own loudness
   */
  duck(down, share) {
    this.ducked = down;
    this.duckTo = share;
    window.clearInterval(this.fade);
    const from = this.video.volume;
    let step = 0;
    this.fade = window.setInterval(() => {
      step += 1;
      this.setVolume(from + ((this.wanted() - from) * step) / FADE_STEPS);
      if (step >= FADE_STEPS) {
        window.clearInterval(this.fade);
      }
    }, FADE_MS);
  }

  /** @private */
  wanted() {
    return this.volume * (this.ducked ? this.duckTo : 1);
  }

  /**
   * @private
   * @param {number} value
   */
  setVolume(value) {
    this.video.volume = Math.min(1, Math.max(0, value));
  }

  /** @private Go on to the next item whose time it is. */
  next() {
    window.clearTimeout(this.timer);
    this.stop();
    const due = this.items.map((item, index) => ({ item, index })).filter(({ item }) => this.isDue(item));
    if (due.length === 0 || this.failed >= due.length) {
      this.failed = 0;
      this.hide();
      if (this.items.length) {
        this.timer = window.setTimeout(() => this.next(), AGAIN_MS);
      }
      return;
    }
    const { item, index } = due.find((each) => each.index > this.index) || due[0];
    this.index = index;
    this.begin(item);
  }

  /**
   * @private
   * @param {PlayNow} item
   */
  begin(item) {
    if (item.kind === 'text') {
      say(this.heading, item.name);
      say(this.words, item.text);
      this.showing(this.slide);
      this.fitSlide();
      return;
    }
    this.timer = window.setTimeout(() => this.skip(), PATIENCE_MS);
    if (item.kind === 'image') {
      this.image.src = item.url;
      return;
    }
    this.video.src = item.url;
    this.video.muted = false;
    this.setVolume(this.wanted());
    this.video.play().catch(() => {
      // no sound allowed yet: better a silent film than none
      this.video.muted = true;
      this.video.play().catch(() => undefined);
    });
  }

  /**
   * @private
   * @param {HTMLElement} part
   */
  showing(part) {
    const item = this.items[this.index];
    if (!item) {
      return;
    }
    window.clearTimeout(this.timer);
    this.failed = 0;
    for (const each of [this.image, this.video, this.slide]) {
      each.hidden = each !== part;
    }
    this.hidden = false;
    this.dispatchEvent(new Event('shown'));
    // a video ends by itself; one that hangs is passed over after its length and a bit
    const length = Number.isFinite(this.video.duration) ? this.video.duration : 3600;
    const stay = part === this.video ? (length + 20) * 1000 : item.seconds * 1000;
    this.timer = window.setTimeout(() => this.next(), stay);
  }

  /** @private Write a text so large that it fills its room, whatever the screen. */
  fitSlide() {
    const { clientWidth: width, clientHeight: height } = this;
    if (this.slide.hidden || !width || !height) {
      return;
    }
    const letters = (this.heading.textContent || '').length * 1.5 + (this.words.textContent || '').length + 12;
    let px = Math.min(height * 0.2, Math.sqrt((width * height * FILLED) / (letters * LETTER)));
    size(this.slide, px);
    for (let tries = 0; tries < 16 && overflows(this.slide); tries += 1) {
      px *= 0.93;
      size(this.slide, px);
    }
  }

  /** @private */
  skip() {
    if (this.items[this.index]) {
      this.failed += 1;
      this.next();
    }
  }

  /** @private Let go of the last file, so that memory does not grow over months. */
  stop() {
    if (this.video.getAttribute('src')) {
      this.video.pause();
      this.video.removeAttribute('src');
      this.video.load();
    }
  }

  /** @private */
  hide() {
    if (!this.hidden) {
      this.hidden = true;
      this.dispatchEvent(new Event('shown'));
    }
  }

  /**
   * @private
   * @param {PlayNow} item
   */
  isDue(item) {
    const { now, zone } = this.clock();
    const { day, clock } = clockOf(now, zone);
    return (
      (item.days.length === 0 || item.days.includes(day)) &&
      (!item.starts || item.starts <= clock) &&
      (!item.ends || clock < item.ends)
    );
  }
}

/** @param {HTMLElement} element */
function overflows(element) {
  return element.scrollHeight > element.clientHeight || element.scrollWidth > element.clientWidth;
}

customElements.define('display-media', MediaPane);
