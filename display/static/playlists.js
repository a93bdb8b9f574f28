/**
 * Owns the part of the set-up page about what plays beside the calls: the files and texts of the
 * house, and the playlists made of them, one for each kind of room.
 *
 * @typedef {import('../../web/types').Display} DisplayNow
 * @typedef {import('../../web/types').Medium} Medium
 * @typedef {import('../../web/types').PlayItem} PlayItem
 * @typedef {{name: string, items: PlayItem[]}} Playlist
 */

import { del, get, post } from '/web/api.js';
import { el, fill } from '/web/dom.js';
import { number, t } from '/web/i18n.js';
import { upload } from '/display/staff-room.js';

/** What a screen plays when nobody chose anything else. */
export const LOBBY = 'lobby';
const SHORT = 40;

export class PlaylistRoom {
  /**
   * @param {import('/display/staff-room.js').Told} told
   * @param {() => Promise<void>} changed the lists are not as they were
   */
  constructor(told, changed) {
    this.told = told;
    this.changed = changed;
    this.root = el('section', { class: 'card stack' });
    this.name = LOBBY;
    /** @type {Medium[]} */
    this.media = [];
    /** @type {Playlist[]} */
    this.lists = [];
    /** @type {DisplayNow[]} */
    this.screens = [];
  }

  /** Ask for everything again and draw it. */
  async show() {
    const [media, lists, screens] = await Promise.all([get('/api/media'), get('/api/playlists'), get('/api/displays')]);
    this.media = media.media;
    this.lists = lists.playlists;
    this.screens = screens.displays;
    this.draw();
  }

  /** @private @returns {PlayItem[]} what is in the chosen list */
  get items() {
    const chosen = this.lists.find((one) => one.name === this.name);
    return chosen ? chosen.items : [];
  }

  /** @private */
  draw() {
    const { items } = this;
    fill(this.root,
      el('h2', {}, t('Beside the calls')),
      el('p', { class: 'soft' }, t('Pictures, films and short texts, one after the other. They go quiet while a number is called.')),
      this.chooser(),
      el('p', { class: 'soft', 'data-part': 'where' }, this.where()),
      items.length ? el('ol', { class: 'voices' }, ...items.map((_, index) => this.row(index))) : el('p', { class: 'soft' }, t('Nothing plays; the calls have the whole screen.')),
      ...this.adders(),
      ...this.shelf());
  }

