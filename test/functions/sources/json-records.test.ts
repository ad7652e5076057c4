import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BrokenBody } from '../../../functions/sources/broken-body.ts';
import { JsonRecords } from '../../../functions/sources/json-records.ts';
import { type JsonPath, pathKeys } from '../../../functions/sources/paths.ts';

const mostBytes = 4000;

/** Reads a body in parts; `cuts` are positions between them. */
const read = (body: Buffer | string, path: JsonPath, cuts: readonly number[] = []) => {
  const bytes = Buffer.from(body);
  const reader = new JsonRecords(path, mostBytes);
  const places = [0, ...[...cuts].sort((one, other) => one - other), bytes.length];
  const records = places.slice(1).flatMap((to, index) => reader.push(bytes.subarray(places[index], to)));
  return { records, outside: reader.end() };
};

const everywhere = (body: Buffer | string): number[] => [...Buffer.from(body).keys()];

const failureOf = (run: () => unknown): BrokenBody => {
  try {
    run();
  } catch (error) {
    if (error instanceof BrokenBody) return error;
    throw error;
  }
  throw new Error('it was accepted');
};

const blanks = fc.stringMatching(/^[ \t\r\n]{0,3}$/);

/** A JSON text with blanks between its tokens. */
const spaced = (value: unknown, gaps: readonly string[]): string => {
  let at = 0;
  const gap = (): string => gaps[at++ % gaps.length] ?? '';
  return JSON.stringify(value).replace(
    /"(?:[^"\\]|\\.)*"|[-0-9.eE+]+|[a-z]+|[{}[\],:]/g,
    (token) => gap() + token + gap(),
  );
};

const nest = (path: JsonPath, records: unknown, beside: Readonly<Record<string, unknown>>): unknown =>
  path.reduceRight<unknown>((inner, key) => ({ ...beside, [key]: inner }), records);

const keys = fc.constantFrom('data', 'items', 'a"b', 'ü\n', '__proto__x');
const bodies = fc.record({
  path: fc.array(keys, { maxLength: 3 }),
  records: fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 5 }),
  beside: fc.dictionary(fc.constantFrom('next', 'more', 'list'), fc.jsonValue({ maxDepth: 2 })),
  gaps: fc.array(blanks, { minLength: 1, maxLength: 7 }),
});

