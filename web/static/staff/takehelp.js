/** Owns saying that one goes to the visitor who asks for a person. */

import { LinkError, ProblemError } from '/web/api.js';

/**
 * @param {import('/web/staff/hall.js').StaffHall} hall
 * @param {string} id of the call for a person
 * @returns {Promise<string>} why it was refused, in words; nothing when all is well
 */
export async function takeHelp(hall, id) {
  try {
    await hall.command(`/api/help/${id}/take`);
    return '';
  } catch (error) {
    if (error instanceof ProblemError || error instanceof LinkError) {
      return error.detail;
    }
    throw error;
  }
}
