/** Owns saying that one goes to the visitor who asks for a person. */

import { newKey, post, LinkError, ProblemError } from '/web/api.js';

/**
 * @param {string} id of the call for a person
 * @returns {Promise<string>} why it was refused, in words; nothing when all is well
 */
export async function takeHelp(id) {
  try {
    await post(`/api/help/${id}/take`, {}, { as: 'staff', idempotencyKey: newKey(), retries: 2, timeout: 5000 });
    return '';
  } catch (error) {
    if (error instanceof ProblemError || error instanceof LinkError) {
      return error.detail;
    }
    throw error;
  }
}
