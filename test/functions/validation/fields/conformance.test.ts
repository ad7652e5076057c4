import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FieldValidator, validateField } from '../../../../functions/validation/fields/check.ts';
import type { Manifest } from '../../../../functions/validation/manifest/manifest.ts';
import { readFast } from '../fast/reading.ts';
import { manifestOf } from '../fixture.ts';
import { conformanceCases } from './conformance-cases.ts';
import { brokenRule } from './reference.ts';

/** One column, with nothing but its type, and with bounds that leave out no value, which are read otherwise. */
type Column = { readonly validate: FieldValidator; readonly manifests: readonly Manifest[] };

const smallest: Readonly<Record<string, string>> = {
  int: '-9223372036854775808',
  float: '-1.7976931348623157e308',
  date: '0001-01-01',
  timestamptz: '0001-01-01T00:00:00Z',
};

/** The least value of a type; a bool has none. */
const leastOf = (type: string, format = ''): string | undefined => {
  const [, precision = 0, scale = 0] = (/^decimal\((\d+),(\d+)\)$/.exec(type) ?? []).map(Number);
  if (precision > 0) return `-${'9'.repeat(precision - scale) || '0'}${scale ? `.${'9'.repeat(scale)}` : ''}`;
  if (type !== 'timestamp') return smallest[type];
  return `0001-01-01${format.includes('T') ? 'T' : ' '}00:00:00${format.endsWith('Z') ? 'Z' : ''}`;
};

const columnOf = (name: string): Column => {
  const [, type = '', format] = /^(\S+)(?: (.+))?$/.exec(name) ?? [];
  const field = { type, required: true, ...(format && { format }) };
  const min = leastOf(type, format);
  const manifests = [field, ...(min ? [{ ...field, min }] : [])].map((a) => manifestOf({ fields: { a } }));
  const [declared] = manifests[0]?.fields ?? [];
  if (!declared) throw new Error('the manifest names no field');
  return { validate: validateField(declared), manifests };
};

const columns = new Map(
  [...new Set(conformanceCases.map(({ type }) => type))].map((type) => [type, columnOf(type)]),
);

const columnFor = (type: string): Column => columns.get(type) ?? columnOf(type);

const cut = { sizes: [2 ** 20], windowBytes: 2 ** 14 };

/** Whether a file of one column is accepted with this text as its value. */
const isAccepted = (manifest: Manifest, written: string): boolean => {
  const { records, counts } = readFast(Buffer.from(`a\n${written}\n`), manifest, cut).reading;
  return records === 1 && Object.keys(counts).length === 0;
};

/** What each reading of values says of a text. Bytes that are not surely a value are read as text, and so are such records. */
const verdicts = (type: string, text: string) => {
  const { validate, manifests } = columnFor(type);
  const bytes = Buffer.from(`9${text}9`);
  const isText = validate.violation(text) === undefined;
  const quoted = `"${text.replaceAll('"', '""')}"`;
  const isPlain = text !== '' && !/[",\r\n]/.test(text);
  return {
    text: isText,
    bytes: validate.quick(bytes, 1, bytes.length - 1) || isText,
    ...Object.fromEntries(
      manifests.flatMap((manifest, at) => [
        [`quoted ${at}`, isAccepted(manifest, quoted)],
        [`plain ${at}`, isPlain ? isAccepted(manifest, text) : isText],
      ]),
    ),
  };
};

const disagreeing = (type: string, text: string, isValue: boolean): readonly string[] =>
  Object.entries(verdicts(type, text))
    .filter(([, says]) => says !== isValue)
    .map(([reading]) => reading);

const seed = Number(process.env.CONFORMANCE_SEED ?? Date.now() % 2 ** 31);

const characters = [
  ...'0123456789',
  ...'+-.,:eETZtz xX_',
  ...'trufalsTRUFALS',
  '\u00a0',
  '\0',
  '"',
  '٣',
  '−',
  '\n',
];

type Change = { readonly at: number; readonly removed: number; readonly added: string };

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat({ max: 40 }),
  removed: fc.constantFrom(0, 1, 1, 2),
  added: fc.oneof(fc.constant(''), fc.constantFrom(...characters), fc.stringMatching(/^[0-9]{1,3}$/)),
});

const changed = (text: string, changes: readonly Change[]): string =>
  changes.reduce((before, { at, removed, added }) => {
    const from = at % (before.length + 1);
    return before.slice(0, from) + added + before.slice(from + removed);
  }, text);

/** Texts that are nearly a case, for its type or for another one. */
const mutations = fc
  .record({
    type: fc.constantFrom(...columns.keys()),
    own: fc.nat(),
    other: fc.constantFrom(...conformanceCases),
    isOwn: fc.constantFrom(true, true, true, false),
    changes: fc.array(change, { minLength: 1, maxLength: 3 }),
  })
  .map(({ type, own, other, isOwn, changes }) => {
    const cases = conformanceCases.filter((one) => one.type === type && one.text.length < 100);
    const { text } = isOwn ? (cases[own % cases.length] ?? other) : other;
    return { type, text: changed(text, changes) };
  });

describe('the readings of values', () => {
  it.each([...columns.keys()])('agree on every case of %s', (type) => {
    const wrong = conformanceCases
      .filter((one) => one.type === type)
      .map(({ text, isValue, why }) => ({ text, why, isValue, wrong: disagreeing(type, text, isValue) }))
      .filter((one) => one.wrong.length > 0);
    expect(wrong).toEqual([]);
  });

  it.each([...columns.keys()].filter((type) => type !== 'float'))(
    'take every value of %s compiled',
    (type) => {
      const values = conformanceCases
        .filter((one) => one.type === type && one.isValue)
        .map(({ text }) => text);
      const bytes = Buffer.from(`a\n${values.join('\n')}\n`);
      for (const manifest of columnFor(type).manifests)
        expect(readFast(bytes, manifest, cut).taken).toBe(values.length);
    },
  );

  it(`agree on texts that are nearly a case (seed ${seed})`, () => {
    fc.assert(
      fc.property(mutations, ({ type, text }) => {
        const [field] = columnFor(type).manifests[0]?.fields ?? [];
        const isValue = field !== undefined && brokenRule(field, text) === undefined;
        expect(disagreeing(type, text, isValue)).toEqual([]);
      }),
      { numRuns: 2000, seed },
    );
  });
});