describe('the records of a JSON body', () => {
  test('are those of JSON.parse, each on one line without blanks, wherever the parts of the body end', () => {
    fc.assert(
      fc.property(bodies, ({ path, records, beside, gaps }) => {
        const body = spaced(nest(path, records, beside), gaps);
        const expected = records.map((record) => JSON.stringify(record));
        for (const cuts of [[], everywhere(body)]) expect(read(body, path, cuts).records).toEqual(expected);
        for (const cut of everywhere(body)) expect(read(body, path, [cut]).records).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('are there exactly if the body is JSON with one list at the path', () => {
    const changes = fc.record({
      at: fc.nat(),
      remove: fc.nat(3),
      insert: fc.stringMatching(/^[[\]{},:" 0-9a\\-]{0,3}$/),
    });
    let rejected = 0;
    fc.assert(
      fc.property(bodies, changes, ({ path, records, beside, gaps }, { at, remove, insert }) => {
        const whole = spaced(nest(path, records, beside), gaps);
        const from = at % (whole.length + 1);
        const body = whole.slice(0, from) + insert + whole.slice(from + remove);
        const expected = parsedAt(body, path);
        for (const cuts of [[], everywhere(body)]) {
          if (expected === undefined) failureOf(() => read(body, path, cuts));
          else if (!isTwice(body)) expect(parsed(read(body, path, cuts).records)).toEqual(expected);
        }
        if (expected === undefined) rejected++;
      }),
      { numRuns: 3000 },
    );
    expect(rejected).toBeGreaterThan(500);
  });

  test('keep their bytes: numbers, escapes and the order of keys', () => {
    const records = ['{"b":1.10,"a":12345678901234567890.0,"t":"\\u00e4\\/ \\n x"}', '-0.0', '"  "', 'null'];
    expect(read(`[ ${records.join(' ,\n')} ]`, []).records).toEqual(records);
  });

  test('may come behind a byte-order mark', () => {
    expect(read('\ufeff[1]', [], [1, 2]).records).toEqual(['1']);
  });

  test('are none in an empty list, which is a success', () => {
    expect(read('[]', []).records).toEqual([]);
    expect(read('{"data":[]}', ['data']).records).toEqual([]);
  });

  test('are found by keys that are written with escapes, also when they are cut', () => {
    const body = '{"d\\u0061ta":[1],"x":{"data":[2]}}';
    expect(read(body, ['data'], everywhere(body)).records).toEqual(['1']);
  });

  test('never become one where blanks are removed', () => {
    for (const body of [
      '[1 2]',
      '[{"a":1 2}]',
      '[tr ue]',
      '[{"a":tr ue}]',
      '[1 . 5]',
      '["a" "b"]',
      '[[1] 2]',
    ])
      expect(failureOf(() => read(body, [])).endsEarly).toBe(false);
  });
});

describe('a body that is not what its source declares', () => {
  test.each([
    ['nothing', '', [], /is empty/, true],
    ['a cut list', '[{"a":1},{"a"', [], /ends early, after 2 records/, true],
    ['a list without its end', '{"data":[1,2]', ['data'], /ends early/, true],
    ['an object in place of the list', '{"error":"no"}', [], /no list of records/, false],
    ['null in place of the list', 'null', [], /no list/, false],
    ['an object at the path', '{"data":{"0":1}}', ['data'], /no list/, false],
    ['a list that is deeper than its path', '{"x":{"data":[1]}}', ['data'], /no list/, false],
    ['the path in a list', '[{"data":[1]}]', ['data'], /no list/, false],
    ['two lists', '{"data":[1],"data":[2]}', ['data'], /two lists/, false],
    ['a page for people', '<html><body>Sorry</body></html>', [], /not JSON/, false],
    ['JSON lines', '{"a":1}\n{"a":2}\n', [], /not JSON/, false],
    ['something behind the list', '[1] x', [], /not JSON/, false],
    ['a comma behind the last record', '[1,]', [], /is not JSON/, false],
    ['a record that is not JSON', "[{'a':1}]", [], /record 1 .* is not JSON/, false],
    ['NaN', '[{"a":NaN}]', [], /record 1 .* is not JSON/, false],
  ])('fails: %s', (_, body, path, message, endsEarly) => {
    for (const cuts of [[], everywhere(body)]) {
      const error = failureOf(() => read(body, path, cuts));
      expect(error.message).toMatch(message);
      expect(error.endsEarly).toBe(endsEarly);
    }
  });

  test('fails when it is not UTF-8, in a record and outside', () => {
    failureOf(() => read(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), []));
    failureOf(() =>
      read(Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xc3), Buffer.from('","b":[]}')]), ['b']),
    );
  });

  test('shows no values', () => {
    expect(failureOf(() => read('[{"mail":"a@b.example" oops}]', [])).message).not.toContain('a@b');
  });

  test('fails for a record that is too large, before it has been read whole', () => {
    const reader = new JsonRecords([], 100);
    expect(reader.push(Buffer.from(`["${'x'.repeat(98)}",`))).toHaveLength(1);
    expect(() => reader.push(Buffer.from(`"${'x'.repeat(99)}`))).not.toThrow();
    expect(failureOf(() => reader.push(Buffer.from('x'))).message).toBe('record 2 has more than 100 bytes');
  });

  test('fails when it has too much outside of its records', () => {
    const reader = new JsonRecords(['data'], 100);
    reader.push(Buffer.from('{"included":"'));
    const part = Buffer.alloc(2 ** 20, 'x');
    expect(() => {
      for (let mebibytes = 0; mebibytes < 5; mebibytes++) reader.push(part);
    }).toThrow(/more than 4194304 bytes outside/);
  });
});

describe('what a body says outside of its records', () => {
  const { outside } = read(
    `{"next":90071992547409931234567890,"page":{"more":true,"url":"\\u0061/b","of":1.0,"none":null},"data":[1],
      "errors":[],"meta":{"@odata.nextLink":"x","n":"12"}}`,
    ['data'],
  );
  const at = (path: string) => outside(pathKeys(path));

  test('has exact texts', () => {
    expect(at('$.next')).toEqual({ kind: 'number', text: '90071992547409931234567890' });
    expect(at('$.page.of')).toEqual({ kind: 'number', text: '1.0' });
    expect(at('$.page.url')).toEqual({ kind: 'text', text: 'a/b' });
    expect(at('$.page.more')).toEqual({ kind: 'truth', text: 'true' });
    expect(at("$.meta['@odata.nextLink']")).toEqual({ kind: 'text', text: 'x' });
    expect(at('$.meta.n')).toEqual({ kind: 'text', text: '12' });
  });

  test('has nothing where nothing or null is, and says of lists and objects whether they are empty', () => {
    for (const path of ['$.page.none', '$.absent', '$.next.deeper', '$.constructor'])
      expect(at(path)).toEqual({ kind: 'nothing' });
    expect(at('$.errors')).toEqual({ kind: 'list', isEmpty: true });
    expect(at('$.meta')).toEqual({ kind: 'object', isEmpty: false });
  });
});

/** The records as JSON.parse finds them; undefined if there are none to find. */
const parsedAt = (body: string, path: JsonPath): unknown[] | undefined => {
  try {
    let value: unknown = JSON.parse(body);
    for (const key of path) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
      value = Object.getOwnPropertyDescriptor(value, key)?.value;
    }
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const parsed = (records: readonly string[]): unknown[] =>
  records.map((record): unknown => JSON.parse(record));

/** JSON.parse takes the last of two keys; then which list is meant is open. */
const isTwice = (body: string): boolean => {
  const all = [...body.matchAll(/"((?:[^"\\]|\\.)*)"\s*:/g)].map(([, key]) => key);
  return new Set(all).size < all.length;
};
