/** Owns asking the server for something whose refusal is said in one line. */

import { LinkError, ProblemError } from '/web/api.js';

/**
 * @param {() => Promise<unknown>} work
 * @returns {Promise<string>} why it was refused or did not get through, in words; nothing when all is well
 */
export async function refusalOf(work) {
  try {
    await work();
    return '';
  } catch (error) {
    if (error instanceof ProblemError || error instanceof LinkError) {
      return error.detail;
    }
    throw error;
  }
}
