/** Owns the few line icons of the pages; drawn in the colour of the text, hidden from readers. */

const PATHS = {
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.4-4 2.9-6 6.5-6s6.1 2 6.5 6M16 4.6a3.3 3.3 0 0 1 0 6.2M18 14.4c2.1.8 3.3 2.7 3.5 5.6',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.3l3.4 2',
  arrow: 'M4 12h15M13 5.5l6.5 6.5-6.5 6.5',
  down: 'M12 4v15M5.5 13L12 19.5 18.5 13',
  check: 'M4.5 12.5l5 5 10-11',
  heart: 'M12 20s-7.5-4.6-7.5-10.2A4.2 4.2 0 0 1 12 7.3a4.2 4.2 0 0 1 7.5 2.5C19.5 15.4 12 20 12 20z',
  contrast: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 3v18M12 7h5.5M12 11h8M12 15h7',
  globe: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3.5 12h17M12 3c5 5.5 5 12.5 0 18M12 3c-5 5.5-5 12.5 0 18',
  pause: 'M8.5 5v14M15.5 5v14',
  door: 'M6 21V4.5L15 3v18M3.5 21h17M15 6h3v15M12 12v.5',
  link: 'M3 9.5c5.5-5 12.5-5 18 0M6.5 13.5c3.4-3 7.6-3 11 0M12 18.5v.01M4 4l16 16',
  sound: 'M4 9.5v5h3.5L12.5 19V5L7.5 9.5zM16 8.5c2 2 2 5 0 7M18.5 5.5c4 3.8 4 9.2 0 13',
  mute: 'M4 9.5v5h3.5L12.5 19V5L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5',
  paper: 'M7 3h10v18l-2.5-1.6L12 21l-2.5-1.6L7 21zM10 8h4M10 12h4',
  camera: 'M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 16.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z',
  seat: 'M7 3v10h8.5V19M7 13v8M15.5 13H18v8M4 3v14',
  key: 'M14.5 13a4.5 4.5 0 1 0-4.3-3.2L4 16v4h4v-2.5h2.5V15l1.7-1.7c.7.2 1.5-.3 2.3-.3zM16 8v.01',
  bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.8 2H4.2zM10 21h4M12 3v2',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L21 21',
  person: 'M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 21c.5-4.6 3.3-7 7.5-7s7 2.4 7.5 7',
  settings: 'M5 20l4.5-12L14 20M6.7 16h5.6M16 12h5M16 20h5M18.5 9.5v5',
  back: 'M20 12H5M11 5.5L4.5 12l6.5 6.5',
  minus: 'M5 12h14',
  plus: 'M5 12h14M12 5v14',
  low: 'M12 4v13M6 11.5l6 6 6-6M4 21h16',
  text: 'M3 19L8 6l5 13M4.7 15h6.6M15 19l3-8 3 8M16 16.5h4',
  house: 'M4 11.5L12 4.5l8 7V20H4zM10 20v-5h4v5',
  pin: 'M9 4h6l-1 6 3.5 3.5h-11L10 10zM12 13.5V21',
  erase: 'M9 6h11v12H9l-5.5-6zM12 9.5l5 5M17 9.5l-5 5',
};

const NS = 'http://www.w3.org/2000/svg';

/**
 * Draw lines in the colour of the text, hidden from readers: what is drawn is also said in words.
 *
 * @param {string} lines a path in a square field
 * @param {number} field its side
 * @param {string} kind the class, which says how large it is
 * @returns {SVGSVGElement}
 */
export function draw(lines, field, kind) {
  const svg = document.createElementNS(NS, 'svg');
  svg.setAttribute('viewBox', `0 0 ${field} ${field}`);
  svg.setAttribute('class', kind);
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('focusable', 'false');
  const path = document.createElementNS(NS, 'path');
  path.setAttribute('d', lines);
  svg.append(path);
  return svg;
}

/**
 * @param {keyof typeof PATHS} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  return draw(PATHS[name], 24, 'icon');
}
