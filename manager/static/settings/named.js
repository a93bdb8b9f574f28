/**
 * Owns what names an entry of the settings by its code: a counter its services, a special day those it is for,
 * a service its agency. It goes with the entry while the code is typed anew, and ends with it.
 *
 * @typedef {{name: string, kind: string, of?: string, fields?: Form[]}} Form as much of a field as is needed here
 * @typedef {{holder: any, name: string, kind: string, list: any[] | null, named: [any, any][]}} Place where codes stand:
 *   the setting `name` of `holder`, which is one of `list`; what it names (an entry, or a code of none) with its value
 */

/** Days that name nothing are for all services: with the last service they name, they end. */
const FOR_ALL_WHEN_EMPTY = ['special_days', 'seasons'];

/** What names the entries of one list. Made before they are changed; entries are told apart by being that entry, not by a code. */
export class Named {
  /**
   * @param {any} settings the whole of what is typed, changed in place
   * @param {Form[]} form of the whole
   * @param {string} of the list: `services`
   */
  constructor(settings, form, of) {
    this.settings = settings;
    this.entries = /** @type {any[]} */ (settings[of] || []);
    this.of = of;
    /** @type {Place[]} */
    this.places = [];
    this.find(form, settings, null);
  }

  /**
   * @param {Form[]} form
   * @param {any} holder
   * @param {any[] | null} list that the holder is one of
   */
  find(form, holder, list) {
    for (const { name, kind, of, fields } of form) {
      const value = holder[name];
      if (!value) {
        continue;
      }
      if (kind === 'block') {
        this.find(fields || [], value, null);
      } else if (kind === 'blocks') {
        value.forEach((/** @type {any} */ each) => this.find(fields || [], each, value));
      } else if (kind === 'weights' ? this.of === 'services' : of === this.of) {
        this.places.push({ holder, name, kind, list, named: this.read(value, kind) });
      }
    }
  }

  /**
   * @param {any} value
   * @param {string} kind
   * @returns {[any, any][]}
   */
  read(value, kind) {
    const codes = kind === 'codes' ? value : kind === 'weights' ? Object.keys(value) : [value];
    return codes.flatMap((/** @type {string} */ code) => {
      const known = this.entries.filter((each) => each.code === code);
      return (known.length ? known : [code]).map((each) => [each, kind === 'weights' ? value[code] : null]);
    });
  }

  /** Codes were typed: write them wherever they are named. */
  write() {
    for (const { holder, name, kind, named } of this.places) {
      const codes = named.map(([each]) => (typeof each === 'string' ? each : each.code));
      if (kind === 'codes') {
        holder[name] = codes;
      } else if (kind === 'weights') {
        holder[name] = Object.fromEntries(codes.map((code, index) => [code, named[index][1]]));
      } else {
        holder[name] = codes.length ? codes[0] : null;
      }
    }
  }

  /**
   * An entry was taken away: nothing names it any more.
   *
   * @param {any} entry
   */
  end(entry) {
    for (const place of this.places) {
      const left = place.named.filter(([each]) => each !== entry);
      const ended = left.length < place.named.length;
      place.named = left;
      if (ended && !left.length && place.list && FOR_ALL_WHEN_EMPTY.some((each) => this.settings[each] === place.list)) {
        place.list.splice(place.list.indexOf(place.holder), 1);
      }
    }
    this.write();
  }
}
