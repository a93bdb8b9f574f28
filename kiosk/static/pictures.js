/** Owns the drawings of services, for visitors who do not read; drawn here, in the colour of the text. */

import { draw } from '/web/icons.js';

/** Name as in the settings (`picture`), and its lines in a field of 32 by 32. */
const LINES = /** @type {Record<string, string>} */ ({
  'id-card': 'M3 7h26v18H3zM10.5 16a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM6 22c.4-3 2-4.5 4.5-4.500s4.1 1.5 4.5 4.500M19 12h7M19 16h7M19 20h5',
  family: 'M10 12a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM22 12a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM16 20.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM4 27v-7c0-3 2.5-5 6-5 1.5 0 2.5.3 3.5 1M28 27v-7c0-3-2.5-5-6-5-1.5 0-2.5.3-3.5 1M11.5 27c.3-2.7 2-4 4.5-4s4.2 1.3 4.5 4',
  birth: 'M5 17h22c0 6-4.5 9-11 9S5 23 5 17zM16 17c0-7 4-11 11-11 0 6-3 11-11 11zM10 29.500a1.5 1.5 0 1 0 0-3M22 29.500a1.5 1.5 0 1 0 0-3M8 11.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  business: 'M5 13v14h22V13M3 13l3-8h20l3 8M3 13c0 4 6.5 4 6.5 0 0 4 6.5 4 6.5 0 0 4 6.5 4 6.5 0 0 4 6.5 4 6.5 0M12 27v-7h8v7',
  health: 'M16 28S4 20.5 4 12.500A6.5 6.5 0 0 1 16 9a6.5 6.5 0 0 1 12 3.500C28 20.5 16 28 16 28zM16 13v8M12 17h8',
  police: 'M16 3l11 4v8c0 7-4.5 11.5-11 14C9.5 26.5 5 22 5 15V7zM16 10l1.8 3.7 4 .6-2.9 2.8.7 4-3.6-1.9-3.6 1.9.7-4-2.9-2.8 4-.6z',
  tax: 'M7 3h18v26l-3-2-3 2-3-2-3 2-3-2-3 2zM12 20l8-9M12.5 12.500a1 1 0 1 0 0-2 1 1 0 0 0 0 2zM19.5 20.500a1 1 0 1 0 0-2 1 1 0 0 0 0 2z',
  payment: 'M3 8h26v16H3zM16 20a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM7 12v.01M25 20v.01M7 28h18',
  document: 'M7 3h12l6 6v20H7zM19 3v6h6M11 20l3.5 3.5 7-8',
  house: 'M4 15L16 4l12 11M7 13v15h18V13M13 28v-8h6v8',
  vehicle: 'M4 21v-5l3-1 3-7h12l3 7 3 1v5zM7 15h18M9 25a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM23 25a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  work: 'M3 10h26v17H3zM11 10V5h10v5M3 17h26M16 15v4',
  school: 'M16 5l14 7-14 7L2 12zM8 15.500V22c4.5 4 11.5 4 16 0v-6.500M30 12v9',
  passport: 'M6 3h20v26H6zM16 19a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM10 13h12M16 7c3 3.5 3 8.5 0 12M16 7c-3 3.5-3 8.5 0 12M11 24h10',
  complaint: 'M3 5h26v17H15l-7 6v-6H3zM16 9v6M16 18.500v.01',
  help: 'M16 29a13 13 0 1 0 0-26 13 13 0 0 0 0 26zM11.5 12.500a4.5 4.5 0 1 1 6.7 4c-1.5.9-2.2 1.7-2.2 3.500M16 23.500v.01',
});

/**
 * @param {string | undefined} name
 * @returns {SVGSVGElement | null} nothing for a name nobody has drawn
 */
export function picture(name) {
  const lines = name ? LINES[name] : undefined;
  return lines ? draw(lines, 32, 'picture') : null;
}
