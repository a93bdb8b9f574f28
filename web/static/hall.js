/**
 * Owns a page's live picture of the hall: the socket, the state it feeds, and whether we are
 * in touch. Fires `change` (at most once a frame), `event` (each event, in order), `snapshot`
 * (before its `change`), `online`, `stale` and `unpaired`.
 *
 * @typedef {import('../types').Queue} Queue
 * @typedef {import('../types').HallEvent} HallEvent
 * @typedef {import('/web/api.js').Role} Role
 */

import { get, ProblemError } from '/web/api.js';
import { apply, atTime, withFreshServices } from '/web/hall-state.js';
import { answeredAt, isPreview } from '/web/opening.js';

const SILENCE_MS = 4500;
/**
 * A try that nobody answers is given up after two seconds: the system repeats it after one, so a
 * link that comes back is found at most one second later, or by the next try.
 */
const OPEN_MS = 2000;
const FIRST_WAIT_MS = 300;
/** With its spread of 30 % and the second above, no screen comes back later than in three. */
const LONGEST_WAIT_MS = 1400;
const LATE_MS = 500;

export class Hall extends EventTarget {
  /**
   * @param {Role} role which login of this browser listens
   * @param {{version?: string}} [options] the version the page was made by
   */
  constructor(role, options = {}) {
    super();
    this.role = role;
    this.version = options.version || document.documentElement.dataset.version || '';
    /** @type {Queue | null} */
    this.state = null;
    this.online = false;
    /** The page is older than the server or its settings; the page decides when to reload. */
    this.stale = false;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.wait = FIRST_WAIT_MS;
    this.heard = false;
    this.ahead = 0;
    this.frame = 0;
    this.late = 0;
    this.retry = 0;
    this.knocks = 0;
    this.silence = 0;
    this.clock = { server: Date.now(), here: performance.now() };
    this.back = () => this.comeBack();
  }

  /**
   * Connect, and stay connected until `stop`.
   *
   * @param {Queue | null} [known] the hall as it came with the page; only what happened since is asked for
   */
  start(known = null) {
    this.stop();
    if (known) {
      this.take(known);
      this.clock.here = answeredAt();
    }
    if (isPreview()) {
      window.clearTimeout(this.silence);
      return;
    }
    window.addEventListener('online', this.back);
    this.connect(this.state ? this.state.seq : null);
  }

  /** Leave the hall. */
  stop() {
    window.removeEventListener('online', this.back);
    window.clearTimeout(this.retry);
    window.clearTimeout(this.silence);
    this.knocks += 1;
    this.drop();
  }

  /** @returns {number} the server's time in ms; screens with a wrong clock show it right */
  now() {
    return this.clock.server + (performance.now() - this.clock.here);
  }

  /**
   * @private
   * @param {string | undefined} at the server's time a moment ago
   */
  setClock(at) {
    const server = at ? Date.parse(at) : NaN;
    if (server) {
      this.clock = { server, here: performance.now() };
    }
  }

