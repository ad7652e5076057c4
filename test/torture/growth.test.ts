import { readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { versionPages } from '../../functions/adapters/s3-versions.ts';
import { type Cloud, startCloud } from '../../local/cloud/cloud.ts';
import { generateStreams, generateTrackIds } from '../../local/generate/index.ts';
import { rowsOf } from '../end-to-end/listens.ts';
import { newState } from '../end-to-end/new-state.ts';
import { type Pipeline, pipelineAt } from '../end-to-end/pipeline.ts';
import { scaleOf, tell } from './scale.ts';

const isTorture = process.env.TORTURE_ROUNDS !== undefined;
const { rounds, seed } = scaleOf({ rounds: 2, seed: 1 });
const filesPerRound = isTorture ? 100 : 5;
const rows = 20;
const trackIds = generateTrackIds({ count: 50, seed: 5 });
const userIds = Array.from({ length: 5_000 }, (_, index) => index + 1);

let state: string;
let cloud: Cloud;
let pipeline: Pipeline;
beforeAll(async () => {
  state = await newState();
  writeFileSync(join(state, 'all-calls.jsonl'), '');
  // Sweeps would make calls of their own.
  cloud = await startCloud({ root: process.cwd(), state, sweepEvery: 86_400_000 });
  pipeline = pipelineAt(cloud.environment);
  await pipeline.landManifest('streams');
}, 120_000);
afterAll(async () => {
  await cloud.stop();
  await rm(state, { recursive: true, force: true });
});

let files = 0;
/** Lands files at once and answers the last one's text when all of them are at rest. */
const land = async (count: number): Promise<string> => {
  const texts = Array.from({ length: count }, (_, index) =>
    [...generateStreams({ rows, days: 1, seed: 1_000 * seed + files + index, trackIds, userIds })].join(''),
  );
  const landing = texts.map((text, index) => pipeline.land(`data/streams/streams${files + index}.csv`, text));
  const landed = await Promise.all(landing);
  files += count;
  await pipeline.atRest(landed, { timeout: 300_000 });
  return texts.at(-1) ?? '';
};

const countItems = async (table = ''): Promise<number> => {
  let items = 0;
  const scan = { TableName: table, Select: 'COUNT' as const };
  for await (const { Count = 0 } of paginateScan({ client: new DynamoDBClient() }, scan)) items += Count;
  return items;
};

const countObjects = async (): Promise<number> => {
  let objects = 0;
  const Bucket = cloud.environment.LAKE_BUCKET ?? '';
  for await (const { versions } of versionPages(new S3Client(), { Bucket })) objects += versions.length;
  return objects;
};

/** Calls of functions and jobs so far. */
const countCalls = (): number => readFileSync(join(state, 'all-calls.jsonl'), 'utf8').split('\n').length - 1;

const counts = async () => ({
  calls: countCalls(),
  ledger: await countItems(cloud.environment.LEDGER_TABLE),
  objects: await countObjects(),
});

/** What one more file costs now. */
const costOfOne = async () => {
  const before = await counts();
  const text = await land(1);
  const after = await counts();
  const listeners = new Set(rowsOf(text).map((row) => row.split(',')[0])).size;
  const kpis = await pipeline.allKpis();
  const newest = Math.max(...kpis.filter(({ sk }) => sk === 'CURRENT').map(({ seq }) => Number(seq)));
  const written = kpis.filter(({ pk, seq }) => pk.startsWith('LISTENER#') && Number(seq) === newest).length;
  return {
    calls: after.calls - before.calls,
    ledger: after.ledger - before.ledger,
    objects: after.objects - before.objects,
    others: written - listeners,
  };
};

describe(`one more file after ${rounds * filesPerRound}, seed ${seed}`, { timeout: 300_000 * rounds }, () => {
  test('costs as many calls, items and objects as it did at first', async () => {
    await land(1);
    const first = await costOfOne();
    for (let round = 0; round < rounds; round++) await land(filesPerRound);
    const last = await costOfOne();
    tell('growth', { files, ...last });
    expect(last).toEqual({ ...first, calls: expect.any(Number), others: 0 });
    // Items that fill another request, or a step that is asked for twice.
    expect(Math.abs(last.calls - first.calls)).toBeLessThan(first.calls / 10);
  });
});
