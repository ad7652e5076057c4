import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateFile } from '../../../functions/validation/validate-file.ts';
import { dirtyFile } from './dirty-arbitrary.ts';
import { mutatedFiles } from './dirty-files.ts';
import { cutInto, expectAgreement, readByParser } from './parser-reading.ts';
import { readByReference } from './reference.ts';
import { outcomeOfValidation, validateByReference } from './verdict-reference.ts';

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
const windowBytes = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(2 ** 14));
const cuttings = fc.array(fc.record({ sizes, windowBytes }), { minLength: 1, maxLength: 2 });

/** Names of files of few bytes, or with something that is easily cut wrongly. */
const isSmall = (name: string): boolean =>
  /^one column: |^streams, row by row: .*(CRLF|break in|cut off by|order mark in)/.test(name);

const lineFeed = Buffer.from('\n');
const longFile = 80_000;
const longCutting = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 3 }),
  windowBytes: fc.constantFrom(2 ** 12, 2 ** 15, 40_000, 2 ** 18),
});

async function* inPieces(bytes: Uint8Array, sizesOfPieces: readonly number[]): AsyncGenerator<Uint8Array> {
  yield* cutInto(bytes, sizesOfPieces);
}

describe('a file that comes in pieces', () => {
  it('is read as a slow reader reads the whole, however it is cut', () => {
    fc.assert(
      fc.property(dirtyFile(12), cuttings, ({ manifest, bytes }, cuts) =>
        expectAgreement(bytes, manifest, cuts),
      ),
      { numRuns: 1500 },
    );
  });

  it('is read the same when it is longer than any piece of it', () => {
    fc.assert(
      fc.property(dirtyFile(30), longCutting, ({ manifest, bytes }, cutting) => {
        const body = bytes.subarray(bytes.indexOf('\n') + 1);
        const times = Math.ceil(longFile / (body.length + 1));
        const isEnded = body.at(-1) === 0x0a;
        const long = Array.from({ length: Math.min(times, 1000) }, () =>
          isEnded ? body : [body, lineFeed],
        ).flat();
        const file = Buffer.concat([bytes.subarray(0, bytes.length - body.length), ...long]);
        expectAgreement(file, manifest, [cutting]);
      }),
      { numRuns: 40 },
    );
  });

  it('is validated by every byte of it, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(dirtyFile(8), sizes, async ({ manifest, bytes }, cuts) => {
        const key = 'data/streams/streams1.csv';
        const validation = await validateFile({
          key,
          size: bytes.length,
          manifest,
          content: inPieces(bytes, cuts),
        });
        expect(outcomeOfValidation(validation)).toEqual(validateByReference(bytes, manifest));
      }),
      { numRuns: 400 },
    );
  });

  it('is left without the records that repeat a key when it is read again', () => {
    const keyed = dirtyFile(12).filter(({ manifest }) => manifest.key !== undefined);
    fc.assert(
      fc.property(keyed, sizes, windowBytes, ({ manifest, bytes }, cuts, window) => {
        const { duplicates, good, bad } = readByReference(bytes, manifest);
        const again = readByParser(bytes, manifest, { sizes: cuts, windowBytes: window }, duplicates);
        const kept = good.filter(
          ({ ordinal }) => !duplicates.some((duplicate) => duplicate.ordinal === ordinal),
        );
        const left = readByReference(Buffer.from(again.clean, 'latin1'), manifest).good;
        expect(left.map(({ fields }) => fields)).toEqual(kept.map(({ fields }) => fields));
        const lines = [...bad, ...duplicates].map(({ line }) => line).sort((one, other) => one - other);
        expect(again.bad.map(({ line }) => line)).toEqual(lines);
      }),
      { numRuns: 500 },
    );
  });

  it('says the same when it is cut in two at any byte', () => {
    for (const { name, manifest, bytes } of mutatedFiles()) {
      if (!isSmall(name) || bytes.length > 600) continue;
      const cuts = Array.from({ length: bytes.length }, (_, at) => ({
        sizes: [at + 1, bytes.length],
        windowBytes: 64 + (at % 7),
      }));
      expectAgreement(bytes, manifest, cuts, name);
    }
  });
});
