import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TransformSpec } from '../../../../functions/pipeline/spec.ts';
import { openReaders, type ReadersOptions } from '../../../../local/engines/duckdb/reader-pool.ts';
import type { JobRun } from '../../../../local/engines/job.ts';
import { land, openLake, transformSpec } from '../../../functions/engine/fixtures.ts';

/** Rows that take DuckDB for ever. */
export const endless = transformSpec([]).sql.replace(
  'cast(id as bigint)',
  '(select count(*) from range(1000000000000) as many(n) where n % 7 = cast(id as bigint))',
);

/** Text that takes more memory than DuckDB is given. */
export const huge = transformSpec([]).sql.replace(
  ' name,',
  " (select cast(length(string_agg(repeat('x', 1000) || n, '')) as varchar) from range(100000000) as many(n)) as name,",
);

/** A lake, and processes that read it. */
export const openReaderLake = async (options: Partial<ReadersOptions> = {}) => {
  const lake = await openLake();
  const folder = mkdtempSync(join(tmpdir(), 'readers '));
  const readers = openReaders({
    scratch: join(folder, 'scratch'),
    bundles: join(folder, 'bundles'),
    store: lake.store,
    memoryLimit: '500MB',
    threads: 1,
    ...options,
  });
  /** Lands one file with one row, and a spec that reads it. */
  const put = async (batch: string, changes: Partial<TransformSpec> = {}): Promise<string> => {
    const file = await land(lake, `data/people/${batch}.csv`, 'id,name\n1,x\n', { records: 1 });
    const key = `runs/${batch}/transform.spec.json`;
    lake.put(key, JSON.stringify(transformSpec([file], { batch, ...changes })));
    return key;
  };
  const lines: string[] = [];
  const run = (spec: string, signal = new AbortController().signal): Promise<void> => {
    const id = `jr_${spec.split('/')[1]}`;
    const jobRun: JobRun = {
      id,
      jobScript: 'transform',
      arguments: {},
      signal,
      begin: () => lines.push(`${id} begins`),
      log: (line) => lines.push(line),
    };
    return readers.transform(jobRun, spec);
  };
  return {
    folder,
    readers,
    lines,
    put,
    run,
    close: async () => {
      await readers.close();
      await lake.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
export type ReaderLake = Awaited<ReturnType<typeof openReaderLake>>;
