/** Owns that what scrolls can be scrolled with keys: it takes the focus while it scrolls, and only then. */

/**
 * @template {HTMLElement} T
 * @param {T} box
 * @returns {T} the same
 */
export function reachable(box) {
  const look = () => {
    if (box.scrollHeight > box.clientHeight + 1) {
      box.tabIndex = 0;
    } else if (document.activeElement !== box) {
      box.removeAttribute('tabindex');
    }
  };
  if (window.ResizeObserver) {
    new ResizeObserver(look).observe(box);
  }
  new MutationObserver(look).observe(box, { childList: true, subtree: true });
  return box;
}
