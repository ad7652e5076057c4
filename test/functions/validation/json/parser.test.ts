import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../../functions/validation/manifest/manifest.ts';
import { openParser } from '../../../../functions/validation/parser.ts';
import type { InvalidRecord } from '../../../../functions/validation/records.ts';
import { ViolationLog } from '../../../../functions/validation/violations.ts';
import { factsOf, manifestOf, messagesOf, outcomeOf, validate } from '../fixture.ts';
import { recordViolations } from './reference.ts';

const text = { type: 'string' };
const fields = {
  id: { type: 'int', required: true },
  name: { type: 'string', max_length: 5 },
  paid: { type: 'decimal(10,2)' },
  share: { type: 'float' },
  ok: { type: 'bool' },
  at: { type: 'timestamp' },
  'tags[]': { type: 'string', required: true },
  'address.city': { type: 'string', required: true },
  'address.geo.lat': { type: 'float' },
  'items[].price': { type: 'decimal(10,2)', required: true },
  'items[].note': text,
};
const good =
  '{"id":1,"name":"x","paid":1.10,"share":1e3,"ok":true,"at":"2024-06-25 17:43:13","tags":["a"],"address":{"city":"Niort","geo":{"lat":46.3}},"items":[{"price":0.52,"note":null}]}';
const jsonl = { extension: '.jsonl', name_pattern: undefined, fields };
const key = 'data/streams/a.jsonl';
const one = (line: string, schema = {}) => validate(`${line}\n`, { key, schema: { ...jsonl, ...schema } });

/** A valid record with one member changed. */
const having = (name: string, value: string): string => {
  const tree = JSON.parse(good);
  tree[name] = 0;
  return JSON.stringify(tree).replace(`"${name}":0`, `"${name}":${value}`);
};

