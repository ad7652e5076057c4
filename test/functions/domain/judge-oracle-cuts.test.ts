import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeFile } from '../../../functions/domain/judge-file.ts';
import { dirtyFile } from './dirty-arbitrary.ts';
import { mutatedFiles } from './dirty-files.ts';
import { cutInto, expectAgreement } from './parser-reading.ts';
import { judgeByReference, outcomeOfJudgement } from './verdict-reference.ts';

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
const windowBytes = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(2 ** 14));
const cuttings = fc.array(fc.record({ sizes, windowBytes }), { minLength: 1, maxLength: 3 });

async function* inPieces(bytes: Uint8Array, sizesOfPieces: readonly number[]): AsyncGenerator<Uint8Array> {
  yield* cutInto(bytes, sizesOfPieces);
}

describe('a file that comes in pieces', () => {
  it('is read as a slow reader reads the whole, however it is cut', () => {
    fc.assert(
      fc.property(dirtyFile(12), cuttings, ({ manifest, bytes }, cuts) =>
        expectAgreement(bytes, manifest, cuts),
      ),
      { numRuns: 3000 },
    );
  });

  it('is judged by every byte of it, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(dirtyFile(8), sizes, async ({ manifest, bytes }, cuts) => {
        const key = 'data/streams/streams1.csv';
        const judgement = await judgeFile({
          key,
          size: bytes.length,
          manifest,
          content: inPieces(bytes, cuts),
        });
        expect(outcomeOfJudgement(judgement)).toEqual(judgeByReference(bytes, manifest));
      }),
      { numRuns: 400 },
    );
  });

  it('says the same when it is cut in two at any byte', () => {
    for (const { name, manifest, bytes } of mutatedFiles()) {
      if (!name.startsWith('streams, row by row: ') || bytes.length > 600) continue;
      const cuts = Array.from({ length: bytes.length }, (_, at) => ({
        sizes: [at + 1, bytes.length],
        windowBytes: 64 + (at % 7),
      }));
      expectAgreement(bytes, manifest, cuts, name);
    }
  });
});
