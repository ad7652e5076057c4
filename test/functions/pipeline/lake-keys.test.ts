import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  archiveKey,
  batchOfSpec,
  fileId,
  manifestKey,
  parseFileId,
  quarantineKey,
  readName,
  reportKey,
  runKey,
} from '../../../functions/pipeline/lake-keys.ts';

describe('a landed name', () => {
  test.each([
    ['data/streams/streams1.csv', 'file', 'streams', 'streams1.csv'],
    ['data/streams/2024/06/streams1.csv', 'file', 'streams', '2024/06/streams1.csv'],
    ['data/streams/a b+c%20–ä.csv', 'file', 'streams', 'a b+c%20–ä.csv'],
    ['data/stray.csv', 'file', '', 'stray.csv'],
    ['data/streams/manifest.json', 'manifest', 'streams', 'manifest.json'],
    ['data/streams/old/manifest.json', 'file', 'streams', 'old/manifest.json'],
    ['data/manifest.json', 'file', '', 'manifest.json'],
    ['data/streams/', 'marker', 'streams', ''],
    ['data/', 'marker', '', ''],
    ['data/streams/_SUCCESS', 'marker', 'streams', '_SUCCESS'],
    ['data/streams/day=1/_SUCCESS', 'marker', 'streams', 'day=1/_SUCCESS'],
    ['data/streams/_started_7161', 'marker', 'streams', '_started_7161'],
    ['data/streams/_committed_7161', 'marker', 'streams', '_committed_7161'],
    ['data/streams/_temporary/0/part-0.csv', 'marker', 'streams', '_temporary/0/part-0.csv'],
    ['data/streams/a/.spark-staging-7/b.csv', 'marker', 'streams', 'a/.spark-staging-7/b.csv'],
    ['data/streams/temporary/b.csv', 'file', 'streams', 'temporary/b.csv'],
    ['data/streams/_metadata', 'marker', 'streams', '_metadata'],
    ['data/streams/_common_metadata', 'marker', 'streams', '_common_metadata'],
    ['data/streams/in_$folder$', 'marker', 'streams', 'in_$folder$'],
    ['data/streams_$folder$', 'marker', '', 'streams_$folder$'],
    ['data/streams/.part-0.csv.crc', 'marker', 'streams', '.part-0.csv.crc'],
    ['data/streams/.DS_Store', 'marker', 'streams', '.DS_Store'],
    ['data/streams/_SUCCESS.csv', 'file', 'streams', '_SUCCESS.csv'],
    ['data/streams/_committed_streams1.csv', 'file', 'streams', '_committed_streams1.csv'],
    ['data/_SUCCESS/streams1.csv', 'file', '_SUCCESS', 'streams1.csv'],
    ['data/streams/a.csv#repair', 'rejected', 'streams', 'a.csv#repair'],
    ['data/streams/../other/a.csv', 'rejected', 'streams', '../other/a.csv'],
    ['data/streams/./a.csv', 'rejected', 'streams', './a.csv'],
    ['data/archived/a.csv', 'file', 'archived', 'a.csv'],
  ])('%s is a %s', (key, kind, dataset, file) => {
    expect(readName(key)).toEqual({ kind, dataset, file });
  });

  test.each([
    'data/archive/streams/a.csv',
    'data/quarantine/streams/a.csv',
    'runs/b/spec.json',
    'database/a.csv',
    '',
  ])('%s lies elsewhere', (key) => {
    expect(readName(key)).toEqual({ kind: 'elsewhere' });
  });
});

const file = {
  key: 'data/streams/in/streams1.csv',
  version: 'v1',
  dataset: 'streams',
  landed_at: '2024-06-05T23:59:59.999Z',
};

test('archives by landing date, with the version in the name', () => {
  expect(archiveKey(file)).toBe('data/archive/streams/year=2024/month=06/day=05/in/streams1.csv@v1');
});

test('quarantines where the manifest says, a report beside it', () => {
  expect(quarantineKey(file)).toBe('data/quarantine/streams/in/streams1.csv@v1');
  const placed = { ...file, quarantine_path: 'data/quarantine/upstream' };
  expect(quarantineKey(placed)).toBe('data/quarantine/upstream/streams/in/streams1.csv@v1');
  expect(reportKey(placed)).toBe(`${quarantineKey(placed)}.report.json`);
});

test('rests where no landed file ever lies, whatever its name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ minLength: 1 }), (name, version) => {
      const landed = { ...file, key: `data/streams/${name}`, version };
      fc.pre(readName(landed.key).kind === 'file');
      for (const key of [archiveKey(landed), quarantineKey(landed), reportKey(landed)])
        expect(readName(key)).toEqual({ kind: 'elsewhere' });
    }),
  );
});

test('keeps a name from leading out of its folder', () => {
  const names = [
    '../streams1.csv',
    'a/../../streams1.csv',
    './streams1.csv',
    '..',
    '%2e%2E/a',
    '..\\..\\a',
    '..%2F..%2Fa',
    'a..b/..c/d../...',
  ];
  expect(names.map((name) => quarantineKey({ ...file, key: `data/streams/${name}` }))).toEqual([
    'data/quarantine/streams/__/streams1.csv@v1',
    'data/quarantine/streams/a/__/__/streams1.csv@v1',
    'data/quarantine/streams/_/streams1.csv@v1',
    'data/quarantine/streams/__@v1',
    'data/quarantine/streams/__/a@v1',
    'data/quarantine/streams/__\\__\\a@v1',
    'data/quarantine/streams/__%2F__%2Fa@v1',
    'data/quarantine/streams/a..b/..c/d../...@v1',
  ]);
});

test('finds a place for the longest name that S3 takes', () => {
  const version = 'v'.repeat(32);
  const [longest, other] = ['a', 'b'].map((letter) => ({
    ...file,
    version,
    key: `data/streams/ä${letter.repeat(1005)}.csv`,
  })) as [typeof file, typeof file];
  expect(Buffer.byteLength(longest.key)).toBe(1024);
  for (const key of [archiveKey(longest), reportKey(longest)])
    expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1024);
  expect(archiveKey(longest)).toMatch(/\/day=05\/[0-9a-f]{64}@v{32}$/);
  expect(archiveKey(longest)).not.toBe(archiveKey(other));
});

test('writes a file version as one word and reads it back', () => {
  const version = fc.stringMatching(/^[^@]+$/);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), version, (key, of) => {
      expect(parseFileId(fileId({ key, version: of }))).toEqual({ key, version: of });
    }),
  );
});

test('finds the batch of a spec again', () => {
  expect(runKey('streams-00000001', 'quality', 'spec')).toBe('runs/streams-00000001/quality.spec.json');
  expect(batchOfSpec(runKey('streams-00000001', 'quality', 'spec'))).toBe('streams-00000001');
  expect(batchOfSpec('strange')).toBe('');
  expect(manifestKey('streams')).toBe('data/streams/manifest.json');
});
