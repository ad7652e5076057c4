import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { failedLines, leftOutLines } from '../../../cli/output/rebuild-lines.ts';
import { failedTableLines, waitingTableLines } from '../../../cli/output/table-lines.ts';
import { datasetLines, martLines, openLines } from '../../../cli/runs/lines.ts';
import type { MartRuns } from '../../../functions/pipeline/queries/mart-runs.ts';
import { failedBatch, needingPerson } from '../../../functions/pipeline/queries/needs-person.ts';
import type { Lease } from '../../../functions/pipeline/records/lease.ts';
import type { RebuildIn } from '../../../functions/pipeline/records/rebuild.ts';
import type { StoredBatch, StoredFile, StoredRebuild } from '../../functions/records.ts';
import { fileRecord } from '../whereabouts.ts';

const lease: Lease = { name: 'streams', fence: 3 };
const batch: StoredBatch = {
  id: 'streams-00000003',
  dataset: 'streams',
  fence: 3,
  state: 'published',
  rev: 4,
  files: 2,
  opened_at: '2026-01-01T00:00:00.000Z',
  closed_at: '2026-01-01T00:00:05.000Z',
  rows: 1_000,
};
type More = { lease?: Lease; batches?: StoredBatch[]; limit?: number };
const text = (lines: readonly string[]): string => lines.map(stripVTControlCharacters).join('\n');
const runsOf = (files: readonly StoredFile[], more: More = {}) => ({
  ...{ dataset: 'streams', lease, batches: [batch], files, known: files, limit: 20 },
  ...more,
});
const said = (files: readonly StoredFile[], more: More = {}): string =>
  text(datasetLines({ ...runsOf(files, more), shown: files }));
const needing = (files: readonly StoredFile[], more: More = {}): string => {
  const runs = runsOf(files, more);
  return text(openLines({ ...runs, shown: needingPerson(files), failed: failedBatch(runs) }));
};
const many = (state: StoredFile['state'], more: Partial<StoredFile> = {}) =>
  Array.from({ length: 25 }, (_, at) => fileRecord(state, { key: `data/streams/streams${at}.csv`, ...more }));

describe('what is said of a dataset', () => {
  test('is how many files are where, and of each when it landed, its rows and its batch', () => {
    const published = fileRecord('published', { batch_id: 'streams-00000003' });
    const answer = said([
      published,
      fileRecord('landed', { version: 'v2', number: 2, reason: 'waits for x' }),
    ]);
    expect(answer).toContain('streams: 1 published, 1 landed\n');
    expect(answer).toContain('  2026-01-01 00:00:00  streams1.csv  published  10 rows, streams-00000003\n');
    expect(answer).toContain('\n      waits for x\n');
    expect(answer).toContain('  batch streams-00000003  published 2026-01-01 00:00:05, 2 files, 1,000 rows');
  });

  test('is drift, and rows that were quarantined, with how many were repaired since', () => {
    const file = fileRecord('published', { quarantined_rows: 4, drift: ['new column x, ignored'] });
    const repair = fileRecord('published', {
      key: 'data/streams/streams1.csv@v1.rows.csv',
      landed_as: 'data/streams/streams1.csv#repair',
      records: 3,
      rows: 2,
      quarantined_rows: 1,
    });
    const answer = said([file, repair]);
    expect(answer).toContain('streams1.csv  published  10 rows, 4 quarantined, 2 of them now repaired\n');
    expect(answer).toContain('      new column x, ignored\n');
    expect(answer).toContain('      quarantined: data/quarantine/streams/streams1.csv@v1.rows.csv\n');
  });

  test('is a batch that published nothing, because its files are in quarantine', () => {
    const answer = said([fileRecord('quarantined')], { batches: [{ ...batch, files: 1, rows: 0 }] });
    expect(answer).toContain('  batch streams-00000003  ended 2026-01-01 00:00:05, 1 file, no row published');
  });

  test('is what runs, and why a batch failed', () => {
    const answer = said([fileRecord('accepted')], {
      lease: { ...lease, holder: 'streams-00000004', taken_at: '2026-01-01T00:01:00.000Z' },
      batches: [{ ...batch, state: 'failed', reason: 'out of memory' } as StoredBatch],
    });
    expect(answer).toContain('streams-00000004 runs since 2026-01-01 00:01:00');
    expect(answer).toContain(': out of memory');
  });

  test('keeps to its lines whatever a file is called', () => {
    const answer = said([fileRecord('rejected', { key: 'data/streams/a\nb.csv' })]);
    expect(answer).toContain('  a\\u000ab.csv  rejected');
  });

  test('is the newest of many files, and how to see the others', () => {
    const answer = said(many('published'));
    expect(answer).toContain('… and 5 more: --limit 25');
    expect(answer).not.toContain('streams4.csv');
    expect(answer.indexOf('streams24.csv')).toBeLessThan(answer.indexOf('streams5.csv'));
    expect(said(many('published'), { limit: 25 })).toContain('streams4.csv');
  });

  test('is how to begin where nothing has landed', () => {
    expect(said([], { batches: [] })).toBe(
      'streams: nothing has landed; npx soundcheck land FILE --dataset streams',
    );
  });
});

