/**
 * Owns the draft of the settings: what is typed is kept piece after piece, and never over what was typed
 * in another window meanwhile. Both are there then, until the person chose.
 *
 * @typedef {import('../../../web/types').Settings} SettingsNow
 * @typedef {import('../../../web/types').DraftKept} Kept
 * @typedef {{settings: string, base: number}} Typed
 */

import { del, get, post, ProblemError } from '/web/api.js';
import { day, t, time } from '/web/i18n.js';
import { el } from '/web/dom.js';

/** What is typed, on its way to the server. */
export class Draft {
  /**
   * @param {object} page
   * @param {() => Typed} page.typed what stands in the form
   * @param {(typed: Typed) => void} page.take puts it into the form
   * @param {() => void} page.tell there is something to choose, or no more
   */
  constructor({ typed, take, tell }) {
    this.typed = typed;
    this.take = take;
    this.tell = tell;
    /** The mark of the draft that this window goes on from. */
    this.seen = '';
    /** What this window knows to be kept, and what it sent without hearing of it. */
    this.sent = new Set();
    /** @type {Promise<unknown>} */
    this.sending = Promise.resolve();
    /** @type {(Typed & {mark: string, at: string}) | null} what another window typed */
    this.other = null;
    /** @type {Typed | null} what was typed in this window, while the other draft is shown */
    this.own = null;
  }

  /** @param {SettingsNow} now */
  begin(now) {
    this.seen = now.draft_mark;
    this.sent = new Set([now.draft]);
    this.other = null;
    this.own = null;
  }

  /** @returns {boolean} there are two, and none was chosen */
  get open() {
    return Boolean(this.other);
  }

  /**
   * @param {Typed} typed
   * @returns {Promise<void>} kept; one after the other, so that each goes on from the one before
   */
  keep(typed) {
    const next = this.sending.then(() => this.send(typed));
    this.sending = next.catch(() => undefined);
    return next;
  }

  /** @param {Typed} typed */
  async send(typed) {
    if (this.other) {
      return;
    }
    try {
      await this.put(typed);
    } catch (error) {
      if (!(error instanceof ProblemError && error.slug === 'draft-changed')) {
        throw error;
      }
      await this.meet(typed);
    }
  }

  /** @param {Typed} typed */
  async put({ settings, base }) {
    try {
      const kept = /** @type {Kept} */ (await post('/api/settings/draft', { settings, base, seen: this.seen }, { as: 'staff' }));
      this.seen = kept.mark;
      this.sent = new Set([settings]);
    } catch (error) {
      if (!(error instanceof ProblemError)) {
        this.sent.add(settings); // it may have come, and only the answer was lost
      }
      throw error;
    }
  }

  /** @param {Typed} [typed] what was to be kept */
  async meet(typed) {
    const now = /** @type {SettingsNow} */ (await get('/api/settings', { as: 'staff' }));
    if (typed && (!now.draft || this.sent.has(now.draft))) {
      this.seen = now.draft_mark;
      await this.put(typed);
    } else if (now.draft) {
      this.other = { settings: now.draft, base: now.draft_base, mark: now.draft_mark, at: now.draft_at || '' };
      this.tell();
    }
  }

  /** Forget it; what another window typed is not. */
  async forget() {
    await this.sending;
    try {
      await del(`/api/settings/draft?seen=${this.seen}`, undefined, { as: 'staff' });
    } catch (error) {
      if (error instanceof ProblemError && error.slug === 'draft-changed') {
        await this.meet();
      }
      throw error;
    }
  }

  /** Show the other of the two in the form. */
  swap() {
    const { own, other } = this;
    if (!other) {
      return;
    }
    const shown = this.typed();
    if (own) {
      this.other = Object.assign({}, other, shown); // it may have been changed while it was looked at
      this.own = null;
      this.take(own);
    } else {
      this.own = shown;
      this.take(other);
    }
  }

  /** What stands in the form counts; the other one is let go. */
  async choose() {
    const { other } = this;
    if (other) {
      this.seen = other.mark;
      this.other = null;
      this.own = null;
      this.tell();
      await this.keep(this.typed());
    }
  }

  /**
   * @param {(work: () => Promise<void>) => void} trying
   * @returns {HTMLElement[]} what is to be chosen, in words; none when there is nothing
   */
  choice(trying) {
    const { own, other } = this;
    if (!other) {
      return [];
    }
    return [
      el('h2', {}, t('Two drafts')),
      el('p', {}, own
        ? t('This is the draft of the other window. What you typed in this window is still here.')
        : t('With your log-in something else was typed meanwhile, in another window or on another device ({day}, {time}). Nothing was overwritten.', { day: day(other.at), time: time(other.at) })),
      el('p', { class: 'soft' }, t('Until you choose one, nothing is kept or saved. The other one goes then.')),
      el('div', { class: 'row' },
        el('button', { type: 'button', class: 'button', onclick: () => trying(() => this.choose()) }, t('This one shall count')),
        el('button', { type: 'button', class: 'button quiet', onclick: () => this.swap() }, own ? t('Back to what I typed here') : t('Show the other one'))),
    ];
  }
}
