import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../../bench/keys.ts';
import type { LakeClient } from '../../bench/lake-client.ts';
import { latency } from '../../bench/latency.ts';
import { pull } from '../../bench/pull/pull.ts';
import { tenMillion } from '../../bench/ten-million.ts';
import { thousandFiles } from '../../bench/thousand-files.ts';
import { fakeLake } from './fake-lake.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bench-'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const cloudOf = (lake: LakeClient) => ({ lake, process: process.pid, directory, environment: {} });

describe('the programs of bench/', () => {
  it('takes the latency of every landing but the first, and the time of each hop', async () => {
    const { figures } = await latency(cloudOf(fakeLake(1)), 3);
    expect(figures).toMatchObject({ landings: 3, sent_to_stored_p50_ms: 1, stored_to_accepted_p50_ms: 9 });
    expect(figures).toMatchObject({
      accepted_to_claimed_p50_ms: 10,
      rebuild_opened_to_rebuild_sent_p50_ms: 10,
      total_p50_ms: expect.any(Number),
    });
  });

  it('counts the listens of one large file over all of its days', async () => {
    const compared: string[] = [];
    const plain = {
      run: async () => ({ ms: 1_000, peak_mb: 100 }),
      expectSame: async (_: LakeClient, folder: string) => void compared.push(folder),
    };
    const { figures } = await tenMillion(cloudOf(fakeLake(1)), 20_000, plain);
    expect(compared).toEqual([directory]);
    expect(figures).toMatchObject({
      plain_duckdb_before_ms: 1_000,
      rows: 20_000,
      listens: 20_000,
      validate_ms: 9,
      transform_and_publish_ms: 20,
    });
    expect(figures.size_mb).toBeGreaterThan(0.9);
  });

  it('counts the batches that carried many files', async () => {
    const { figures } = await thousandFiles(cloudOf(fakeLake(10)), 35);
    expect(figures).toMatchObject({ files: 35, batches: 4 });
  });

  it('finds the repeated keys of a file', async () => {
    const { figures } = await keys(3000);
    expect(figures).toMatchObject({ records: 3000, duplicates: 1000, with_key_ms: expect.any(Number) });
  });

  it('pulls a page of an API in a process of its own', async () => {
    const { figures } = await pull(3);
    expect(figures).toMatchObject({ records: 3000, mb_per_second: expect.any(Number) });
    expect(figures.size_mb).toBeGreaterThan(3);
  });

  it('says why a file will never be published', async () => {
    const lake = fakeLake(1);
    const rejecting = { ...lake, file: async () => ({ state: 'rejected', reason: 'too many rows' }) };
    await expect(latency(cloudOf(rejecting), 1)).rejects.toThrow('is rejected: too many rows');
  });
});
