import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../functions/validation/manifest/manifest.ts';
import { validateFile } from '../../../functions/validation/validate-file.ts';
import { type DirtyFile, disguisedFiles, mutatedFiles } from './dirty-files.ts';
import { dirtyManifests } from './dirty-manifests.ts';
import { pieces } from './fixture.ts';
import { type Cutting, expectAgreement } from './parser-reading.ts';
import { type Outcome, outcomeOfValidation, validateByReference } from './verdict-reference.ts';

const cuttings: readonly Cutting[] = [
  { sizes: [2 ** 20], windowBytes: 2 ** 14 },
  { sizes: [5, 1, 3], windowBytes: 64 },
  { sizes: [7, 1, 64], windowBytes: 1 },
];

const titles = [...dirtyManifests.keys()];
const dirty = [...mutatedFiles(), ...disguisedFiles()];
const key = 'data/streams/streams1.csv';

const outcomes = new Map<DirtyFile, Outcome>();
const outcomeOf = (file: DirtyFile): Outcome => {
  const outcome = outcomes.get(file) ?? validateByReference(file.bytes, file.manifest);
  outcomes.set(file, outcome);
  return outcome;
};

const validate = (bytes: Buffer, manifest: Manifest, name = key) =>
  validateFile({ key: name, size: bytes.length, manifest, content: pieces(bytes, 100) });

describe('a slow reading by the rules alone', () => {
  it.each(titles)('agrees with the parser on what goes wrong with files of %s', (title) => {
    for (const { name, manifest, bytes } of dirty)
      if (name.startsWith(`${title}: `)) expectAgreement(bytes, manifest, cuttings, name);
  });

  it.each(titles)('agrees with the verdict on files of %s', async (title) => {
    for (const [at, file] of dirty.entries()) {
      const { name, manifest, bytes } = file;
      if (!name.startsWith(`${title}: `)) continue;
      const expected = outcomeOf(file);
      expect(outcomeOfValidation(await validate(bytes, manifest)), name).toEqual(expected);
      if (expected.counts?.max_bytes || bytes.length === 0 || at % 5 > 0) continue;
      expect(outcomeOfValidation(await validate(gzipSync(bytes), manifest, `${key}.gz`)), name).toEqual(
        expected,
      );
    }
  });

  it('has hundreds of files that are dirty in ways of their own', () => {
    const all = dirty.map(outcomeOf);
    const isHurt = all.map(
      ({ verdict, invalid_records = 0 }) => verdict === 'rejected' || invalid_records > 0,
    );
    const hurt = new Set(dirty.filter((_, at) => isHurt[at]).map(({ bytes }) => bytes.toString('latin1')));
    const rules = all.flatMap(({ counts = {} }) => Object.keys(counts).map((rule) => rule.split(':')[0]));
    expect(hurt.size).toBeGreaterThan(200);
    expect(isHurt.filter((is) => !is).length).toBeGreaterThan(200);
    expect([...new Set(rules)].sort()).toEqual([
      ...[
        'binary',
        'blank_line',
        'columns',
        'delimiter',
        'duplicate',
        'duplicate_column',
        'empty',
        'encoding',
        'header',
      ],
      ...[
        'length',
        'line_end',
        'max',
        'max_bad_rows',
        'max_bad_share',
        'max_bytes',
        'max_row_bytes',
        'max_rows',
      ],
      ...[
        'min',
        'missing_column',
        'no_valid_record',
        'nul',
        'one_of',
        'pattern',
        'quote',
        'required',
        'type',
      ],
      'unknown_column',
    ]);
  });
});
