/*
 * Owns the page of a safe connection: shows the steps of this device first, and goes on as soon as
 * the browser trusts the office. Written for any engine, like floor.js: a screen of any age may show it.
 */
(function () {
  var PAUSE_MS = 3000;
  var page = /** @type {HTMLElement} */ (document.getElementById('trust'));
  var link = /** @type {HTMLAnchorElement} */ (document.getElementById('onward'));
  var trusted = /** @type {HTMLElement} */ (document.getElementById('trusted'));
  var name = navigator.userAgent;
  var kind = /Android/.test(name) ? 'android' : /iPhone|iPad/.test(name) ? 'iphone' : /Windows/.test(name) ? 'windows' : 'linux';
  /** @type {HTMLDetailsElement} */ (document.getElementById(kind)).open = true;
  // what is behind # was never sent, so the server could not write it into the link
  link.href = page.getAttribute('data-onward') + location.hash;

  function look() {
    if (document.visibilityState === 'hidden') {
      setTimeout(look, PAUSE_MS);
      return;
    }
    // whatever is answered: the connection comes about only where the certificate is believed
    var asked = fetch(String(page.getAttribute('data-ask')), { mode: 'no-cors', credentials: 'omit', cache: 'no-store' });
    asked.then(goOn, function () {
      setTimeout(look, PAUSE_MS);
    });
  }

  function goOn() {
    trusted.hidden = false;
    if (location.protocol === 'http:' && /[?&]to=/.test(location.search)) {
      location.replace(link.href);
    }
  }

  if ('fetch' in window) {
    look();
  }
})();
