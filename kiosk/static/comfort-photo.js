/** Owns a photo's way to the server: made small on the phone, so that it goes out over a weak line. */

import { send } from '/web/send.js';

const MOST_PX = 1600;
const QUALITY = 0.8;

/**
 * @param {string} path
 * @param {File} file
 * @param {string} as whose login acts
 */
export async function sendPhoto(path, file, as) {
  await send(path, await small(file), { as, type: 'image/jpeg' });
}

/**
 * @param {File} file
 * @returns {Promise<Blob>} the file itself where this browser cannot draw it; the server looks at it anyhow
 */
async function small(file) {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, MOST_PX / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
    return /** @type {Blob | null} */ (made) || file;
  } catch (error) {
    return file;
  }
}
