/**
 * Owns room between boxes in a row where a browser knows `gap` only for grids (Chromium before 84);
 * `floor.js` asks for it there alone. Each rule that lays boxes in a row gets a second one behind it
 * that says the same with margins.
 */

/**
 * @param {CSSStyleRule} rule
 * @returns {string} the same room as margins; empty where the rule asks for none
 */
export function asMargins(rule) {
  const { style } = rule;
  // with a variable in it, only the short form can be read
  const short = style.getPropertyValue('gap').match(/(?:[^\s()]|\([^()]*\))+/g) || [''];
  const down = style.rowGap || short[0];
  const across = style.columnGap || short[short.length - 1];
  if (!/flex$/.test(style.display) || !(across || down)) {
    return '';
  }
  const each = rule.selectorText.split(',').map((selector) => selector.trim());
  if (/wrap/.test(style.flexWrap) && style.flexWrap !== 'nowrap') {
    // nobody knows which box begins a line, so each has room after it
    return `${each.map((selector) => `${selector} > *`).join(', ')} { margin-inline-end: ${across}; margin-bottom: ${down}; }`;
  }
  const later = each.map((selector) => `${selector} > :not([hidden]) ~ *`).join(', ');
  return /column/.test(style.flexDirection) ? `${later} { margin-top: ${down}; }` : `${later} { margin-inline-start: ${across}; }`;
}

/** @param {CSSStyleSheet | CSSMediaRule} sheet */
function mend(sheet) {
  for (let at = sheet.cssRules.length - 1; at >= 0; at -= 1) {
    const rule = sheet.cssRules[at];
    if (rule instanceof CSSMediaRule) {
      mend(rule);
    } else if (rule instanceof CSSStyleRule) {
      const margins = asMargins(rule);
      if (margins) {
        sheet.insertRule(margins, at + 1);
      }
    }
  }
}

for (const sheet of Array.from(document.styleSheets)) {
  mend(/** @type {CSSStyleSheet} */ (sheet));
}
