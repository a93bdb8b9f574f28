/**
 * Owns what a supervisor can do about the hall that this page follows, and what was said of it.
 * Fires `change` when any of it differs and `unpaired` when the session ended.
 *
 * @typedef {import('/web/staff/hall.js').StaffHall} StaffHall
 */

import { del, post, LinkError, ProblemError } from '/web/api.js';
import { listen } from '/web/dom.js';
import { t } from '/web/i18n.js';
import { ring } from '/web/staff/bell.js';
import { presses } from '/counter/presses.js';

export class Overview extends EventTarget {
  /** @param {StaffHall} hall */
  constructor(hall) {
    super();
    this.hall = hall;
    this.busy = false;
    this.said = '';
    this.ending = new AbortController();
  }

  start() {
    const { signal } = this.ending;
    listen(this.hall, 'change', () => this.changed(), signal);
    listen(this.hall, 'event', (event) => event.detail.kind === 'help_requested' && ring(), signal);
  }

  stop() {
    this.ending.abort();
  }

  /**
   * @param {string} path
   * @param {unknown} body
   * @param {string} done
   * @param {typeof post} [how]
   */
  async send(path, body, done, how = post) {
    if (this.busy) {
      return;
    }
    this.busy = true;
    this.changed();
    let went = false;
    try {
      await this.hall.command(path, body, how);
      this.said = done;
      went = true;
    } catch (error) {
      this.failed(error);
    } finally {
      this.busy = false;
      presses.settled(went);
      this.changed();
    }
  }

  /**
   * @param {string} notice empty to take it off
   * @param {number | null} minutes
   */
  tell(notice, minutes) {
    return notice
      ? this.send('/api/notice', { notice, minutes }, t('All displays show it now.'))
      : this.send('/api/notice', {}, t('The displays show no line any more.'), del);
  }

  /** @param {unknown} error */
  failed(error) {
    if (error instanceof ProblemError && error.status === 401) {
      this.dispatchEvent(new Event('unpaired'));
    } else if (error instanceof ProblemError || error instanceof LinkError) {
      this.said = error.detail;
      this.changed();
    } else {
      throw error;
    }
  }

  changed() {
    this.dispatchEvent(new Event('change'));
  }
}