  /** @private The lists by name, and one more. */
  chooser() {
    const names = Array.from(new Set([LOBBY].concat(this.lists.map((one) => one.name), this.screens.map((one) => one.shows.playlist).filter(Boolean), this.name)));
    const name = el('input', { maxLength: SHORT, required: true, autocomplete: 'off' });
    return el('div', { class: 'stack' },
      el('div', { class: 'boxes', role: 'group', 'aria-label': t('Playlists') }, ...names.map((each) =>
        el('button', { type: 'button', class: 'button quiet', 'aria-pressed': String(each === this.name), onclick: () => this.choose(each) }, each))),
      el('form', { class: 'row', onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        this.choose(name.value.trim() || LOBBY);
      } },
        el('label', { class: 'field' }, el('span', {}, t('Name of a new playlist')), name),
        el('button', { type: 'submit', class: 'button quiet' }, t('New playlist'))));
  }

  /** @private @param {string} name */
  choose(name) {
    this.name = name;
    this.draw();
  }

  /** @private @returns {string} which screens play the chosen list */
  where() {
    const names = this.screens.filter((one) => one.shows.playlist === this.name).map((one) => one.name);
    return names.length
      ? t('{name} plays on: {screens}', { name: this.name, screens: names.join(', ') })
      : t('No screen plays {name} yet. Choose it at a screen, under “Change”.', { name: this.name });
  }

  /**
   * @private
   * @param {number} index
   */
  row(index) {
    const { items } = this;
    const one = items[index];
    const medium = this.media.find((each) => each.id === one.media);
    const seconds = el('input', { type: 'number', min: '3', max: '600', value: String(one.seconds), 'aria-label': t('Seconds') });
    const starts = el('input', { type: 'time', value: one.starts || '', 'aria-label': t('From') });
    const ends = el('input', { type: 'time', value: one.ends || '', 'aria-label': t('Until') });
    for (const field of [seconds, starts, ends]) {
      field.onchange = () => {
        const next = items.slice();
        next[index] = Object.assign({}, one, { seconds: Number(seconds.value), starts: starts.value || null, ends: ends.value || null });
        return this.keep(next, t('Saved. The screen follows within ten seconds.'));
      };
    }
    return el('li', { class: 'voice' },
      el('div', { class: 'voice-words' }, el('b', {}, medium ? medium.name : one.media), el('span', { class: 'soft' }, medium ? facts(medium) : '')),
      medium && medium.kind === 'video' ? null : el('label', { class: 'small-field' }, seconds, t('seconds')),
      el('label', { class: 'small-field' }, t('From'), starts),
      el('label', { class: 'small-field' }, t('Until'), ends),
      el('button', { type: 'button', class: 'button quiet', disabled: index === 0, onclick: () => {
        const next = items.slice();
        next.splice(index - 1, 0, ...next.splice(index, 1));
        return this.keep(next);
      } }, t('Earlier')),
      el('button', { type: 'button', class: 'button quiet', onclick: () => this.keep(items.filter((_, at) => at !== index)) }, t('Take out')));
  }

  /** @private What can be added: files and texts. */
  adders() {
    const file = el('input', { type: 'file', accept: 'image/jpeg,image/png,image/webp,video/mp4,video/webm', multiple: true });
    const progress = el('progress', { max: 1, value: 0, hidden: true, 'aria-label': t('Upload') });
    file.onchange = async () => {
      for (const each of Array.from(file.files || [])) {
        progress.hidden = false;
        await this.told.about(async () => {
          const made = await upload(`/api/media?name=${encodeURIComponent(each.name.slice(0, 80))}`, each, (share) => {
            progress.value = share;
          });
          await this.save(this.items.concat(item(made.id)));
        }, t('{name} plays now.', { name: each.name }));
        await this.refresh();
      }
    };
    const title = el('input', { required: true, maxLength: SHORT });
    const text = el('input', { required: true, maxLength: 200 });
    return [
      el('label', { class: 'field' }, el('span', {}, t('Add pictures or films (JPEG, PNG, WebP, MP4, WebM)')), file),
      progress,
      el('form', { class: 'row', onsubmit: async (/** @type {Event} */ event) => {
        event.preventDefault();
        await this.told.about(async () => {
          const made = await post('/api/media/slides', { name: title.value.trim(), text: text.value.trim() });
          await this.save(this.items.concat(item(made.id)));
        });
        await this.refresh();
      } },
        el('label', { class: 'field' }, el('span', {}, t('Heading of a text')), title),
        el('label', { class: 'field' }, el('span', {}, t('Text')), text),
        el('button', { type: 'submit', class: 'button' }, t('Add the text'))),
    ];
  }

  /** @private What is in the house but not in the chosen list. */
  shelf() {
    return this.media.filter((one) => !this.items.some((each) => each.media === one.id)).map((one) => {
      const elsewhere = this.lists.filter((list) => list.items.some((each) => each.media === one.id)).map((list) => list.name);
      return el('div', { class: 'voice' },
        el('div', { class: 'voice-words' }, el('b', {}, one.name), el('span', { class: 'soft' }, elsewhere.length
          ? t('plays in: {lists}', { lists: elsewhere.join(', ') })
          : t('is here but does not play'))),
        el('button', { type: 'button', class: 'button quiet', onclick: () => this.keep(this.items.concat(item(one.id))) }, t('Add to this list')),
        el('button', { type: 'button', class: 'button quiet', onclick: async () => {
          if (window.confirm(t('Delete {name} for good?', { name: one.name }))) {
            await this.told.about(() => del(`/api/media/${one.id}`));
            await this.refresh();
          }
        } }, t('Delete')));
    });
  }

  /** @private @param {PlayItem[]} items */
  save(items) {
    return post('/api/playlists', { name: this.name, items });
  }

  /**
   * @private
   * @param {PlayItem[]} items
   * @param {string} [done]
   */
  async keep(items, done = '') {
    await this.told.about(() => this.save(items), done);
    await this.refresh();
  }

  /** @private */
  async refresh() {
    await this.told.about(async () => {
      await this.show();
      await this.changed();
    }, null);
  }
}

/** @param {string} media @returns {PlayItem} */
function item(media) {
  return { media, seconds: 12, starts: null, ends: null, days: [] };
}

/** @param {Medium} medium */
function facts(medium) {
  if (medium.kind === 'text') {
    return medium.text;
  }
  const size = medium.width ? `${medium.width} × ${medium.height} · ` : '';
  return `${size}${number(Math.ceil(medium.bytes / 1000))} kB`;
}
