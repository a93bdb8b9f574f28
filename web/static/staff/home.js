/** Owns which page is whose: what each role may open, and where somebody belongs. The server decides what they may do there. */

/** Who reads the figures of the whole hall, and changes it. */
export const READS = ['manager', 'admin'];
/** Who sees to the whole hall during the day. */
export const DIRECTS = ['supervisor', ...READS];
/** Who calls and serves. */
export const SERVES = ['staff', ...DIRECTS];
/** Who receives visitors. */
export const RECEIVES = ['host', ...SERVES];

/** Who reads many halls and works in none. */
export const CITY = ['agency', 'city'];

/** @type {Record<string, string>} */
const HOMES = { host: '/host', staff: '/counter', supervisor: '/counter/supervisor', manager: '/manager', admin: '/manager', agency: '/city', city: '/city' };

/**
 * @param {string} role
 * @returns {string} address of the page that somebody of this role works with
 */
export function homeOf(role) {
  return HOMES[role] || '/';
}
