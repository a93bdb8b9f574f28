// Owns the check of a recorded day: `node check.mjs FILE...` says where the page's picture of the
// hall and the server's snapshot part.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/** @param {string} name a file of the page, as a module from its text: Node would take .js for others */
function module(name) {
  const page = readFileSync(new URL(`../../web/static/${name}`, import.meta.url), 'utf8');
  return import(`data:text/javascript,${encodeURIComponent(page)}`);
}
const { apply } = await module('hall-state.js');
const { follow } = await module('staff/staff-state.js');
const CLOCKED = ['estimate', 'next_opening', 'open_until', 'starts'];
const FRESH = ['configured', 'service_resumed', 'day_closed', 'day_reopened', 'clock_set'];

let followed = 0;
for (const file of process.argv.slice(2)) {
  const { start, steps } = JSON.parse(readFileSync(file, 'utf8'));
  let known = start; // by events alone, for as long as they tell
  let fresh = start;
  for (const { events, after } of steps) {
    const before = JSON.stringify(known);
    let state = known;
    for (const event of events) {
      const seen = state && apply(state, event);
      state = seen && seen.staff ? follow(seen, event) : seen;
    }
    assert.equal(JSON.stringify(known), before, 'a state that was handed out has changed');
    fresh = { ...fresh, ...after };
    const kinds = events.map((event) => event.kind);
    const asked = kinds.some((kind) => FRESH.includes(kind)) || fresh.day !== known.day;
    assert.equal(state === null, asked, `${kinds} ${state ? 'was applied' : 'asked for a fresh snapshot'}`);
    if (state) {
      assert.deepEqual(plain(state), plain(fresh), `after ${kinds} (${events[0].seq})`);
      followed += events.length;
    }
    known = state || fresh;
  }
}
console.log(followed);

/** @param {any} state */
function plain(state) {
  const copy = JSON.parse(JSON.stringify(state));
  for (const service of copy.services) {
    CLOCKED.forEach((name) => delete service[name]);
  }
  return copy;
}