describe('JSON lines', () => {
  it('are accepted with the facts that engines read them by', async () => {
    const content = `${good}\n{"address":{"city":"x"},"tags":["y"],"id":2}\n`;
    expect(await factsOf(content, { key, schema: jsonl })).toMatchObject({
      format: 'jsonl',
      bom: false,
      header: Object.keys(fields),
      line_end: 'lf',
      multiline: false,
      records: 2,
      bytes: content.length,
    });
  });

  it.each([
    ['CRLF', `${good}\r\n${good}\r\n`, { line_end: 'crlf', records: 2 }],
    ['both line ends', `${good}\r\n${good}\n`, { line_end: 'mixed', records: 2 }],
    ['no end of the last line', `${good}\n${good}`, { line_end: 'lf', records: 2 }],
    ['blanks between tokens', `  ${good.replaceAll(',', ' ,\t')}  \n`, { records: 1 }],
    ['a number that no double holds', having('paid', '12345678.90'), { records: 1 }],
    ['an empty array of objects', having('items', '[]'), { records: 1 }],
    ['null for an array of objects', having('items', 'null'), { records: 1 }],
    [
      'escapes in keys and values',
      having('name', '"\\u00e9\\n\\"\\ud83d\\ude00"').replace('"id"', '"\\u0069d"'),
      {},
    ],
    ['keys in another order', '{"tags":["a"],"id":3,"address":{"city":"b"}}', { records: 1 }],
  ])('may have %s', async (_, content, facts) => {
    expect(await factsOf(content, { key, schema: jsonl })).toMatchObject(facts);
  });

  it.each([
    [
      'a string for an int',
      having('id', '"1"'),
      'line 1, column id: "\\"1\\"" is a string in JSON, the manifest asks for a number (int)',
    ],
    [
      'a fraction for an int',
      having('id', '1.0'),
      'line 1, column id: "1.0" is not an int (digits only, no fraction)',
    ],
    [
      'a number for a string',
      having('name', '7'),
      'line 1, column name: "7" is a number in JSON, the manifest asks for a string (string)',
    ],
    [
      'true for a string',
      having('name', 'true'),
      'line 1, column name: "true" is true or false in JSON, the manifest asks for a string (string)',
    ],
    [
      'an object for a string',
      having('name', '{"a":[1]}'),
      'line 1, column name: "{\\"a\\":[1]}" is an object in JSON, the manifest asks for a string (string)',
    ],
    [
      'too many digits',
      having('paid', '1.234'),
      'line 1, column paid: "1.234" is not a decimal(10,2) (at most 8 digits before the point and 2 after it)',
    ],
    [
      'a wrong element',
      having('items', '[{"price":1},{"price":2},{"price":1.234}]'),
      'line 1, column items[2].price: "1.234" is not a decimal(10,2) (at most 8 digits before the point and 2 after it)',
    ],
    [
      'an element without a value',
      having('items', '[{"price":1},{}]'),
      'line 1, column items[1].price: the value is missing, every record needs one',
    ],
    [
      'null for an element',
      having('items', '[null]'),
      'line 1, column items[0]: the value is null, the manifest asks for an object',
    ],
    [
      'an object for an array',
      having('items', '{}'),
      'line 1, column items[]: the value is an object in JSON, the manifest asks for an array',
    ],
    [
      'a value for an object',
      having('address', '1'),
      'line 1, column address: the value is a number in JSON, the manifest asks for an object',
    ],
    [
      'no object',
      having('address', 'null'),
      'line 1, column address.city: the value is missing, every record needs one',
    ],
    [
      'an empty array of values',
      having('tags', '[]'),
      'line 1, column tags[]: the value is missing, every record needs one',
    ],
    [
      'an empty value in an array',
      having('tags', '["a",""]'),
      'line 1, column tags[1]: the value is missing, every record needs one',
    ],
    ['a new key', having('x', '1'), 'line 1: "x" is a key that the manifest does not name'],
    [
      'a new key in an element',
      having('items', '[{"price":1},{"price":1,"y":2}]'),
      'line 1: "items[].y" is a key that the manifest does not name',
    ],
    ['no object at all', '[1]', 'line 1: the record is an array, every record is an object'],
    ['nothing', '', 'line 1: the line is blank'],
    ['a trailing comma', '{"id":1,}', 'line 1: the record is not JSON: a key in quotes is expected (byte 9)'],
    [
      'a trailing comma in an array',
      '{"id":[1,]}',
      'line 1: the record is not JSON: a value is expected (byte 10)',
    ],
    ['NaN', '{"id":NaN}', 'line 1: the record is not JSON: a value is expected (byte 7)'],
    [
      'a number that begins with 0',
      '{"id":01}',
      'line 1: the record is not JSON: a number begins with 0 (byte 7)',
    ],
    ['a number without digits', '{"id":-}', 'line 1: the record is not JSON: a digit is expected (byte 8)'],
    ['a point without digits', '{"id":1.}', 'line 1: the record is not JSON: a digit is expected (byte 9)'],
    [
      'an exponent without digits',
      '{"id":1e+}',
      'line 1: the record is not JSON: a digit is expected (byte 10)',
    ],
    ['single quotes', "{'id':1}", 'line 1: the record is not JSON: a key in quotes is expected (byte 2)'],
    [
      'two records in a line',
      '{"id":1} {"id":2}',
      'line 1: the record is not JSON: something follows it (byte 10)',
    ],
    ['a comma between lines', '{"id":1},', 'line 1: the record is not JSON: something follows it (byte 9)'],
    [
      'a key twice',
      '{"id":1,"\\u0069d":2}',
      'line 1: the record is not JSON: an object names a key twice (byte 18)',
    ],
    [
      'a new key twice',
      '{"x":{"y":1,"y":2}}',
      'line 1: the record is not JSON: an object names a key twice (byte 13)',
    ],
    [
      'half a character',
      '{"name":"\\ud83d!"}',
      'line 1: the record is not JSON: an escape is half of a character (byte 10)',
    ],
    [
      'the other half',
      '{"name":"\\ude00"}',
      'line 1: the record is not JSON: an escape is half of a character (byte 10)',
    ],
    [
      'an escaped NUL',
      '{"name":"\\u0000"}',
      'line 1: the record is not JSON: \\u0000 is a NUL, which no text may hold (byte 10)',
    ],
    ['a NUL', '{"name":"\0"}', 'line 1: the record is not JSON: the string holds a NUL byte (byte 10)'],
    [
      'a tab in a string',
      '{"name":"\t"}',
      'line 1: the record is not JSON: the string holds a control character (byte 10)',
    ],
    [
      'a carriage return in a string',
      '{"name":"\r"}',
      'line 1: the record is not JSON: the string holds a line break (byte 10)',
    ],
    ['no end of a string', '{"name":"x', 'line 1: the record is not JSON: the string has no end (byte 11)'],
    ['no end', '{"id":1', 'line 1: the record is not JSON: a comma or } is expected (byte 8)'],
    [
      'deep nesting',
      `{"x":${'['.repeat(100_000)}`,
      'line 1: the record is not JSON: it nests deeper than 64 levels (byte 69)',
    ],
  ])('name what is wrong: %s', async (_, line, message) => {
    const messages = messagesOf(await one(line));
    expect(messages).toContain(message);
    expect(messages).toHaveLength(
      messages.filter((says) => /missing, every record/.test(says) && says !== message).length + 1,
    );
  });

  it('counts by the column, whichever element it is', async () => {
    const line = having('items', '[{"price":"1"},{"price":true},{"price":1.234}]');
    expect(outcomeOf(await one(line))).toEqual({ 'type:items[].price': 3 });
  });

  it('names the line, and tells invalid records from valid ones', async () => {
    const content = `${good}\n{"id":}\n${good}\n\n${having('id', '9223372036854775808')}\n`;
    const validation = await validate(content, { key, schema: jsonl });
    expect(validation).toMatchObject({
      verdict: 'rejected',
      records: 5,
      counts: { json: 1, blank_line: 1, 'type:id': 1 },
    });
    expect(validation.verdict === 'rejected' && validation.violations.map(({ line }) => line)).toEqual([
      2, 4, 5,
    ]);
  });

  it('asks every record for all keys where the manifest does', async () => {
    const validation = await one('{"id":1,"tags":["a"],"address":{"city":"b"}}', {
      fields_required: true,
      fields: {
        id: fields.id,
        name: text,
        'tags[]': text,
        'address.city': text,
        'address.zip': text,
        'items[].a': text,
      },
    });
    expect(outcomeOf(validation)).toEqual({
      'missing_column:name': 1,
      'missing_column:address.zip': 1,
      'missing_column:items': 1,
    });
  });

  it('says how columns differ where the manifest allows it', async () => {
    const line = having('x', '{"deep":[1,{"a":2}]}').replace('"price"', '"rebate":1,"price"');
    for (const [unknown_fields, kept] of [
      ['ignore', 'ignored'],
      ['text', 'kept as text'],
    ]) {
      const validation = await one(line, { unknown_fields, fields: { ...fields, 'items[].extra': text } });
      expect(validation).toMatchObject({
        verdict: 'accepted',
        drift: [
          `new column "items[].rebate", ${kept}`,
          `new column "x", ${kept}`,
          'column "items[].extra" is missing, taken as empty',
        ],
      });
    }
  });

  it('rejects keys that are data', async () => {
    const lines = Array.from(
      { length: 3000 },
      (_, at) => `{"id":1,"tags":["a"],"address":{"city":"b"},"k${at}":1}\n`,
    );
    const validation = await validate(lines.join(''), {
      key,
      schema: { ...jsonl, unknown_fields: 'ignore' },
    });
    expect(outcomeOf(validation)).toEqual({ unknown_column: 1 });
  });

  it('rejects keys that are longer together than the ledger can keep', async () => {
    const lines = Array.from(
      { length: 300 },
      (_, at) => `{"id":1,"tags":["a"],"address":{"city":"b"},"${'k'.repeat(1000)}${at}":1}\n`,
    );
    const validation = await validate(lines.join(''), {
      key,
      schema: { ...jsonl, unknown_fields: 'ignore' },
    });
    expect(messagesOf(validation)).toEqual([
      'the file has keys that the manifest does not name, which take more than 163840 bytes together; what follows was not read',
    ]);
  });

  it('find records with the same key, however it is written', async () => {
    const schema = {
      key: ['place.name', 'id'],
      fields: {
        id: { type: 'decimal(4,2)', required: true },
        'place.name': { type: 'string', required: true },
      },
    };
    const lines = [
      '{"id":1.5,"place":{"name":"aé"}}',
      '{"place":{"name":"aé"},"id":2}',
      '{"place":{"name":"\\u0061\\u00e9"},"id":1.50}',
      '{"id":1.5,"place":{"name":"b"}}',
    ];
    const validation = await validate(`${lines.join('\n')}\n`, { key, schema: { ...jsonl, ...schema } });
    expect(validation).toMatchObject({ verdict: 'rejected', counts: { 'duplicate:place.name': 2 } });
    expect(validation.verdict === 'rejected' && validation.violations.map(({ line }) => line)).toEqual([
      1, 3,
    ]);
  });

  it('keeps personal data out of violations', async () => {
    const secret = { fields: { ...fields, 'items[].note': { type: 'int', pii: true } } };
    const line = having('items', '[{"price":1,"note":"Mary"}]').replace('{"id"', '{"Mary":1,"id"');
    const validation = await one(line, secret);
    expect(JSON.stringify(validation)).not.toContain('Mary');
    expect(outcomeOf(validation)).toEqual({ 'type:items[].note': 1, unknown_column: 1 });
  });

  it.each([
    ['UTF-16', Buffer.from(`${good}\n`, 'utf16le'), 'the file is UTF-16, not JSON in UTF-8'],
    [
      'UTF-16 the other way round',
      Buffer.from(`${good}\n`, 'utf16le').swap16(),
      'the file is UTF-16, not JSON in UTF-8',
    ],
    [
      'a byte-order mark',
      Buffer.from(`\ufeff${good}\n`),
      'the file begins with a byte-order mark, which JSON has not',
    ],
    [
      'Zstandard',
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]),
      'the file is Zstandard (zstd), which is not read, not JSON in UTF-8',
    ],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d, 0x0a]), 'line 1: the record is not UTF-8'],
  ])('recognise %s', async (_, content, message) => {
    expect(messagesOf(await validate(content, { key, schema: jsonl }))).toEqual([message]);
  });
});

