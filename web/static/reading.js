/** Owns reading what the browser holds: a file that a person chose, a picture that the server drew. */

/**
 * @param {Blob} blob
 * @returns {Promise<string>} as a `data:` address, which our pages may show
 */
export function dataUrl(blob) {
  return read((reader) => reader.readAsDataURL(blob));
}

/**
 * @param {Blob} file
 * @returns {Promise<string>}
 */
export function textOf(file) {
  return read((reader) => reader.readAsText(file));
}

/**
 * @param {(reader: FileReader) => void} begin
 * @returns {Promise<string>}
 */
function read(begin) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => failed(reader.error);
    begin(reader);
  });
}
