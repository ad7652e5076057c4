import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvParser } from '../../../../functions/validation/csv/parser.ts';
import { KeyIndex } from '../../../../functions/validation/keys/key-index.ts';
import type { Scratch } from '../../../../functions/validation/keys/partitions.ts';
import type { Manifest } from '../../../../functions/validation/manifest/manifest.ts';
import { validateFile } from '../../../../functions/validation/validate-file.ts';
import type { Validation } from '../../../../functions/validation/verdict.ts';
import { ViolationLog } from '../../../../functions/validation/violations.ts';
import { manifestOf, messagesOf, pieces, validate } from '../fixture.ts';

const fields = {
  id: { type: 'int', required: true, pii: true },
  price: { type: 'decimal(10,2)', required: true },
  note: { type: 'string' },
};
const schemaOf = (on_duplicate: string, on_error = 'quarantine', key = ['id', 'price']) => ({
  fields,
  key,
  on_duplicate,
  validation: { on_error },
});
const file = 'note,id,price\na,7,1.0\nb,8,1.0\nc,7,1.00\nd,x,1\ne,7,1\n';
const clean = file.replace('d,x,1\n', '');

describe('records with the same key', () => {
  it.each([
    ['first', [3, 4]],
    ['last', [1, 3]],
    ['reject', [1, 3, 4]],
  ] as const)('are quarantined but for the %s one', async (on_duplicate, ordinals) => {
    const validation = await validate(clean, { schema: schemaOf(on_duplicate, 'quarantine_rows') });
    expect(linesOfDuplicates(validation)).toEqual(ordinals);
    expect(validation).toMatchObject({
      verdict: 'accepted',
      facts: { records: 4 },
      quarantined: { rows: ordinals.length, counts: { 'duplicate:id': ordinals.length } },
    });
  });

  it('reject a file of which no row is quarantined', async () => {
    expect(messagesOf(await validate(clean, { schema: schemaOf('reject') }))).toEqual([
      'line 2, column id: the record has the same key (id, price) as the record on line 4',
      'line 4, column id: the record has the same key (id, price) as the record on line 2',
      'line 5, column id: the record has the same key (id, price) as the record on line 2',
    ]);
  });

  it.each(['first', 'last'])('do not reject such a file where the %s is kept', async (on_duplicate) => {
    const validation = await validate(clean, { schema: schemaOf(on_duplicate) });
    expect(validation).toMatchObject({ verdict: 'accepted', quarantined: { rows: 2 } });
  });

  it('are no invalid rows where one is kept, yet stand beside them', async () => {
    const schema = { ...schemaOf('last'), validation: { on_error: 'quarantine_rows', max_bad_rows: 1 } };
    expect(await validate(file, { schema })).toMatchObject({
      verdict: 'accepted',
      quarantined: { rows: 3, total: 3, counts: { 'duplicate:id': 2, 'type:id': 1 } },
    });
    expect(await validate(file, { schema: { ...schema, on_duplicate: 'reject' } })).toMatchObject({
      verdict: 'rejected',
      counts: { max_bad_rows: 1 },
    });
  });

  it('are none where one of them is bad for another reason', async () => {
    const schema = schemaOf('first', 'quarantine_rows', ['id']);
    expect(await validate('note,id,price\na,7,x\nb,7,1\n', { schema })).toMatchObject({
      quarantined: { rows: 1, counts: { 'type:price': 1 } },
    });
  });

  it('say where the other is, and no value', async () => {
    const validation = await validate(clean, { schema: schemaOf('last', 'quarantine', ['id']) });
    expect(validation).toMatchObject({
      quarantined: {
        violations: [
          {
            rule: 'duplicate',
            line: 2,
            column: 'id',
            message:
              'line 2, column id: the record has the same key as the record on line 5, which is kept as the last one',
          },
          { line: 4 },
        ],
      },
    });
    if (validation.verdict !== 'accepted') throw new Error(validation.verdict);
    expect(/7/.test(JSON.stringify(validation.quarantined))).toBe(false);
  });

  it('are invalid records when the file is read again', async () => {
    const manifest = manifestOf(schemaOf('last', 'quarantine_rows'));
    const validation = await validate(file, { schema: schemaOf('last', 'quarantine_rows') });
    expect(read(file, manifest, validation)).toEqual([
      'bad 2 duplicate: a,7,1.0',
      'good b,8,1.0\n',
      'bad 4 duplicate: c,7,1.00',
      'bad 5 type: d,x,1',
      'good e,7,1\n',
    ]);
  });
});

