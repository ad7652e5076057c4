import fc from 'fast-check';
import type { Field } from '../../../functions/validation/fields/field.ts';
import type { Manifest } from '../../../functions/validation/manifest/manifest.ts';
import { type DirtyFile, headerCell } from './dirty-files.ts';
import { dirtyManifests } from './dirty-manifests.ts';
import { quoted, written } from './dirty-mutations.ts';
import { disguisedValues, rightValues } from './dirty-values.ts';

/** How often something happens, of this many times. */
const often = 100;

const rarely = <T>(weight: number, odd: fc.Arbitrary<T>, usual: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: odd }, { weight: often - weight, arbitrary: usual });

const token = fc.constantFrom(
  'a',
  '1',
  '0',
  '-',
  '.',
  ' ',
  'é',
  '☃',
  '😀',
  '\0',
  '\r',
  '\n',
  '\r\n',
  '"',
  "'",
  '`',
  ',',
  '|',
  '\t',
  ';',
);
const junk = fc.array(token, { maxLength: 6 }).map((tokens) => tokens.join(''));

const textOf = (field: Field): fc.Arbitrary<string> =>
  rarely(12, fc.constantFrom(...disguisedValues(field), ''), fc.constantFrom(...rightValues(field)));

/** A field as it stands: seldom broken, often quoted. */
const fieldOf = (field: Field, manifest: Manifest): fc.Arbitrary<string> => {
  const { quote } = manifest;
  const right = textOf(field).chain((text) => fc.constantFrom(written(text, manifest), quoted(text, quote)));
  const breaking = fc.constantFrom('\n', '\r\n', '\r', quote, manifest.delimiter, `${quote}\n`);
  const special = fc.tuple(textOf(field), breaking).map(([text, odd]) => quoted(text + odd, quote));
  return rarely(3, junk, rarely(5, special, right));
};

const rowOf = (manifest: Manifest): fc.Arbitrary<string> => {
  const { delimiter } = manifest;
  const full = fc
    .tuple(...manifest.fields.map((field) => fieldOf(field, manifest)))
    .map((row) => row.join(delimiter));
  const ragged = full.chain((row) =>
    fc.constantFrom(row + delimiter, row.slice(row.indexOf(delimiter) + 1), '', ' '),
  );
  return rarely(4, ragged, full);
};

const headerOf = (manifest: Manifest): fc.Arbitrary<string> => {
  const { fields, delimiter, quote } = manifest;
  const names = fields.map((field) => written(headerCell(field), manifest));
  const odd = [
    names.toReversed(),
    [...names, 'new'],
    names.slice(1),
    [...names, names[0] ?? ''],
    ['x'],
    [...names, ''],
  ];
  const right = fc.constantFrom(
    names,
    fields.map((field) => quoted(headerCell(field), quote)),
  );
  return rarely(10, fc.constantFrom(...odd), right).map((row) => row.join(delimiter));
};

const lineEnd = fc.oneof(fc.constant(['\n']), fc.constant(['\r\n']), fc.constant(['\n', '\r\n', '\n']));

const textOfFile = (manifest: Manifest, mostRows: number): fc.Arbitrary<string> =>
  fc
    .record({
      bom: rarely(15, fc.constant('\ufeff'), fc.constant('')),
      lines: fc.tuple(headerOf(manifest), fc.array(rowOf(manifest), { maxLength: mostRows })),
      ends: lineEnd,
      isEnded: fc.boolean(),
    })
    .map(({ bom, lines: [header, rows], ends, isEnded }) => {
      const lines = [header, ...rows];
      const last = lines.length - 1;
      return (
        bom + lines.map((line, at) => line + (at < last || isEnded ? ends[at % ends.length] : '')).join('')
      );
    });

const hurt = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  bytes: fc.constantFrom(
    [0x80],
    [0xff],
    [0xc0, 0xaf],
    [0xed, 0xa0, 0x80],
    [0xe2, 0x98],
    [0xf0, 0x9f, 0x98],
    [0],
    [0x22],
    [0x0d],
    [0xef, 0xbb, 0xbf],
  ),
});

const unhurt = fc.array(hurt, { maxLength: 0 });

const withHurts = (text: string, hurts: readonly { at: number; bytes: readonly number[] }[]): Buffer =>
  hurts.reduce((bytes, { at, bytes: odd }) => {
    const cut = Math.floor(at * bytes.length);
    return Buffer.concat([bytes.subarray(0, cut), Buffer.from(odd), bytes.subarray(cut)]);
  }, Buffer.from(text));

/** Files of any of the manifests: mostly right, here and there odd, some with bytes in them that no text has. */
export const dirtyFile = (mostRows: number): fc.Arbitrary<DirtyFile> =>
  fc
    .constantFrom(...dirtyManifests)
    .chain(([name, manifest]) =>
      fc
        .tuple(
          textOfFile(manifest, mostRows),
          rarely(15, fc.array(hurt, { minLength: 1, maxLength: 2 }), unhurt),
        )
        .map(([text, hurts]) => ({ name, manifest, bytes: withHurts(text, hurts) })),
    );
