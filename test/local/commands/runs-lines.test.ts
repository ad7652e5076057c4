import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { BatchRecord, FileRecord, Lease } from '../../../functions/domain/ledger.ts';
import { datasetLines, martLines } from '../../../local/commands/runs-lines.ts';
import { fileRecord } from './whereabouts.ts';

const lease: Lease = { name: 'streams', fence: 3 };
const batch: BatchRecord = {
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
const said = (files: readonly FileRecord[], more: { lease?: Lease; batches?: BatchRecord[] } = {}): string =>
  datasetLines({ dataset: 'streams', lease, batches: [batch], files, ...more })
    .map(stripVTControlCharacters)
    .join('\n');

describe('what is said of a dataset', () => {
  test('is how many files are where, and of each when it landed, its rows and its batch', () => {
    const published = fileRecord('published', { batch_id: 'streams-00000003' });
    const text = said([published, fileRecord('landed', { version: 'v2', number: 2, reason: 'waits for x' })]);
    expect(text).toContain('streams: 1 published, 1 landed\n');
    expect(text).toContain('  2026-01-01 00:00:00  streams1.csv  published  10 rows, streams-00000003\n');
    expect(text).toContain('\n      waits for x\n');
    expect(text).toContain('  batch streams-00000003  published 2026-01-01 00:00:05, 2 files, 1,000 rows');
  });

  test('is why a file was refused, where the report lies, and how it lands again', () => {
    const failures_found = [{ rule: 'RowCount > 0', metric: '0', examples: [] }];
    const text = said([fileRecord('quarantined', { failures_found })]);
    expect(text).toContain('      broke RowCount > 0\n');
    expect(text).toContain('      report: data/quarantine/streams/streams1.csv@v1.report.json\n');
    expect(text).toContain('npx soundcheck replay streams');
  });

  test('is nothing to do for a refused version that a newer one took the place of', () => {
    const newer = fileRecord('published', { version: 'v2', number: 2 });
    expect(said([fileRecord('quarantined'), newer])).not.toContain('soundcheck replay');
    const ignored = fileRecord('ignored', { version: 'v3', number: 3 });
    expect(said([fileRecord('quarantined'), ignored])).toContain('soundcheck replay');
  });

  test('is drift, and rows that were set aside, with how many were mended since', () => {
    const file = fileRecord('published', { quarantined_rows: 4, drift: ['new column x, ignored'] });
    const repair = fileRecord('published', {
      key: 'data/streams/streams1.csv@v1.rows.csv',
      landed_as: 'data/streams/streams1.csv#repair',
      records: 3,
      rows: 2,
      quarantined_rows: 1,
    });
    const text = said([file, repair]);
    expect(text).toContain('streams1.csv  published  10 rows, 4 set aside, 2 of them mended since\n');
    expect(text).toContain('      new column x, ignored\n');
    expect(text).toContain('      set aside: data/quarantine/streams/streams1.csv@v1.rows.csv\n');
  });

  test('is how parked files get another chance, what runs, and why a batch failed', () => {
    const text = said([fileRecord('parked', { reason: 'its runs failed' })], {
      lease: { ...lease, holder: 'streams-00000004', taken_at: '2026-01-01T00:01:00.000Z' },
      batches: [{ ...batch, state: 'failed', reason: 'out of memory' }],
    });
    expect(text).toContain('npx soundcheck retry streams');
    expect(text).toContain('streams-00000004 runs since 2026-01-01 00:01:00');
    expect(text).toContain(': out of memory');
  });

  test('is the newest of many files, and that there are more', () => {
    const files = Array.from({ length: 25 }, (_, at) =>
      fileRecord('published', { key: `data/streams/streams${at}.csv` }),
    );
    expect(said(files)).toContain('… 5 older files; --json shows all');
    expect(said(files)).not.toContain('streams4.csv');
  });

  test('is how to begin where nothing has landed', () => {
    expect(said([], { batches: [] })).toBe(
      'streams: nothing has landed; npx soundcheck land FILE --dataset streams',
    );
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
  const mart = { mart: 'listening', datasets: ['streams'], lease: { name: 'mart/listening', fence: 2 } };

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
    };
    const lines = martLines({ ...mart, newest, published, pending: ['streams-00000003'] });
    expect(lines.map(stripVTControlCharacters)).toEqual([
      'listening: KPIs of rebuild listening-00000002 are out since 2026-01-01 00:00:00',
      '  1 batch not in them yet: streams-00000003',
      'listening: rebuild listening-00000003 failed at 2026-01-01 00:01:00, the KPIs of listening-00000002 stay',
      '  a check failed: totals',
      '  sql/checks/totals.sql: 1,200 rows',
      '    … and 1,200 more rows',
      '  report: kpis/listening-00000003/1/checks/; npx soundcheck report listening-00000003 prints it',
      '  next: correct the rows or the SQL, and land; it is tried again with what lands next',
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
    };
    expect(martLines({ ...mart, published, pending: [] }).map(stripVTControlCharacters)).toEqual([
      'listening: KPIs of rebuild listening-00000002 are out since 2026-01-01 00:00:00',
      'listening: 1,200 KPIs left out of rebuild listening-00000002, because they cannot be written',
      '  GENRE#pop 2024-06-25 of kpi_day_genres: the item has 900,000 bytes of at most 409,536',
      '  … and 1,199 more KPIs',
      '  report: kpis/listening-00000002/1/left-out.json; correct the rows or the SQL, and land',
    ]);
  });

  test('is that none are out yet', () => {
    expect(martLines({ ...mart, pending: [] }).map(stripVTControlCharacters)).toEqual([
      'listening: no KPIs are out yet',
    ]);
  });
});