describe('values of a key', () => {
  it.each([
    ['int', '0', '-0'],
    ['decimal(5,2)', '1.00', '1'],
    ['decimal(5,2)', '1.50', '1.5'],
    ['decimal(5,2)', '-0.00', '0'],
    ['float', '1e2', '100'],
    ['float', '-0.0', '0'],
    ['bool', 'True', 'true'],
    ['bool', 'FALSE', 'false'],
    ['timestamp', '2024-06-25 17:43:13.500', '2024-06-25 17:43:13.5'],
    ['timestamp', '2024-06-25 17:43:13.000000', '2024-06-25 17:43:13'],
    ['utc', '2024-06-25T17:43:13.50Z', '2024-06-25T17:43:13.5Z'],
    ['utc', '2024-06-25T17:43:13.0Z', '2024-06-25T17:43:13Z'],
    ['string', '"a,""b"""', '"a,""b"""'],
    ['string', '"a"', 'a'],
  ])('of type %s are the same: %s and %s', async (type, one, other) => {
    expect(await duplicatesOf(type, one, other)).toBe(1);
  });

  it.each([
    ['int', '10', '100'],
    ['int', '1', '-1'],
    ['decimal(5,2)', '10', '1'],
    ['decimal(5,2)', '1.05', '1.5'],
    ['float', '1e2', '1e3'],
    ['bool', 'true', 'false'],
    ['timestamp', '2024-06-25 17:43:10', '2024-06-25 17:43:1'.concat('1')],
    ['date', '2024-06-25', '2024-06-26'],
    ['string', '1.0', '1.00'],
    ['string', 'a', 'A'],
    ['string', '" a"', 'a'],
  ])('of type %s differ: %s and %s', async (type, one, other) => {
    expect(await duplicatesOf(type, one, other)).toBe(0);
  });

  it('are not mixed up with their neighbours', async () => {
    const schema = {
      fields: { a: { type: 'string', required: true }, b: { type: 'string', required: true } },
      key: ['a', 'b'],
    };
    expect((await validate('a,b\nab,c\na,bc\n', { schema })).verdict).toBe('accepted');
  });

  it('may be long', async () => {
    const long = 'x'.repeat(5000);
    expect(await duplicatesOf('string', long, long)).toBe(1);
    expect(await duplicatesOf('string', long, `${long}x`)).toBe(0);
  });
});

const typeOf = (type: string): object => {
  if (type === 'utc') return { type: 'timestamp', format: 'YYYY-MM-DDTHH:mm:ss[.ffffff]Z' };
  return { type, ...(type === 'timestamp' && { format: 'YYYY-MM-DD HH:mm:ss[.ffffff]' }) };
};

const duplicatesOf = async (type: string, one: string, other: string): Promise<number> => {
  const schema = {
    fields: { k: { required: true, ...typeOf(type) }, v: { type: 'int' } },
    key: ['k'],
    on_duplicate: 'first',
  };
  const validation = await validate(`k,v\n${one},1\n${other},2\n`, { schema });
  if (validation.verdict !== 'accepted') throw new Error(messagesOf(validation).join('\n'));
  return validation.quarantined?.rows ?? 0;
};

it('finds with any memory what a map finds', () => {
  const manifest = manifestOf({ fields, key: ['id'] });
  const kept = fc.constantFrom('first', 'last', 'reject');
  const keys = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 2000, size: 'max' });
  fc.assert(
    fc.property(keys, kept, fc.constantFrom(0, 10_000, 1e9), (ids, on_duplicate, memoryBytes) => {
      const index = new KeyIndex(manifest, { seed: 'v1', scratch: memoryScratch(), memoryBytes });
      for (const [at, id] of ids.entries()) {
        index.takeText(String(id));
        index.add(at * 3 + 1, at + 10);
      }
      const found = [...index.duplicates(on_duplicate)].map(({ ordinal, line, other }) => [
        (ordinal - 1) / 3,
        line - 10,
        other - 10,
      ]);
      expect(found).toEqual(naive(ids, on_duplicate));
    }),
    { numRuns: 100 },
  );
});