  /**
   * Tell the server what counts only now: lost, it is lost.
   *
   * @param {{type: string}} message
   */
  mention(message) {
    if (this.socket && this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify(message));
    }
  }

  /** @private */
  probePath() {
    return this.role === 'kiosk' ? '/api/services' : '/api/queue';
  }

  /**
   * @private
   * @param {number | null} since
   */
  connect(since) {
    const scheme = location.protocol === 'https:' ? 'wss://' : 'ws://';
    const history = this.state && this.state.history;
    const query = `?as=${this.role}` + (since === null ? '' : `&since=${since}${history ? `&history=${history}` : ''}`);
    const socket = new WebSocket(`${scheme}${location.host}/api/events${query}`);
    this.socket = socket;
    this.knocks += 1;
    this.heard = false;
    this.listen(OPEN_MS);
    socket.onopen = () => {
      if (socket === this.socket) {
        this.listen();
      }
    };
    socket.onmessage = (message) => {
      if (socket === this.socket) {
        this.take(JSON.parse(message.data));
      }
    };
    socket.onclose = () => {
      if (socket === this.socket) {
        this.lost();
      }
    };
  }

  /** @private Forget the socket without waiting for its farewell. */
  drop() {
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onopen = null;
      socket.onmessage = null;
      socket.onclose = null;
      socket.close();
    }
  }

  /**
   * @private Expect a word within this time.
   * @param {number} [ms]
   */
  listen(ms = SILENCE_MS) {
    window.clearTimeout(this.silence);
    this.silence = window.setTimeout(() => this.lost(), ms);
  }

  /** @private The browser says that the cable or the Wi-Fi is back: try at once. */
  comeBack() {
    if (!this.online) {
      window.clearTimeout(this.retry);
      this.drop();
      this.wait = FIRST_WAIT_MS;
      this.connect(this.state ? this.state.seq : null);
    }
  }

  /** @private The link is gone: say so, and come back soon with the last seq we saw. */
  lost() {
    const never = !this.heard;
    this.drop();
    window.clearTimeout(this.silence);
    this.setOnline(false);
    this.again(this.state ? this.state.seq : null, never);
  }

  /**
   * @private
   * @param {number | null} since null asks for a fresh snapshot
   * @param {boolean} [knock] whether a plain request goes ahead of the socket
   */
  again(since, knock = false) {
    window.clearTimeout(this.retry);
    this.retry = window.setTimeout(
      () => (knock ? this.knock(since) : this.connect(since)),
      this.wait * (0.7 + Math.random() * 0.6),
    );
    this.wait = Math.min(LONGEST_WAIT_MS, this.wait * 1.7);
  }

  /**
   * @private Ask whether the server is there before another socket is tried. A refused handshake does
   * not tell its reason, a plain request does; and a browser holds a page's sockets back for seconds
   * once many of them came to nothing, which would outlast every try.
   *
   * @param {number | null} since
   */
  async knock(since) {
    this.knocks += 1;
    const mine = this.knocks;
    const there = await this.answers();
    if (mine === this.knocks) {
      if (there) {
        this.connect(since);
      } else {
        this.again(since, true);
      }
    }
  }

  /** @private @returns {Promise<boolean>} whether the server answers, and may be listened to */
  async answers() {
    try {
      await get(this.probePath(), { as: this.role, timeout: OPEN_MS });
      return true;
    } catch (error) {
      this.refused(error);
      return error instanceof ProblemError && error.status < 500;
    }
  }

  /**
   * @private
   * @param {unknown} error
   */
  refused(error) {
    if (error instanceof ProblemError && error.status === 401) {
      this.stop();
      this.setOnline(false);
      this.dispatchEvent(new Event('unpaired'));
    }
  }

  /**
   * @private
   * @param {any} message
   */
  take(message) {
    this.listen();
    this.heard = true;
    this.wait = FIRST_WAIT_MS;
    if (message.type === 'snapshot') {
      this.ahead = 0;
      this.state = message;
      this.setClock(message.at);
      this.setOnline(true);
      this.setStale(Boolean(this.version) && message.version !== this.version);
      this.dispatchEvent(new CustomEvent('snapshot', { detail: message }));
      this.changed();
    } else if (message.type === 'event') {
      this.takeEvent(message);
    } else if (message.type === 'services') {
      this.takeServices(message);
    } else if (message.type === 'heartbeat') {
      this.takeHeartbeat(message.seq, message.told);
    } else if (message.type === 'reload') {
      this.setStale(true);
    } else {
      this.hear(message);
    }
  }

  /** @private @param {HallEvent} event */
  takeEvent(event) {
    if (this.state && event.seq <= this.state.seq) {
      return;
    }
    if (event.kind === 'configured') {
      this.setStale(true);
    }
    const next = this.state ? this.next(this.state, event) : null;
    if (!next) {
      this.afresh();
      return;
    }
    this.ahead = 0;
    this.state = next;
    this.setOnline(true);
    this.dispatchEvent(new CustomEvent('event', { detail: event }));
    this.changed();
  }

  /**
   * @protected
   * @param {Queue} state
   * @param {HallEvent} event
   * @returns {Queue | null} null when only a fresh snapshot can tell
   */
  next(state, event) {
    return apply(state, event);
  }

  /**
   * @protected What only staff are told beside the events.
   * @param {any} _message
   */
  hear(_message) {}

  /**
   * @private
   * @param {number} seq the last event the server has
   * @param {number} [told] the last one that this page is told of, when it is another
   */
  takeHeartbeat(seq, told = seq) {
    if (!this.state) {
      return;
    }
    this.setOnline(true);
    // events in flight may be a moment behind; missing at two heartbeats in a row is a gap
    this.ahead = told > this.state.seq ? this.ahead + 1 : 0;
    if (this.ahead >= 2 || seq < this.state.seq) {
      this.afresh();
    }
  }

  /** @private What we know may be wrong: fetch all of it again. */
  afresh() {
    this.ahead = 0;
    this.drop();
    this.listen();
    this.again(null);
  }

  /** Ask at once for what the server tells every few seconds: a kiosk was just refused. */
  async refresh() {
    try {
      this.takeServices(await get(this.probePath(), { as: this.role }));
    } catch (error) {
      this.refused(error);
    }
  }

  /**
   * @private What events do not carry: estimates and opening by the clock.
   * @param {{at?: string, services: import('../types').Service[], waits_right?: number | null}} told
   */
  takeServices({ at, services, waits_right }) {
    if (this.state) {
      this.setClock(at);
      this.state = atTime(withFreshServices(this.state, services, waits_right), this.now());
      this.changed();
    }
  }

  /** @private @param {boolean} online */
  setOnline(online) {
    if (this.online !== online) {
      this.online = online;
      this.dispatchEvent(new Event('online'));
      this.changed();
    }
  }

  /** @private @param {boolean} stale */
  setStale(stale) {
    if (stale && !this.stale) {
      this.stale = true;
      this.dispatchEvent(new Event('stale'));
    }
  }

  /** @protected Tell it with the next frame; a page in the background gets none, but has a title. */
  changed() {
    if (!this.frame) {
      const tell = () => {
        cancelAnimationFrame(this.frame);
        window.clearTimeout(this.late);
        this.frame = 0;
        this.dispatchEvent(new Event('change'));
      };
      this.frame = requestAnimationFrame(tell);
      this.late = window.setTimeout(tell, LATE_MS);
    }
  }
}
