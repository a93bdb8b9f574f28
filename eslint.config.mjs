// What the pages' JavaScript may say: only what the oldest browsers know (docs/developer.md).
// Style is not looked at here; types are tsc's work.
import compat from 'eslint-plugin-compat';
import es from 'eslint-plugin-es-x';

/** The lobby screen, its pairing and all that they load: televisions of 2019. */
const LOBBY = ['display/static/**/*.js', 'web/static/*.js'];
/** Pages for staff that live in the lobby's room: recording and setting up. */
const STAFF = ['booth', 'pcm-worklet', 'playlists', 'recorder', 'setup', 'staff-room', 'voices', 'wave'];

const settings = (chrome) => ({ targets: [`chrome >= ${chrome}`, 'firefox esr', 'ios_saf >= 15.4'] });

/** In browsers long before the year of their standard. */
const EARLY = {
  'es-x/no-dynamic-import': 'off', // Chromium 63
  'es-x/no-import-meta': 'off', // 64
  'es-x/no-optional-catch-binding': 'off', // 66
  'es-x/no-array-prototype-flat': 'off', // 69
};
/** In 79 beside those, and in Safari 15. */
const EARLY_79 = {
  ...EARLY,
  'es-x/no-class-instance-fields': 'off', // 72
  'es-x/no-global-this': 'off', // 71
  'es-x/no-promise-all-settled': 'off', // 76
};

/** Methods and options newer than 79: no plugin knows what they are called on. The number is Chromium's. */
const called = {
  at: 92, replaceAll: 85, replaceChildren: 86, hasOwn: 93, randomUUID: 92, findLast: 97, findLastIndex: 97,
  toSorted: 110, toReversed: 110, toSpliced: 110, with: 110, groupBy: 117, requestSubmit: 76, checkVisibility: 105,
  getAnimations: 84, commitStyles: 84, any: 85, withResolvers: 119, getSetCookie: 113, canParse: 120, togglePopover: 114,
  setHTML: 105, moveBefore: 133, isSubsetOf: 122, union: 122, difference: 122, intersection: 122,
};
const calledInLobby = { fromEntries: 73, allSettled: 76, matchAll: 73, formatRange: 76 };
const forbid = (names) => Object.entries(names).map(([name, since]) => ({
  selector: `CallExpression[callee.property.name="${name}"]`,
  message: `.${name}() came with Chromium ${since}.`,
}));
const options = (names) => Object.entries(names).map(([name, since]) => ({
  selector: `ObjectExpression > Property[key.name="${name}"]`,
  message: `The option ${name} came with Chromium ${since}.`,
}));
const NEVER = [
  { selector: 'CallExpression[callee.property.name="addEventListener"] > ObjectExpression > Property[key.name="signal"]',
    message: 'Only from Chromium 88 on; use listen() of /web/dom.js.' },
  { selector: 'MemberExpression[property.name=/^(innerHTML|outerHTML)$/]', message: 'Text goes in as text.' },
  ...options({ fractionalSecondDigits: 84, dayPeriod: 92, roundingMode: 106 }),
  ...forbid(called),
];
/** Known only where asked for first: `if (x.showPicker)`. The rule asks for that question nearby. */
const ASKED_FIRST = ['showPicker', 'showPopover', 'hidePopover'].map((name) => ({
  selector: `CallExpression[callee.property.name="${name}"]:not(IfStatement *)`,
  message: `Ask for ${name} before: if (element.${name}) ...`,
}));

export default [
  { ignores: ['node_modules/**', '.venv/**', 'tests/**', 'build/**', 'data/**', '*.mjs'] },
  {
    files: ['**/*.js'],
    languageOptions: { ecmaVersion: 'latest', sourceType: 'module' },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { 'es-x': es, compat },
    settings: settings(79),
    rules: {
      ...es.configs['flat/restrict-to-es2019'].rules,
      ...EARLY_79,
      'compat/compat': 'error',
      'no-restricted-syntax': ['error', ...NEVER, ...ASKED_FIRST],
      'no-eval': 'error',
    },
  },
  {
    files: LOBBY,
    ignores: [`display/static/{${STAFF.join(',')}}.js`],
    settings: settings(69),
    rules: {
      ...es.configs['flat/restrict-to-es2018'].rules,
      ...EARLY,
      'no-restricted-syntax': ['error', ...NEVER, ...ASKED_FIRST, ...forbid(calledInLobby),
        ...options({ dateStyle: 76, timeStyle: 76, notation: 77, signDisplay: 77 })],
    },
  },
];