it('uses the scratch for what memory does not hold', () => {
  const scratch = memoryScratch();
  const index = new KeyIndex(manifestOf({ fields, key: ['id'] }), { scratch, memoryBytes: 20_000 });
  for (let at = 1; at <= 600_000; at++) {
    index.takeText(String(at % 400_000));
    index.add(at, at + 1);
  }
  const duplicates = index.duplicates('first');
  expect(duplicates.count).toBe(200_000);
  expect(scratch.size()).toBeGreaterThan(5e6);
  expect([...duplicates][199_999]).toEqual({ ordinal: 600_000, line: 600_001, other: 200_001 });
  expect(
    [...duplicates].filter(({ ordinal, line, other }) => line === ordinal + 1 && other === line - 400_000),
  ).toHaveLength(200_000);
});

it.each([
  ['first', 3, 1],
  ['last', 1, 19_999],
  ['reject', 1, 3],
] as const)('finds thousands of duplicates of one key (%s)', (kept, ordinal, other) => {
  const index = new KeyIndex(manifestOf({ fields, key: ['id'] }), {
    scratch: memoryScratch(),
    memoryBytes: 0,
  });
  for (let at = 1; at <= 20_000; at++) {
    index.takeText(String(at % 2));
    index.add(at, at);
  }
  const [first] = index.duplicates(kept);
  expect(first).toEqual({ ordinal, line: ordinal, other });
});

it('rejects a file with more lines than it can count', async () => {
  const index = new KeyIndex(manifestOf({ fields, key: ['id'] }), {});
  index.takeText('1');
  index.add(1, 2 ** 32);
  expect(index.isOverfull).toBe(true);
});

it('works with a seed and a scratch that come with the file', async () => {
  const content = `id,price,note\n${'1,1,a\n'.repeat(100_000)}`;
  const scratch = memoryScratch();
  const validation = await validateFile({
    key: 'data/streams/streams1.csv',
    size: content.length,
    manifest: manifestOf(schemaOf('first')),
    content: pieces(Buffer.from(content), 2 ** 16),
    seed: 'a version',
    scratch,
    memoryBytes: 0,
  });
  expect(validation).toMatchObject({ quarantined: { rows: 99_999 } });
  expect(scratch.size()).toBeGreaterThan(2e6);
});

const linesOfDuplicates = (validation: Validation): number[] =>
  validation.verdict === 'accepted'
    ? [...(validation.quarantined?.duplicates ?? [])].map(({ ordinal }) => ordinal)
    : [];

/** What a second reading tells, one line for each record. */
const read = (content: string, manifest: Manifest, validation: Validation): string[] => {
  const told: string[] = [];
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
  const listener = {
    onValid: (bytes: Uint8Array) => told.push(`good ${text(bytes)}`),
    onInvalid: ({ line, bytes, violations }: Parameters<NonNullable<Listener['onInvalid']>>[0]) =>
      told.push(`bad ${line} ${violations.map(({ rule }) => rule)}: ${text(bytes)}`),
  };
  const duplicates = validation.verdict === 'accepted' ? validation.quarantined?.duplicates : undefined;
  const parser = new CsvParser(manifest, new ViolationLog(), listener, undefined, { duplicates });
  parser.write(Buffer.from(content));
  parser.end();
  return told;
};
type Listener = NonNullable<ConstructorParameters<typeof CsvParser>[2]>;

const naive = (ids: readonly number[], kept: 'first' | 'last' | 'reject'): number[][] => {
  const places = new Map<number, number[]>();
  for (const [at, id] of ids.entries()) places.set(id, [...(places.get(id) ?? []), at]);
  return ids.flatMap((id, at) => {
    const same = places.get(id) ?? [];
    const keeper = kept === 'last' ? same.at(-1) : same[0];
    const other = at === keeper && kept === 'reject' ? same[1] : keeper;
    return other === undefined || other === at ? [] : [[at, at, other]];
  });
};

const memoryScratch = (): Scratch & { size: () => number } => {
  const parts = new Map<number, Uint8Array>();
  let size = 0;
  return {
    append: (bytes) => {
      parts.set(size, bytes.slice());
      size += bytes.length;
      return size - bytes.length;
    },
    read: (at, into) => into.set(parts.get(at) ?? []),
    close: () => parts.clear(),
    size: () => size,
  };
};
