/** Owns the small line drawings beside words; never a meaning of their own, so hidden from readers. */

import { draw } from '/web/icons.js';

const PATHS = {
  'call-next': 'M6 10a6 6 0 0 1 12 0c0 5 2 6 2 6H4s2-1 2-6M10 19a2 2 0 0 0 4 0',
  recall: 'M20 12a8 8 0 1 1-2.6-5.9M20 3v4.5h-4.5',
  start: 'M8 5l11 7-11 7z',
  finish: 'M5 12.5l4.5 4.5L19 7.5',
  'no-show': 'M12 12a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M5 20c0-3.5 3-5.5 7-5.5M16 15l5 5M21 15l-5 5',
  return: 'M9 7L4 12l5 5M4 12h11a5 5 0 0 1 5 5',
  hold: 'M9 5v14M15 5v14',
  transfer: 'M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4',
  break: 'M5 9h11v5a5 5 0 0 1-5 5h-1a5 5 0 0 1-5-5zM16 10h2a2.5 2.5 0 0 1 0 5h-2M8 3v3M12 3v3',
  remove: 'M6 6l12 12M18 6L6 18',
  close: 'M5 4h10v16H5zM15 12h6M18 9l3 3-3 3',
  'add-service': 'M12 5v14M5 12h14',
  undo: 'M8 6L4 10l4 4M4 10h10a5 5 0 0 1 0 10h-3',
  change: 'M5 19l1-4L16 5l3 3L9 18z',
  more: 'M5.5 12h.010M12 12h.010M18.500 12h.010',
  list: 'M4 6.500l1.500 1.500L8 5M11 7h9M4 16.500l1.500 1.500L8 15M11 17h9',
  rows: 'M4 7h16M4 12h16M4 17h16',
  desk: 'M3 11h18M5 11v8M19 11v8M9 8a3 3 0 1 1 6 0v3H9z',
  strip: 'M4 5h16v14H4zM14 5v14',
  supervise: 'M4 12s3-6 8-6 8 6 8 6-3 6-8 6-8-6-8-6M12 14.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5',
  speak: 'M4 10v4h3l6 4V6L7 10zM16 9a4 4 0 0 1 0 6M18.500 6.500a8 8 0 0 1 0 11',
  ticket: 'M4 7h16v3.5a1.5 1.5 0 0 0 0 3V17H4v-3.5a1.5 1.5 0 0 0 0-3zM14 7v10',
  people: 'M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6M3 19c0-3 2.5-5 6-5s6 2 6 5M16 11a2.5 2.5 0 1 0-1-4.8M17 14c2.5.3 4 2 4 4.5',
  star: 'M12 4l2.4 5 5.6.7-4.1 3.8 1.1 5.5-5-2.8-5 2.8 1.1-5.5L4 9.7 9.6 9z',
  talk: 'M4 5h16v11H10l-4 4v-4H4z',
  note: 'M6 4h9l3 3v13H6zM9 11h6M9 15h6',
  keys: 'M3 7h18v10H3zM7 11h.010M11 11h.010M15 11h.010M8 14h8',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 11v5M12 8v.01',
  link: 'M5 12.5a10 10 0 0 1 14 0M8 15.5a6 6 0 0 1 8 0M12 19v.010M4 4l16 16',
  calendar: 'M5 6h14v14H5zM5 10h14M9 3v4M15 3v4',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  previous: 'M14 6l-6 6 6 6',
  next: 'M10 6l6 6-6 6',
  up: 'M6 14l6-6 6 6',
  down: 'M6 10l6 6 6-6',
  bell: 'M6 10a6 6 0 0 1 12 0c0 5 2 6 2 6H4s2-1 2-6M10 19a2 2 0 0 0 4 0',
  'bell-off': 'M9 4.700a6 6 0 0 1 9 5.300c0 2.500.500 4 1 5M16 16H4s2-1 2-6c0-.700.100-1.400.300-2M10 19a2 2 0 0 0 4 0M4 4l16 16',
  display: 'M3 5h18v11H3zM9 20h6M12 16v4',
};

/**
 * @param {keyof typeof PATHS} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  return draw(PATHS[name], 24, 'icon');
}
