/**
 * Owns which version of the program the halls' own servers may take: a few first, then the others. Each office
 * takes it by itself where its technician has set that up.
 *
 * @typedef {import('../../web/types').HallVersions} HallVersions
 * @typedef {import('../../web/types').HallVersion} HallVersion
 */

import { get, post } from '/web/api.js';
import { el, say } from '/web/dom.js';
import { day, t, time, tn } from '/web/i18n.js';
import { View, keepList, part } from '/web/staff/view.js';

const EVERY_MS = 30000;
const VERSION = /^\d{1,4}(\.\d{1,4}){1,3}$/;

/** `<ramah-city-versions>` */
export class CityVersions extends View {
  /** @type {HallVersions | null} */
  known = null;
  /** @type {Set<string>} codes of halls that are ticked */
  chosen = new Set();
  version = el('input', { class: 'input', type: 'text', inputMode: 'decimal', maxLength: 19, autocomplete: 'off', oninput: () => this.render() });

  /** @override */
  build() {
    this.append(el('section', { class: 'card stack', 'aria-labelledby': 'versions-title' },
      el('h2', { id: 'versions-title' }, t('New versions')),
      el('p', { class: 'soft' }, t('Let a few halls take a new version first, then the others. A hall’s server takes it outside opening hours, where its technician has set that up.')),
      el('div', { class: 'notices', 'data-part': 'problem', role: 'status' }),
      el('label', { class: 'field version-field' }, el('span', {}, t('Version')), this.version),
      el('p', { class: 'banner warn', 'data-part': 'ahead', hidden: true }),
      el('p', { class: 'banner warn', 'data-part': 'failed', hidden: true, role: 'status' }),
      el('fieldset', { class: 'version-halls' }, el('legend', {}, t('Halls with a server of their own')),
        el('div', { class: 'device-acts' },
          el('button', { type: 'button', class: 'button quiet small', onclick: () => this.choose(true) }, t('All halls')),
          el('button', { type: 'button', class: 'button quiet small', onclick: () => this.choose(false) }, t('None of them'))),
        el('ul', { class: 'care-list', 'data-part': 'halls' })),
      el('div', { class: 'device-acts' },
        el('button', { type: 'button', class: 'button', 'data-part': 'give', onclick: () => this.give(this.typed()) }),
        el('button', { type: 'button', class: 'button quiet', 'data-part': 'none', onclick: () => this.give('') }, t('These shall take none'))),
      el('p', { class: 'soft', 'data-part': 'told', role: 'status' })));
    this.load();
    this.every(EVERY_MS, () => document.visibilityState === 'visible' && this.load());
  }

  typed() {
    return this.version.value.trim();
  }

  async load() {
    await this.trying(async () => this.take(await get('/api/city/versions', { as: 'staff' })), true);
  }

  /** @param {HallVersions} known */
  take(known) {
    if (!this.known) {
      this.version.value = known.version;
    }
    this.known = known;
    this.hidden = !known.halls.length;
    this.render();
  }

  /** @override */
  render() {
    if (!this.known) {
      return;
    }
    const { halls, version } = this.known;
    keepList(part(this, '[data-part="halls"]'), halls, (hall) => hall.code, (hall) => this.line(hall), (item, hall) => say(part(item, 'small'), stands(hall)));
    const typed = this.typed();
    part(this, '[data-part="give"]').textContent = t('These may take {version}', { version: VERSION.test(typed) ? typed : '…' });
    const bad = halls.filter((hall) => hall.failed && hall.may === typed);
    const failed = part(this, '[data-part="failed"]');
    failed.hidden = !bad.length;
    say(failed, failed.hidden ? '' : t('{version} did not work in: {halls}. Look there before others take it.', { version: typed, halls: bad.map((hall) => hall.title).join(', ') }));
    const ahead = part(this, '[data-part="ahead"]');
    ahead.hidden = !isNewer(typed, version);
    say(ahead, ahead.hidden ? '' : t('The city’s own server has {version}. Renew it first: what a newer hall sends may have to wait until then.', { version }));
  }

  /** @param {HallVersion} hall */
  line({ code, title }) {
    const box = el('input', { type: 'checkbox', checked: this.chosen.has(code) });
    box.addEventListener('change', () => (box.checked ? this.chosen.add(code) : this.chosen.delete(code)));
    return el('li', { class: 'care-item' }, el('label', { class: 'check' }, box, el('span', { class: 'care-words' }, el('b', {}, title), el('small', { class: 'soft' }))));
  }

  /** @param {boolean} all or none */
  choose(all) {
    this.chosen = new Set(all && this.known ? this.known.halls.map((hall) => hall.code) : []);
    this.querySelectorAll('input[type="checkbox"]').forEach((each) => { /** @type {HTMLInputElement} */ (each).checked = all; });
  }

  /** @param {string} version empty to take it back */
  async give(version) {
    const place = part(this, '[data-part="told"]');
    const halls = Array.from(this.chosen);
    say(place, '');
    if (!halls.length || (version === '' ? false : !VERSION.test(version))) {
      say(place, halls.length ? t('Please type a version such as 1.2.0.') : t('Please choose halls.'));
      return;
    }
    await this.trying(async () => {
      this.take(await post('/api/city/versions', { version, halls }, { as: 'staff' }));
      this.choose(false);
      say(place, version
        ? tn('{n} hall may take {version}.', '{n} halls may take {version}.', halls.length, { version })
        : tn('{n} hall takes no new version.', '{n} halls take no new version.', halls.length));
    });
  }
}

/** @param {HallVersion} hall */
function stands({ has, may, by, since, took_at: took, failed }) {
  const now = has ? t('has {version}', { version: has }) : t('has never been in touch');
  if (!may || !since) {
    return now;
  }
  const said = t('may take {version} since {moment} ({name})', { version: may, moment: moment(since), name: by });
  const became = [took ? t('took it {moment}', { moment: moment(took) }) : '', failed ? t('did not work there') : ''];
  return [now, said, ...became].filter(Boolean).join(' · ');
}

/** @param {string} at */
function moment(at) {
  return `${day(at)} ${time(at)}`;
}

/**
 * @param {string} version
 * @param {string} than
 */
function isNewer(version, than) {
  if (!VERSION.test(version) || !VERSION.test(than)) {
    return false;
  }
  const [mine, other] = [version, than].map((each) => each.split('.').map(Number));
  const differs = [0, 1, 2, 3].find((place) => (mine[place] || 0) !== (other[place] || 0));
  return differs !== undefined && (mine[differs] || 0) > (other[differs] || 0);
}

customElements.define('ramah-city-versions', CityVersions);