type Told = {
  good: string;
  bad: Omit<InvalidRecord, 'violations'>[];
  counts: Record<string, number>;
  kept: unknown;
};

/** What a parser says and tells of content that comes in pieces of so many bytes. */
const told = (content: Buffer, manifest: Manifest, piece: number, window: number): Told => {
  const violations = new ViolationLog();
  const good: Buffer[] = [];
  const bad: Told['bad'] = [];
  const listener = {
    onValid: (bytes: Uint8Array) => void good.push(Buffer.from(bytes)),
    onInvalid: ({ line, bytes }: InvalidRecord) => void bad.push({ line, bytes: Buffer.from(bytes) }),
  };
  const parser = openParser(manifest, violations, listener, window);
  for (let at = 0; at < content.length && !parser.isStopped; at += piece) {
    parser.write(content.subarray(at, at + piece));
  }
  if (!parser.isStopped) parser.end();
  const { counts, kept } = violations;
  return { good: Buffer.concat(good).toString('latin1'), bad, counts, kept };
};

const value = fc.constantFrom(
  ...[
    'null',
    'true',
    'false',
    '0',
    '-0',
    '1',
    '1.10',
    '-12.5',
    '1e3',
    '1E-7',
    '01',
    '1.',
    '.5',
    '+1',
    'NaN',
    '1e999',
  ],
  ...[
    '9223372036854775807',
    '9223372036854775808',
    '0.1',
    '12345678901234567.89',
    '""',
    '"x"',
    '"toolong"',
    '"é"',
  ],
  ...[
    '"\\u0061"',
    '"\\ud83d\\ude00"',
    '"\\ude00\\ude00"',
    '"\\"}"',
    '"\\\\"',
    '"],["',
    '"\\ud83d"',
    '"\\u0000"',
    '"\\x"',
    '"a\\n"',
    '"2024-06-25 17:43:13"',
  ],
  ...[
    '"2023-02-29 00:00:00"',
    '[]',
    '["a"]',
    '["a",null]',
    '[1,"b"]',
    '{}',
    '{"city":"x"}',
    '{"city":null,"zip":1}',
  ],
  ...[
    '{"city":"x","geo":{"lat":1.5}}',
    '{"city":"x","geo":{"lat":"1"}}',
    '[{"price":1.1}]',
    '[{"price":1.1,"note":"n"},{}]',
  ],
  ...[
    '[{"price":1},null,1]',
    '[[{"price":1}]]',
    '{"a":1,"a":2}',
    '[{"price":1,"price":2}]',
    '[1,]',
    '{"a":1,}',
    '\u0000',
    '"\t"',
  ],
);
const name = fc.constantFrom(
  ...[
    'id',
    'name',
    'paid',
    'share',
    'ok',
    'at',
    'tags',
    'address',
    'items',
    'x',
    '__proto__',
    '\\u0069d',
    '',
  ],
);
const blank = fc.constantFrom('', '', '', ' ', '\t');
const member = fc
  .tuple(blank, name, value, blank)
  .map(([before, key, held, after]) => `${before}"${key}"${after}:${before}${held}${after}`);
