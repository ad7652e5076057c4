import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Ledger } from '../../../../functions/pipeline/ports.ts';
import { repairKey } from '../../../../functions/pipeline/queries/repairs.ts';
import { validateSent } from '../../../../functions/pipeline/steps/validate-repair.ts';
import type { Manifest } from '../../../../functions/validation/manifest/manifest.ts';
import { newLake } from '../../../simulation/lake.ts';
import { ledgerWith, partly } from '../../partly.ts';
import type { StoredFile } from '../../records.ts';
import { manifestOf } from '../../validation/fixture.ts';
import { fileOf, split } from './split/fixture.ts';

const dialects = [
  [',', '"'],
  [';', "'"],
  ['\t', '"'],
] as const;
const manifestIn = ([delimiter, quote]: readonly [string, string]): Manifest =>
  manifestOf({ delimiter, quote, validation: { on_error: 'quarantine_rows' } });

const record = {
  key: 'data/streams/streams1.csv',
  version: 'v1',
  dataset: 'streams',
  state: 'published',
  rev: 1,
  number: 1,
  size: 1,
  landed_at: '2024-06-25T00:00:00.000Z',
  registered_at: '2024-06-25T00:00:00.000Z',
  clean_key: 'clean',
  failed_runs: 0,
  failed_alone: 0,
} as StoredFile;

/** Sends rows back as they are, or changed. */
const sendBack = async (
  parts: NonNullable<Awaited<ReturnType<typeof split>>>,
  manifest: Manifest,
  sent: string,
) => {
  const lake = newLake(
    () => '',
    () => {},
  );
  lake.put('clean.rows.csv', parts.rows?.toString() ?? '');
  const { facts } = parts;
  const source = { ...record, facts, quarantined_rows: parts.validation.quarantined?.rows ?? 0 };
  const ledger = ledgerWith(partly<Ledger>({}), {
    files: { find: async () => source, versionsOf: async () => [source] },
  });
  const key = repairKey(source);
  const file = () => fileOf(Buffer.from(sent), manifest, key);
  return validateSent({ files: lake.files, ledger }, { ...record, key, version: 'v2' }, file(), async () =>
    file(),
  );
};

const header = (delimiter: string): string => `${['user_id', 'track_id', 'listen_time'].join(delimiter)}\n`;
const good = (delimiter: string): string => `${['1', 't1', '2024-06-25 17:43:13'].join(delimiter)}\n`;

const plain = fc.constantFrom(
  ...[
    '1',
    '-7',
    '0012',
    'x',
    '',
    ' ',
    't1',
    '2024-06-25 17:43:13',
    '2023-02-29 00:00:00',
    '=1+1',
    "'=1",
    '-1-1',
  ],
  ...['+1', '@x', "'", 'é', '\uFFFD', 'a\rb', '\0', '٣', 'tail\r'],
);
/** A text in quotes, or one with a quote where none may stand. */
const fieldIn = ([delimiter, quote]: readonly [string, string]) =>
  fc.oneof(
    plain,
    plain.map((text) => `${quote}${text}${delimiter}${quote}${quote}\n${quote}`),
    plain.map((text) => `${quote}${text}${quote}`),
    plain.map((text) => `a${text}${quote}`),
    plain.map((text) => `${quote}a${quote}${text}`),
  );
const fileIn = (dialect: readonly [string, string]) =>
  fc.array(
    fc.tuple(fc.array(fieldIn(dialect), { minLength: 1, maxLength: 4 }), fc.constantFrom('\n', '\r\n')),
    { minLength: 1, maxLength: 12 },
  );
const anyFile = fc
  .constantFrom(...dialects)
  .chain((dialect) => fc.tuple(fc.constant(dialect), fileIn(dialect), fc.constantFrom('', '\r')));

it('finds in rows that are sent back unchanged what it found in the file', async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(anyFile, async ([dialect, lines, last]) => {
      const [delimiter] = dialect;
      const manifest = manifestIn(dialect);
      const text = lines.map(([fields, end]) => fields.join(delimiter) + end).join('');
      const end = last && `1${delimiter}t1${delimiter}2024-06-25 17:43:13${last}`;
      const parts = await split(Buffer.from(header(delimiter) + good(delimiter) + text + end), manifest);
      if (!parts) return;
      const { validation } = await sendBack(parts, manifest, parts.rows?.toString() ?? '');
      if (validation.verdict !== 'rejected') throw new Error(`is ${validation.verdict}`);
      expect(validation.records).toBe(parts.validation.quarantined?.rows);
      const { no_valid_record, ...counts } = validation.counts;
      expect(no_valid_record).toBe(1);
      const isMarked = parts.rows?.includes('\uFFFD');
      if (!isMarked) expect(counts).toEqual(parts.validation.quarantined?.counts);
      const messages = validation.violations
        .filter(({ rule }) => rule !== 'no_valid_record')
        .map(({ message }) => message);
      const found = parts.validation.quarantined?.violations.map(({ message }) => message) ?? [];
      if (!isMarked) expect(messages.sort()).toEqual([...found].sort());
      compared++;
    }),
    { numRuns: 300 },
  );
  expect(compared).toBeGreaterThan(100);
});

it('takes a row for good once it is, and only then', async () => {
  const manifest = manifestIn([',', '"']);
  const text = `${header(',')}${good(',')}${'x,t2,2024-06-25 17:43:13\n'.repeat(40)}`;
  const parts = await split(Buffer.from(text), manifest);
  if (!parts) throw new Error('nothing is bad');
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 0, max: 39 }), { minLength: 1 }), async (repaired) => {
      const [head, ...rows] = parts.rows?.toString().trimEnd().split('\n') ?? [];
      const sent = rows.map((row, at) => (repaired.includes(at) ? row.replace('x', '7') : row));
      const { validation } = await sendBack(parts, manifest, `${[head, ...sent].join('\n')}\n`);
      if (validation.verdict !== 'accepted') throw new Error('is rejected');
      expect(validation.facts.records).toBe(40);
      expect(validation.quarantined?.rows ?? 0).toBe(40 - repaired.length);
      const lines = rows.map((_, at) => at).filter((at) => !repaired.includes(at));
      expect(validation.quarantined?.violations.map(({ line }) => line) ?? []).toEqual(
        lines.map((at) => at + 3),
      );
    }),
    { numRuns: 50 },
  );
});
