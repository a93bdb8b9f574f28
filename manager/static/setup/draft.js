/**
 * Owns what is typed into the set-up: kept on the server after each change, so that nothing is lost by
 * a power cut, and told back what is still wrong with it.
 *
 * @typedef {import('../../../web/types').SetUp} SetUpAnswer
 * @typedef {{path: string, words: string}} Problem
 * @typedef {{code: string, names: Record<string, string>, agency?: string, [more: string]: any}} Service
 * @typedef {{number: number, services: string[]}} Counter
 * @typedef {{days: number[], opens: string, closes: string, tickets_from?: string, last_ticket?: string}} Period
 * @typedef {object} Office settings, as an office's file has them
 * @property {string} [name]
 * @property {string} [zone]
 * @property {string[]} [languages]
 * @property {Service[]} services
 * @property {Counter[]} counters
 * @property {{code: string, names: Record<string, string>}[]} [agencies]
 * @property {{periods: Period[]}} [hours]
 * @property {Record<string, any>} [rules]
 */

import { post, LinkError, ProblemError } from '/web/api.js';

const PAUSE_MS = 400;
const AGAIN_MS = 2000;

/** Fires `problems` when the server has looked at what was typed, `lost` when it cannot be reached. */
export class Draft extends EventTarget {
  /** @param {SetUpAnswer} answer */
  constructor(answer) {
    super();
    const kept = answer.draft ? JSON.parse(answer.draft) : {};
    this.step = /** @type {number} */ (kept.step || 0);
    this.template = /** @type {string} */ (kept.template || '');
    this.office = /** @type {Office} */ (Object.assign({ services: [], counters: [] }, kept.office));
    this.printer = /** @type {{url: string, name: string} | null} */ (kept.printer || null);
    this.login = /** @type {string} */ (kept.login || '');
    this.name = /** @type {string} */ (kept.name || '');
    this.templates = answer.templates || [];
    this.zones = answer.zones || [];
    /** @type {Problem[]} */
    this.problems = [];
    this.lost = false;
    /** Why the server did not keep what was typed last, in words. */
    this.refused = '';
    this.timer = 0;
    /** @type {Promise<void>} */
    this.sending = Promise.resolve();
  }

  /** Something was typed. */
  changed() {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.keep().catch(() => undefined), PAUSE_MS);
  }

  /** @returns {Promise<void>} kept, and looked at; one after the other */
  keep() {
    window.clearTimeout(this.timer);
    const next = this.sending.then(() => this.send(), () => this.send());
    this.sending = next.catch(() => undefined);
    return next;
  }

  async send() {
    const { step, template, office, printer, login, name } = this;
    const draft = JSON.stringify({ step, template, office, printer, login, name });
    try {
      const told = await post('/api/setup/draft', { draft });
      this.problems = told.problems;
      this.lost = false;
      this.refused = '';
      this.dispatchEvent(new Event('problems'));
    } catch (error) {
      if (error instanceof LinkError) {
        this.lost = true;
        this.timer = window.setTimeout(() => this.keep().catch(() => undefined), AGAIN_MS);
        this.dispatchEvent(new Event('lost'));
      } else if (error instanceof ProblemError && (error.status === 403 || error.status === 409)) {
        this.dispatchEvent(new CustomEvent('ended', { detail: error.detail }));
      } else if (error instanceof ProblemError) {
        this.refused = error.detail;
        this.dispatchEvent(new Event('problems'));
      }
      throw error;
    }
  }

  /** @returns {boolean} something of the office is not as its template has it, which another one would take away */
  get own() {
    const found = this.templates.find((each) => each.name === this.template);
    return Boolean(found) && bare(this.office) !== bare(JSON.parse(/** @type {{settings: string}} */ (found).settings));
  }

  /** @param {string} name of the template to begin with anew */
  begin(name) {
    const found = this.templates.find((each) => each.name === name);
    if (!found) {
      return;
    }
    const { name: called, zone, languages } = this.office;
    this.template = name;
    this.office = Object.assign({ services: [], counters: [] }, JSON.parse(found.settings), { name: called, zone, languages });
    this.changed();
  }
}

/**
 * @param {Record<string, any>} office
 * @returns {string} what a template brings of it, whatever the order
 */
function bare(office) {
  const kept = Object.assign({ services: [], counters: [] }, office);
  return JSON.stringify(Object.keys(kept).sort().filter((each) => !['name', 'zone', 'languages'].includes(each)).map((each) => [each, kept[each]]));
}
