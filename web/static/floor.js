/*
 * Owns saying so when a browser is too old, instead of "one moment" for ever. Written for any engine of
 * the last twenty years: no modules, no const, no arrows. A page of the lobby asks for less (flat: 69).
 */
function ramahFloor() {
  var told = document.getElementById('too-old');
  var script = document.createElement('script');
  var modules = 'noModule' in script;
  var enough = modules && !!window.customElements && !!Array.prototype.flat;
  var all = enough && !!window.CSS && !!CSS.supports && CSS.supports('width', 'min(1px, 2px)');
  var role = document.documentElement.getAttribute('data-role');
  var lobby = role === 'display';
  if (told && !(lobby ? enough : all)) {
    told.hidden = false;
    told.removeAttribute('hidden');
  }
  // gaps between boxes in a row: Chromium 84, Safari 14.1; only the staff's pages use them
  if (role !== 'staff' || !enough) {
    return;
  }
  var box = document.createElement('div');
  box.style.cssText = 'display:flex;flex-direction:column;row-gap:1px;position:absolute;visibility:hidden';
  box.appendChild(document.createElement('i'));
  box.appendChild(document.createElement('i'));
  document.body.appendChild(box);
  var gaps = box.scrollHeight > 0;
  document.body.removeChild(box);
  if (!gaps) {
    script.type = 'module';
    script.src = document.documentElement.getAttribute('data-files') + 'web/gaps.js';
    document.head.appendChild(script);
  }
}
// fetched beside the page, so that nothing waits for it: it may come before the page is read to its end
if (document.readyState === 'loading' && document.addEventListener) {
  document.addEventListener('DOMContentLoaded', ramahFloor);
} else {
  ramahFloor();
}
