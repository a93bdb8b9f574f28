/*
 * Owns saying so when a browser is too old, instead of "one moment" for ever. Written for any engine of
 * the last twenty years: no modules, no const, no arrows. A page of the lobby asks for less (flat: 69).
 */
(function () {
  var told = document.getElementById('too-old');
  var script = document.createElement('script');
  var modules = 'noModule' in script;
  var enough = modules && !!window.customElements && !!Array.prototype.flat;
  var all = enough && !!window.CSS && !!CSS.supports && CSS.supports('width', 'min(1px, 2px)');
  var lobby = document.documentElement.getAttribute('data-role') === 'display';
  if (told && !(lobby ? enough : all)) {
    told.hidden = false;
    told.removeAttribute('hidden');
  }
})();
