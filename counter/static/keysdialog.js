/** Owns the page where a counter switches its keyboard shortcuts on or off and chooses the keys. */

import { t } from '/web/i18n.js';
import { el } from '/web/dom.js';
import { actionName } from '/counter/actions.js';
import { ask } from '/web/staff/dialog.js';
import { QUIET_KEYS, quietKey, setQuietKey } from '/counter/quiet.js';
import { ACTIONS, DEFAULT_KEYS, setShortcuts, shortcuts, usedTwice } from '/counter/keys.js';

/** Ask, and put the answer in force. */
export async function askKeys() {
  const { on, auto, map } = shortcuts();
  const active = el('input', { type: 'checkbox', checked: on });
  const calls = el('input', { type: 'checkbox', checked: auto });
  const inputs = ACTIONS.map((action) => ({
    action,
    input: el('input', { class: 'input key-input', value: map[action].toUpperCase(), maxLength: 1, autocomplete: 'off', required: true }),
  }));
  for (const { input } of inputs) {
    input.addEventListener('focus', () => input.select());
    input.addEventListener('input', () => {
      input.value = input.value.toUpperCase().replace(/[^A-Z0-9]/g, '');
    });
  }
  const quiet = el('select', { class: 'input' }, ...QUIET_KEYS.map((key) => el('option', { value: key, selected: key === quietKey() }, key)));
  const chosen = () => {
    /** @type {Record<string, string>} */
    const next = {};
    for (const { action, input } of inputs) {
      next[action] = input.value.toLowerCase();
    }
    return next;
  };
  const yes = await ask({
    title: t('Keys and habits'),
    intro: t('They rest while you type. Each button shows its key.'),
    fields: [
      el('label', { class: 'check' }, active, el('span', {}, t('Use shortcuts'))),
      el('label', { class: 'check' }, calls, el('span', {}, t('Call the next visitor by itself after a finish'))),
      el('div', { class: 'key-list' },
        ...inputs.map(({ action, input }) => el('label', { class: 'key-row' }, el('span', {}, actionName(action)), input))),
      el('label', { class: 'key-row' }, el('span', {}, t('Call for help quietly: hold for a second')), quiet),
      el('button', {
        type: 'button',
        class: 'button quiet',
        onclick: () => inputs.forEach(({ action, input }) => {
          input.value = DEFAULT_KEYS[action].toUpperCase();
        }),
      }, t('As delivered')),
    ],
    confirm: t('Save'),
    check: () => {
      const next = chosen();
      if (Object.values(next).some((key) => !key)) {
        return t('Please give every action a key.');
      }
      const twice = usedTwice(next);
      return twice ? t('The key {key} is used twice.', { key: twice.toUpperCase() }) : null;
    },
  });
  if (yes) {
    setQuietKey(quiet.value);
    setShortcuts({ on: active.checked, auto: calls.checked, map: chosen() });
  }
}
