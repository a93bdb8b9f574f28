/**
 * Owns opening a modal dialog so that its visitor finds the way back: the focus returns to where it
 * was when the dialog closes. Chromium before 93 leaves it on the page itself, and who works with
 * keys would start again at the top.
 */

/**
 * Open a dialog; does nothing when it is open.
 *
 * @param {HTMLDialogElement} dialog
 * @param {HTMLElement | null} [otherwise] has the focus afterwards when what had it is gone or hidden
 */
export function openDialog(dialog, otherwise = null) {
  if (dialog.hasAttribute('open')) {
    return;
  }
  const before = document.activeElement;
  dialog.addEventListener(
    'close',
    () => {
      const lost = !document.activeElement || document.activeElement === document.body || dialog.contains(document.activeElement);
      if (!lost) {
        return;
      }
      if (before instanceof HTMLElement && before !== document.body && shown(before)) {
        before.focus({ preventScroll: true });
      } else if (otherwise && shown(otherwise)) {
        otherwise.focus({ preventScroll: true });
      }
    },
    { once: true },
  );
  if (dialog.showModal) {
    dialog.showModal();
  } else {
    dialog.setAttribute('open', ''); // iPhones before iOS 15.4 know no dialogs
  }
}

/** @param {HTMLDialogElement} dialog */
export function closeDialog(dialog) {
  if (dialog.close) {
    dialog.close();
  } else if (dialog.hasAttribute('open')) {
    dialog.removeAttribute('open');
    dialog.dispatchEvent(new Event('close'));
  }
}

/** @param {HTMLElement} element */
function shown(element) {
  return element.isConnected && element.getClientRects().length > 0;
}
