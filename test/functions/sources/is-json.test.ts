import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJson } from '../../../functions/sources/is-json.ts';

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const agree = (text: string): void => {
  expect(isJson(Buffer.from(text)), JSON.stringify(text)).toBe(parses(text));
};

test('JSON without blanks is what JSON.parse takes, also where a few characters are changed', () => {
  const changes = fc.array(
    fc.tuple(fc.nat(), fc.nat(2), fc.stringMatching(/^[[\]{},:"0-9aeEtruflsn.+\-\\]{0,2}$/)),
    {
      maxLength: 2,
    },
  );
  let invalid = 0;
  fc.assert(
    fc.property(fc.jsonValue(), changes, (value, changed) => {
      const text = changed.reduce((before, [at, remove, insert]) => {
        const from = at % (before.length + 1);
        return before.slice(0, from) + insert + before.slice(from + remove);
      }, JSON.stringify(value));
      if (hasBlank(text)) return;
      agree(text);
      if (!parses(text)) invalid++;
    }),
    { numRuns: 5000 },
  );
  expect(invalid).toBeGreaterThan(1000);
});

/** Outside of texts, where the text is JSON. */
const hasBlank = (text: string): boolean => /\s/.test(text.replace(/"(?:[^"\\]|\\.)*"/g, ''));

test('every short text of the characters of JSON is JSON where JSON.parse takes it', () => {
  const characters = [...'{}[],:"0-1.eE+tn\\u'];
  const grow = (texts: readonly string[]): string[] =>
    texts.flatMap((text) => characters.map((one) => text + one));
  const three = grow(grow(grow([''])));
  for (const text of [...characters, ...grow(characters), ...three]) agree(text);
  for (const text of three)
    for (const around of [`[${text}]`, `{"a":${text}}`, `"${text}"`, `[1${text}1]`]) agree(around);
});

test('it knows escapes, signs of exponents, control characters and deep nesting', () => {
  for (const text of [
    '"\\u00E4\\ud800"',
    '"\\u00g0"',
    '"\\x"',
    '"a\u0001"',
    '"\u007f"',
    '1e+5',
    '1E-05',
    '1e',
    '-',
    '01',
    '-0',
    'true',
    'tru',
    'truex',
    'nul',
    '"',
    '',
    `${'['.repeat(500)}${']'.repeat(500)}`,
    `${'['.repeat(500)}${']'.repeat(499)}`,
    `${'{"a":['.repeat(100)}${']}'.repeat(100)}`,
    '{"a":1,"a":2}',
    '{"a"}',
    '{"a":}',
    '{,}',
    '[,]',
    '{1:2}',
  ])
    agree(text);
});
