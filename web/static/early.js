/*
 * Owns a page with a first picture in it until its script has come. What else the page needs is fetched
 * when that picture is painted, for an old box paints later the more it fetches. A touch in `main` before
 * is kept, shown as pressed, and done as soon as somebody listens: this stands before the buttons, so
 * that none can be touched without it. Written for any engine, like floor.js.
 */
(function () {
  /* a page that nobody looks at is never painted */
  var UNSEEN_MS = 500;
  var fetched = false;
  /** @type {HTMLElement | null} */
  var kept = null;

  /** @param {Event} event */
  function keep(event) {
    /** @type {any} */
    var part = event.target;
    var button = null;
    while (part && part.nodeName !== 'MAIN') {
      button = part.nodeName === 'BUTTON' ? part : button;
      part = part.parentNode;
    }
    if (part && button) {
      release();
      kept = button;
      button.setAttribute('aria-busy', 'true');
    }
  }

  /** @returns {HTMLElement | null} what was pressed, no longer shown so */
  function release() {
    if (kept) {
      kept.removeAttribute('aria-busy');
    }
    return kept;
  }

  function fetchRest() {
    var rest = document.getElementById('rest');
    if (!fetched && rest) {
      fetched = true;
      document.head.appendChild(document.importNode(/** @type {HTMLTemplateElement} */ (rest).content, true));
    }
  }

  document.addEventListener('DOMContentLoaded', function () {
    setTimeout(fetchRest, UNSEEN_MS);
    requestAnimationFrame(function () {
      setTimeout(fetchRest);
    });
  });
  document.addEventListener('click', keep, true);
  document.addEventListener('ramah-listening', function () {
    document.removeEventListener('click', keep, true);
    var button = release();
    if (button) {
      button.click();
    }
  });
})();
