/**
 * Owns what is said for a call: a list of clip names, from the call and a table. Pure; the same
 * function as display/voice/spoken.py, so that a screen speaks on while the server is away.
 *
 * @typedef {import('../types').Table} VoiceTable
 * @typedef {import('../types').Rule} VoiceRule
 * @typedef {import('../types').Said} SaidCall
 */

/**
 * @param {SaidCall} call
 * @param {VoiceTable} table
 * @param {'digits' | 'natural'} style
 * @returns {string[]} names of clips, in order
 */
export function spoken(call, table, style) {
  const clips = call.kind === 'call' ? [] : [/** @type {string} */ (call.kind)];
  for (const word of table.call) {
    if (word === '{label}') {
      clips.push(...sayLabel(call.label, call.prefix, table, style));
    } else if (word === '{counter}') {
      clips.push(...sayNumber(call.counter, table));
    } else if (word === '{place}') {
      clips.push(placeOf(call.place, table));
    } else if (word === '{agency}') {
      if (call.agency) {
        clips.push('agency.' + call.agency);
      }
    } else {
      clips.push(word);
    }
  }
  return clips;
}

/**
 * What is said in a rush: number and counter; a last call is still said to be one.
 *
 * @param {SaidCall} call
 * @param {VoiceTable} table
 * @param {'digits' | 'natural'} style
 * @returns {string[]}
 */
export function spokenShort(call, table, style) {
  const needed = table.call.filter((word) => ['{label}', '{place}', '{counter}'].includes(word));
  const kind = call.kind === 'last' ? 'last' : 'call';
  return spoken(Object.assign({}, call, { kind }), Object.assign({}, table, { call: needed }), style);
}

/**
 * @param {string} label
 * @param {string} prefix
 * @param {VoiceTable} table
 * @param {'digits' | 'natural'} style
 */
export function sayLabel(label, prefix, table, style) {
  const known = label.startsWith(prefix) ? prefix : '';
  const start = known.length || label.length - (/[0-9]*$/.exec(label) || [''])[0].length;
  const head = Array.from(label.slice(0, start).toUpperCase());
  const number = label.slice(start);
  const clips = head.filter((sign) => sign in table.letters || sign in table.numbers);
  if (style === 'natural' && /^[0-9]+$/.test(number)) {
    return clips.concat(sayNumber(parseInt(number, 10), table));
  }
  return clips.concat(Array.from(number.toUpperCase()).filter((sign) => sign in table.numbers));
}

/**
 * @param {number} number
 * @param {VoiceTable} table
 * @returns {string[]}
 */
export function sayNumber(number, table) {
  if (String(number) in table.numbers) {
    return [String(number)];
  }
  const rule = table.rules.filter((each) => each.from <= number).pop();
  if (!rule || Math.floor(number / rule.by) >= number) {
    return Array.from(String(number));
  }
  return putTogether(number, rule, table);
}

/**
 * @param {number} number
 * @param {VoiceRule} rule
 * @param {VoiceTable} table
 */
function putTogether(number, rule, table) {
  const count = Math.floor(number / rule.by);
  const rest = number % rule.by;
  /** @type {string[]} */
  const clips = [];
  for (const part of rule.say) {
    if (part === 'round') {
      clips.push(...sayNumber(number - rest, table));
    } else if (part === 'count') {
      clips.push(...sayNumber(count, table));
    } else if (part !== 'rest') {
      clips.push(part);
    } else if (rest) {
      if (rule.link && rest < rule.link_below) {
        clips.push(rule.link);
      }
      clips.push(...sayNumber(rest, table));
    }
  }
  return clips;
}

/**
 * @param {string} name
 * @param {VoiceTable} table
 */
export function placeOf(name, table) {
  const first = name.toLowerCase().split(' ')[0];
  return Object.keys(table.places).find((clip) => table.places[clip].toLowerCase() === first) || 'counter';
}

/**
 * @param {string[]} clips
 * @param {VoiceTable} table
 * @returns {string} the sentence the clips say, for a voice that reads aloud
 */
export function inWords(clips, table) {
  const texts = Object.assign({}, table.phrases, table.places, table.numbers, table.units, table.letters);
  return clips.map((clip) => texts[clip] || '').filter(Boolean).join(' ');
}