const clean = fc.constant(good);
const object = fc.array(member, { maxLength: 6 }).map((members) => `{${members.join(',')}}`);
const record = fc.oneof(clean, clean, object, object, value);

/** Some bytes of a content changed. */
const mutated = (content: fc.Arbitrary<string>): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      content,
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'{}[]",:\\\n\r\t 0e-\0\xff\xc3', '')), { maxLength: 2 }),
    )
    .map(([whole, changes]) => {
      let bytes = Buffer.from(whole);
      for (const [at, put] of changes) {
        const place = at % (bytes.length + 1);
        bytes = Buffer.concat([
          bytes.subarray(0, place),
          Buffer.from(put, 'latin1'),
          bytes.subarray(place + 1),
        ]);
      }
      return bytes;
    });

const linesOf = (content: Buffer): Buffer[] => {
  const lines: Buffer[] = [];
  for (let from = 0; from < content.length; ) {
    const at = content.indexOf(10, from);
    lines.push(content.subarray(from, at < 0 ? content.length : at + 1));
    from = at < 0 ? content.length : at + 1;
  }
  return lines;
};

/** A carriage return between values becomes a blank, since engines may take it for the end of the line. */
const asEnginesRead = (line: Buffer): string => {
  const text = line.toString('latin1');
  const record = text.replace(/\r?\n$/, '');
  return record.includes('\r') ? `${record.replaceAll('\r', ' ')}\n` : text;
};