describe('what needs a person', () => {
  test('is why a file was rejected, where the report lies, and how it lands again', () => {
    const answer = needing([fileRecord('quarantined', { reason: 'RowCount > 20' })]);
    expect(answer).toContain('      RowCount > 20\n');
    expect(answer).toContain('      report: data/quarantine/streams/streams1.csv@v1.report.json\n');
    expect(answer).toContain('npx soundcheck replay streams');
  });

  test('is a rejected version until a newer one takes its place', () => {
    const newer = fileRecord('published', { version: 'v2', number: 2 });
    expect(needing([fileRecord('quarantined'), newer])).toBe('');
    const ignored = fileRecord('ignored', { version: 'v3', number: 3 });
    expect(needing([fileRecord('quarantined'), ignored])).toContain('soundcheck replay');
  });

  test('is rows that are quarantined until all are repaired, and then what is left of those', () => {
    const source = fileRecord('published', { quarantined_rows: 4, rows: 6 });
    const repair = (records: number, left: number): StoredFile =>
      fileRecord('published', {
        key: 'data/streams/streams1.csv@v1.rows.csv',
        landed_as: 'data/streams/streams1.csv#repair',
        ...{ records, quarantined_rows: left, rows: records - left },
      });
    const keys = (...files: StoredFile[]) => needingPerson(files).map(({ key }) => key.slice(13));
    expect(keys(source)).toEqual(['streams1.csv']);
    expect(keys(source, repair(4, 0))).toEqual([]);
    expect(keys(source, repair(4, 1))).toEqual(['streams1.csv@v1.rows.csv']);
    expect(keys(source, repair(3, 0))).toEqual(['streams1.csv']);
  });

  test.each([
    ['a parked file', fileRecord('parked', { reason: 'its runs failed' }), 'npx soundcheck retry streams'],
    ['a file without manifest', fileRecord('landed', { reason: 'waits for m.json' }), 'waits for m.json'],
    [
      'a file without SQL',
      fileRecord('accepted', { reason: 'waits until sql/silver/streams.sql is deployed' }),
      'waits until sql/silver',
    ],
    ['a file that is gone', fileRecord('missing', { reason: 'its bytes are gone' }), 'land them again'],
  ])('is %s', (_, file, words) => {
    expect(needing([file])).toContain(words);
  });

  test('is no row that was dropped on purpose, until others are quarantined', () => {
    const dismissed = { at: '2026-01-02T00:00:00.000Z', by: 'Ann', rows: 2 };
    const split = fileRecord('published', { quarantined_rows: 5, dismissed });
    const repair = fileRecord('published', {
      key: 'data/streams/streams1.csv@v1.rows.csv',
      landed_as: 'data/streams/streams1.csv#repair',
      ...{ records: 3, rows: 3 },
    });
    expect(needing([split, repair])).toBe('');
    expect(said([split, repair])).toContain(
      '10 rows, 5 quarantined, 3 of them now repaired, 2 dropped on purpose by Ann at 2026-01-02 00:00:00\n',
    );
    expect(needing([{ ...split, quarantined_rows: 6 }, repair])).toContain('streams1.csv');
    expect(needing([fileRecord('quarantined', { dismissed })])).toBe('');
    const newer = fileRecord('quarantined', { version: 'v2', number: 2 });
    expect(needing([fileRecord('quarantined', { dismissed }), newer])).toContain('streams1.csv');
  });

  test('is no drift, which the manifest allows', () => {
    const file = fileRecord('published', { quarantined_rows: 4, drift: ['new column x, ignored'] });
    expect(needing([file])).toContain('streams1.csv');
    expect(needing([file])).not.toContain('new column');
  });

  test('is nothing that continues by itself', () => {
    const moving = [
      fileRecord('landed'),
      fileRecord('accepted', { reason: 'out of memory' }),
      fileRecord('superseded', { quarantined_rows: 2 }),
      fileRecord('ignored'),
    ];
    expect(needing(moving)).toBe('');
  });

  test('is the newest batch that failed, while files of it wait', () => {
    const batches = [{ ...batch, state: 'failed', reason: 'out of memory' } as StoredBatch];
    expect(needing([fileRecord('accepted')], { batches })).toContain(': out of memory');
    expect(needing([fileRecord('published')], { batches })).toBe('');
  });
});

