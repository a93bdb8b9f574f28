/**
 * Owns how the counters of a hall are laid out: so many columns, names beside or above the numbers,
 * whatever makes the numbers largest. Pure.
 *
 * @typedef {object} Room
 * @property {number} count cells
 * @property {number} width px
 * @property {number} height px
 * @property {number} gap px
 * @property {number} label width of the widest number, in its own size
 * @property {number} name width of the widest name, in its own size
 * @property {number} lines small lines below the number
 * @typedef {{columns: number, shape: 'beside' | 'above', size: number}} Layout `size` px of the numbers
 */

/** A name is so large, against its number; board.css says the same. */
const NAME_BESIDE = 0.66;
const NAME_ABOVE = 0.52;
/** A line of words below, against the number. */
const LINE = 0.36;
/** Room left and right, and between name and number, in sizes of the number. */
const SIDES = 0.5;
const BETWEEN = 0.4;
/** A number takes this much height: its line, and air above and below. */
const TALL = 1.2;
/** However much room there is: one number must not fill a wall. */
const LARGEST = 0.4;

/**
 * @param {Room} room
 * @returns {Layout}
 */
export function best(room) {
  /** @type {Layout} */
  let found = { columns: 1, shape: 'beside', size: 0 };
  for (let columns = 1; columns <= room.count; columns += 1) {
    const rows = Math.ceil(room.count / columns);
    const width = (room.width - room.gap * (columns - 1)) / columns;
    const height = (room.height - room.gap * (rows - 1)) / rows;
    const below = room.lines * LINE * 1.25;
    const beside = Math.min(width / (room.label + NAME_BESIDE * room.name + SIDES + BETWEEN), height / (TALL + below));
    const above = Math.min(
      width / (Math.max(room.label, NAME_ABOVE * room.name) + SIDES),
      height / (TALL + NAME_ABOVE * 1.2 + below),
    );
    if (beside > found.size) {
      found = { columns, shape: 'beside', size: beside };
    }
    if (above > found.size) {
      found = { columns, shape: 'above', size: above };
    }
  }
  return Object.assign(found, { size: Math.min(found.size, room.height * LARGEST) });
}