const countsOf = (violations: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const violation of violations) counts[violation] = (counts[violation] ?? 0) + 1;
  return counts;
};

const policy = fc.record({
  unknown_fields: fc.constantFrom('reject', 'ignore', 'text'),
  fields_required: fc.boolean(),
});

describe('however the bytes arrive', () => {
  const lines = mutated(
    fc.array(fc.tuple(record, fc.constantFrom('\n', '\n', '\r\n'))).map((all) => all.flat().join('')),
  );

  it('lines are validated as the reference validates them', () => {
    fc.assert(
      fc.property(lines, policy, fc.integer({ min: 1, max: 40 }), (content, schema, piece) => {
        const manifest = manifestOf({ ...jsonl, ...schema });
        const answer = told(content, manifest, piece, 64);
        fc.pre(!('binary' in answer.counts));
        const whole = linesOf(content);
        const validated = whole.map((line) => recordViolations(withoutEnd(line), manifest));
        expect(answer.counts).toEqual(countsOf(validated.flat()));
        const isGood = (_: Buffer, at: number) => validated[at]?.length === 0;
        expect(answer.good).toBe(whole.filter(isGood).map(asEnginesRead).join(''));
        expect(answer.bad.map(({ line }) => line)).toEqual(
          validated.flatMap(({ length }, at) => (length > 0 ? [at + 1] : [])),
        );
      }),
      { numRuns: 1500 },
    );
  });

  const separator = fc.constantFrom(',', ', ', ',\n', '\n,\r\n  ');
  const elements = fc.array(fc.tuple(record, separator), { maxLength: 5 }).map((all) => {
    const joined = all.flat();
    return `[${joined.slice(0, -1).join('')}]`;
  });

  it('an array is validated as the reference validates it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          mutated(elements),
          elements.map((whole) => Buffer.from(whole)),
        ),
        policy,
        fc.integer({ min: 1, max: 40 }),
        (content, schema, piece) => {
          // Whether a file without a byte is bad is on_empty's to say.
          fc.pre(content.length > 0);
          const manifest = manifestOf({ extension: '.json', name_pattern: undefined, fields, ...schema });
          const answer = told(content, manifest, piece, 64);
          const elementTexts = arrayElements(content);
          if (!elementTexts) expect(Object.keys(answer.counts)).not.toEqual([]);
          else {
            const validated = elementTexts.map((element) => recordViolations(element, manifest));
            if (validated.some((violations) => violations.includes('json')))
              expect(answer.counts).toHaveProperty('json');
            else {
              expect(answer.counts).toEqual(countsOf(validated.flat()));
              const good = elementTexts.filter((_, at) => validated[at]?.length === 0);
              expect(
                answer.good
                  .split('\n')
                  .slice(0, -1)
                  .map((line) => JSON.parse(line)),
              ).toEqual(good.map((element) => JSON.parse(element.toString('latin1'))));
            }
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('the same is said at every chunk size and window', () => {
    fc.assert(
      fc.property(fc.oneof(lines, mutated(elements)), fc.boolean(), (content, isArray) => {
        const manifest = manifestOf({
          ...jsonl,
          extension: isArray ? '.json' : '.jsonl',
          max_row_bytes: 300,
        });
        const whole = told(content, manifest, 2 ** 16, 2 ** 16);
        for (const piece of [1, 2, 3, 5, 17]) expect(told(content, manifest, piece, 16)).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });
});

const withoutEnd = (line: Buffer): Buffer => {
  if (line.at(-1) !== 10) return line;
  return line.subarray(0, line.at(-2) === 13 ? -2 : -1);
};

/** Texts of the elements of an array that JSON.parse reads; undefined for anything else. */
const arrayElements = (content: Buffer): Buffer[] | undefined => {
  const text = content.toString('latin1');
  try {
    if (!Array.isArray(JSON.parse(text))) return undefined;
  } catch {
    return undefined;
  }
  const elements: string[] = [];
  let [depth, from] = [0, 0];
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]/g)) {
    if (token === '[' || token === '{') depth++;
    if (token === '[' && depth === 1) from = index + 1;
    if (token === ',' && depth === 1) {
      elements.push(text.slice(from, index));
      from = index + 1;
    }
    if (token === ']' || token === '}') depth--;
    if (depth === 0) elements.push(text.slice(from, index));
    if (depth === 0) break;
  }
  const texts = elements.map((element) => element.trim());
  return (texts.length === 1 && texts[0] === '' ? [] : texts).map((element) =>
    Buffer.from(element, 'latin1'),
  );
};
