// Runs words from the standard input with the pages' modules under the addresses that pages use.
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';

const root = process.argv[2];
const hooks = `
  export function resolve(name, context, next) {
    const found = /^\\/(web|manager|counter)\\/(.+)$/.exec(name);
    return found ? { url: ${JSON.stringify(`${pathToFileURL(root).href}/`)} + found[1] + '/static/' + found[2], format: 'module', shortCircuit: true } : next(name, context);
  }`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

// as much of a page as modules look at when they are loaded
const { words, given } = JSON.parse(readFileSync(0, 'utf8'));
globalThis.document = { documentElement: { dataset: {}, lang: (given && given.lang) || 'id' }, cookie: '' };
globalThis.window = globalThis;
globalThis.localStorage = { getItem: () => null, setItem: () => undefined };
const load = (/** @type {string} */ name) => import(`${pathToFileURL(root).href}/${name.replace(/^\/(\w+)\//, '$1/static/')}`);
const found = await new (Object.getPrototypeOf(async () => undefined).constructor)('load', 'given', words)(load, given);
process.stdout.write(JSON.stringify(found === undefined ? null : found));