describe('what is said of a mart', () => {
  const rebuild = {
    id: 'listening-00000002',
    mart: 'listening',
    seq: 2,
    rev: 1,
    opened_at: '2026-01-01T00:00:00.000Z',
    sql_hash: 'x',
  };
  const mart = {
    ...{ mart: 'listening', datasets: ['streams'], lease: { name: 'mart/listening', fence: 2 } },
    tables: 'missing' as const,
  };

  test('is whose KPIs are out, what failed since and what waits', () => {
    const published = { ...rebuild, state: 'published' as const };
    const newest = {
      ...rebuild,
      id: 'listening-00000003',
      state: 'failed' as const,
      closed_at: '2026-01-01T00:01:00.000Z',
      reason: 'a check failed: totals',
      checks: [
        {
          check: 'totals',
          file: 'sql/checks/totals.sql',
          severity: 'error' as const,
          rows: 1_200,
          first: [],
        },
      ],
      report: 'kpis/listening-00000003/1/checks/',
      failure: 'sql' as const,
    };
    const runs = {
      ...mart,
      newest: newest as StoredRebuild,
      published: published as RebuildIn<'published'>,
      pending: ['streams-00000003'],
    };
    expect(martLines(runs).map(stripVTControlCharacters)).toEqual([
      'listening: KPIs of rebuild listening-00000002, published 2026-01-01 00:00:00',
      '  not in them yet: streams-00000003',
    ]);
    expect(failedLines(runs).map(stripVTControlCharacters)).toEqual([
      'listening: rebuild listening-00000003 failed at 2026-01-01 00:01:00, the KPIs of listening-00000002 stay in use',
      '  a check failed: totals',
      '  sql/checks/totals.sql: 1,200 rows',
      '    … and 1,200 more rows',
      '  report: kpis/listening-00000003/1/checks/; npx soundcheck report listening-00000003 prints it',
      '  next: correct the rows and land, or correct the SQL and run npx soundcheck retry --mart listening',
    ]);
  });

  test('is which KPIs cannot be written, the first of them with the reason', () => {
    const published = {
      ...rebuild,
      state: 'published' as const,
      left_out: 1_200,
      left_out_items: [
        'GENRE#pop 2024-06-25 of kpi_day_genres: the item has 900,000 bytes of at most 409,536',
      ],
      left_out_report: 'kpis/listening-00000002/1/left-out.json',
      closed_at: '',
    };
    expect(leftOutLines({ mart: 'listening', published }).map(stripVTControlCharacters)).toEqual([
      'listening: 1,200 KPIs left out of rebuild listening-00000002, because they cannot be written',
      '  GENRE#pop 2024-06-25 of kpi_day_genres: the item has 900,000 bytes of at most 409,536',
      '  … and 1,199 more KPIs',
      '  report: kpis/listening-00000002/1/left-out.json; correct the rows or the SQL, and land',
    ]);
  });

  test('is that none are out yet', () => {
    expect(martLines({ ...mart, pending: [] }).map(stripVTControlCharacters)).toEqual([
      'listening: no KPIs are published yet',
    ]);
  });

  const migration = {
    ...{ mart: 'listening', seq: 2, rev: 3, version: 'two', opened_at: '2026-01-01T00:00:00.000Z' },
    closed_at: '2026-01-01T00:01:00.000Z',
  };
  const told = (more: Pick<MartRuns, 'tables' | 'migration'>) => {
    const runs = { ...mart, pending: [], ...more };
    const parts = [waitingTableLines(runs), failedTableLines(runs), martLines(runs).slice(1)];
    return parts.map((lines) => lines.map(stripVTControlCharacters));
  };

  test('is whether its tables are there, are being made, or could not be made', () => {
    expect(told({ tables: 'missing' })).toEqual([
      ['listening: the tables of the deployed models are not created yet'],
      [],
      [],
    ]);
    expect(told({ tables: 'migrating', migration: { ...migration, state: 'open' } })).toEqual([
      ['listening: migration listening-00000002 creates its tables since 2026-01-01 00:00:00'],
      [],
      [],
    ]);
    const failed = { ...migration, state: 'failed', failure: 'sql', reason: 'no schema' } as const;
    expect(told({ tables: 'failed', migration: failed })).toEqual([
      [],
      [
        'listening: migration listening-00000002 failed at 2026-01-01 00:01:00',
        '  no schema',
        '  next: correct the models and deploy, or run npx soundcheck retry --mart listening --tables',
      ],
      [],
    ]);
    expect(told({ tables: 'migrated', migration: { ...migration, state: 'applied' } })).toEqual([
      [],
      [],
      ['  tables of migration listening-00000002, created or changed 2026-01-01 00:01:00'],
    ]);
  });
});
