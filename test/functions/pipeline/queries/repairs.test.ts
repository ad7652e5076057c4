import { describe, expect, test } from 'vitest';
import type { Ledger } from '../../../../functions/pipeline/ports.ts';
import {
  balanceOf,
  hangsOn,
  landedFile,
  repairKey,
  repairOf,
  repairsOf,
} from '../../../../functions/pipeline/queries/repairs.ts';
import type { FileState } from '../../../../functions/pipeline/records/file.ts';
import { ledgerWith, partly } from '../../partly.ts';
import type { StoredFile } from '../../records.ts';

const file = {
  key: 'data/plays/in/a.csv',
  version: 'v1',
  dataset: 'plays',
  state: 'published',
  rev: 1,
  number: 1,
  size: 1,
  landed_at: '2024-06-25T00:00:00.000Z',
  registered_at: '2024-06-25T00:00:00.000Z',
  records: 100,
  rows: 90,
  quarantined_rows: 10,
  failed_runs: 0,
  failed_alone: 0,
} as StoredFile;
const repair = {
  ...file,
  key: 'data/plays/a.csv@v1.rows.csv',
  version: 'v2',
  landed_as: 'data/plays/in/a.csv#repair',
  records: 10,
  rows: 6,
  quarantined_rows: 4,
} as StoredFile;
const repairOfRepair = {
  ...repair,
  key: 'data/plays/a.csv@v1.rows.csv@v2.rows.csv',
  landed_as: 'data/plays/in/a.csv#repair#repair',
  records: 4,
  rows: 12,
  quarantined_rows: 0,
} as StoredFile;

test('names what repaired rows are published as, and where they land', () => {
  expect([landedFile(file), repairOf(file), repairOf(repair)]).toEqual([
    file.key,
    repair.landed_as,
    repairOfRepair.landed_as,
  ]);
  expect([repairKey(file), repairKey(repair)]).toEqual([repair.key, repairOfRepair.key]);
});

test('tells what hangs on a file from what merely begins like it', () => {
  expect(hangsOn('data/plays/in/a.csv#repair', file.key)).toBe(true);
  expect(hangsOn('data/plays/in/a.csv#repair#repair', file.key)).toBe(true);
  expect(hangsOn('data/plays/in/a.csv', file.key)).toBe(false);
  expect(hangsOn('data/plays/in/a.csv2#repair', file.key)).toBe(false);
});

test('finds repairs of repairs, and asks for none where no row was quarantined', async () => {
  const asked: string[] = [];
  const known = [repair, repairOfRepair];
  const versionsOf = async (key: string): Promise<StoredFile[]> => {
    asked.push(key);
    return known.filter((one) => one.key === key);
  };
  expect(
    await repairsOf(ledgerWith(partly<Ledger>({}), { files: { versionsOf } }), [
      file,
      { ...file, key: 'data/plays/b.csv', quarantined_rows: 0 },
    ]),
  ).toEqual(known);
  expect(asked).toEqual([repair.key, repairOfRepair.key]);
});

describe('the balance of a file', () => {
  const repairs = [repair, repairOfRepair, { ...repair, state: 'superseded' } as StoredFile];

  test('counts repaired rows as repaired while they are published', () => {
    const balance = { landed: 100, published: 90, superseded: 0 };
    expect(balanceOf(file)).toEqual({ ...balance, repaired: 0, quarantined: 10 });
    expect(balanceOf(file, [repair])).toEqual({ ...balance, repaired: 6, quarantined: 4 });
    expect(balanceOf(file, repairs)).toEqual({ ...balance, repaired: 10, quarantined: 0 });
  });

  test.each<FileState>(['published', 'rejected', 'quarantined', 'superseded'])(
    'adds up to what landed once it is %s',
    (state) => {
      const { landed, published, repaired, quarantined, superseded } = balanceOf(
        { ...file, state } as StoredFile,
        repairs,
      );
      expect(published + repaired + quarantined + superseded).toBe(landed);
      expect(landed).toBe(100);
    },
  );

  test.each<FileState>(['ignored', 'missing'])('is nothing for a file that is %s', (state) => {
    expect(balanceOf({ ...file, state } as StoredFile).landed).toBe(0);
  });

  test.each<FileState>(['landed', 'accepted', 'claimed', 'parked'])('is open while it is %s', (state) => {
    const { landed, ...rest } = balanceOf({ ...file, state } as StoredFile);
    expect([landed, ...Object.values(rest)]).toEqual([100, 0, 0, 0, 0]);
  });
});
