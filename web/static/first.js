/*
 * Owns leaving the page "no office yet" as soon as there is one. Written for any engine, like floor.js:
 * a lobby screen of any age may show it.
 */
(function () {
  var PAUSE_MS = 2000;
  function look() {
    var asked = new XMLHttpRequest();
    asked.onloadend = function () {
      if (asked.status === 200) {
        location.reload();
      } else {
        setTimeout(look, PAUSE_MS);
      }
    };
    asked.open('GET', '/readyz');
    asked.send();
  }
  setTimeout(look, PAUSE_MS);
})();
