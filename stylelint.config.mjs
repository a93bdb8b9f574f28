// What the pages' style sheets may say: only what the oldest browsers know (docs/developer.md).
// Order, names and spaces are not looked at here.
import stylelint from 'stylelint';

const BROWSERS = ['chrome >= 79', 'firefox esr', 'ios_saf >= 15.4'];
/** The lobby screen, its pairing and what both load: televisions of 2019. */
const LOBBY_BROWSERS = ['chrome >= 69', 'firefox esr', 'ios_saf >= 15.4'];

/** Where a browser does not know these, a page looks plainer and works as well. */
const ONLY_NICER = [
  'css-focus-visible', 'css-overscroll-behavior', 'css-scrollbar', 'css3-cursors', 'prefers-reduced-motion',
  'text-size-adjust',
];
/** Looked at by the rules below, which see what stands before; `web/static/gaps.js` brings gaps. */
const ELSEWHERE = ['css-math-functions', 'viewport-unit-variants', 'css-not-sel-list', 'css-has', 'css-matches-pseudo', 'flexbox-gap'];

const known = (browsers) => [true, { browsers, ignore: [...ONLY_NICER, ...ELSEWHERE], ignorePartialSupport: true }];

const PLAIN = 'ramah/plain-value-first';
const { createPlugin, utils } = stylelint;
const messages = utils.ruleMessages(PLAIN, {
  missing: (what) => `An older browser drops "${what}": give a plain value for the same property before it`,
});

/** A value too new for the floor must follow a plain one of the same property in the same rule. */
const plain = (pattern) => (root, result) => {
  root.walkDecls((found) => {
    if (!new RegExp(pattern).test(found.value)) return;
    const before = found.parent.nodes.slice(0, found.parent.index(found));
    const first = before.some((each) => each.prop === found.prop && !new RegExp(pattern).test(each.value));
    // of a custom property the last value counts, known or not: there is no plain one
    if (!first || found.prop.startsWith('--')) {
      utils.report({ ruleName: PLAIN, result, node: found, message: messages.missing(found.value) });
    }
  });
};
plain.ruleName = PLAIN;
plain.messages = messages;

/** Values from Chromium 80 on, and those that 69 to 78 lack beside them. */
const NEW_VALUES = '\\d[dsl]v[hwib]|\\boverflow: clip|\\banywhere\\b|\\bfit-content\\b';
const LOBBY_VALUES = `(?<![\\w-])(min|max|clamp)\\(|${NEW_VALUES}`;

export default {
  plugins: ['stylelint-no-unsupported-browser-features', createPlugin(PLAIN, plain)],
  reportNeedlessDisables: true,
  reportDescriptionlessDisables: true,
  rules: {
    'plugin/no-unsupported-browser-features': known(BROWSERS),
    [PLAIN]: NEW_VALUES,
    // newer than 79, and known by name alone: one of them in a list makes the whole rule fall
    'selector-not-notation': 'simple',
    'selector-pseudo-class-disallowed-list': ['is', 'where', 'has', 'user-valid', 'user-invalid', 'popover-open', 'modal', 'dir'],
    'property-disallowed-list': [
      'inset', '/^inset-/', '/^(margin|padding)-(inline|block)$/', '/^border-(inline|block)$/',
      '/^border-(start|end)-(start|end)-radius$/', 'aspect-ratio', 'translate', 'scale', 'rotate', '/^container/',
    ],
    'at-rule-disallowed-list': ['layer', 'container', 'property', 'scope', 'starting-style'],
    'function-disallowed-list': ['color-mix', 'oklch', 'light-dark'],
  },
  overrides: [
    {
      files: ['display/static/*.css', 'web/static/*.css'],
      rules: {
        'plugin/no-unsupported-browser-features': known(LOBBY_BROWSERS),
        [PLAIN]: LOBBY_VALUES,
      },
    },
  ],
};
