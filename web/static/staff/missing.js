/** Owns that what a browser objects to in a field is said in the page's language, whatever its own is. */

import { t } from '/web/i18n.js';

/** @type {Set<Field>} fields that carry our words: gone before they are looked at again */
const told = new Set();

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

function forget() {
  told.forEach((field) => field.setCustomValidity(''));
  told.clear();
}

/**
 * @param {Field} field
 * @returns {string}
 */
function words(field) {
  if (field.validity.valueMissing) {
    return field instanceof HTMLSelectElement || field.type === 'radio' ? t('Please choose one.') : t('Please fill this in.');
  }
  if (field instanceof HTMLInputElement && field.type === 'number' && field.min && field.max) {
    return t('Please write a number from {min} to {max}.', { min: field.min, max: field.max });
  }
  return t('This does not fit yet. Please look at it once more.');
}

/** Begin; once a page. */
export function objectInOurWords() {
  document.addEventListener('invalid', (event) => {
    const field = event.target;
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement) {
      if (!field.validity.customError) {
        field.setCustomValidity(words(field));
        told.add(field);
      }
    }
  }, true);
  for (const each of ['input', 'change']) {
    document.addEventListener(each, forget, true);
  }
  document.addEventListener('click', (event) => event.target instanceof Element && event.target.closest('button') && forget(), true);
  document.addEventListener('keydown', (event) => event.key === 'Enter' && forget(), true);
}
