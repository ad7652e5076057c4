import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { QualityResult, TransformResult } from '../../../../functions/pipeline/spec.ts';
import { type EngineObjects, type LocalEngine, openEngine } from '../../../../local/engines/duckdb/engine.ts';
import { nameIsComplete, qualitySpec, table, transformSpec } from '../../../functions/engine/fixtures.ts';

let state: string;
let engine: LocalEngine;
let objects: Map<string, string>;
let lines: string[];

const s3: EngineObjects = {
  locate: async (_, key) => {
    const path = objects.get(key);
    return path === undefined ? undefined : { path };
  },
  put: async (_, key, body, options) => {
    if (options?.ifNoneMatch && objects.has(key)) return undefined;
    const path = join(state, 's3', `object-${objects.size}`);
    objects.set(key, path);
    await ('path' in body ? copyFile(body.path, path) : writeFile(path, body));
    return {};
  },
};

const open = () =>
  openEngine({ state, bucket: 'lake', s3, datasets: { people: table }, memoryLimit: '1GB', threads: 2 });
const put = (key: string, body: string) => s3.put('lake', key, Buffer.from(body));
const run = (jobScript: string, spec: string, signal = new AbortController().signal) =>
  engine.execute({
    id: 'jr_1',
    jobScript,
    arguments: { '--spec': `s3://lake/${spec}` },
    signal,
    begin: () => {},
    log: (line) => lines.push(line),
  });
const read = async (sql: string) => {
  const connection = await engine.instance.connect();
  const reader = await connection.runAndReadAll(sql);
  connection.closeSync();
  return reader.getRowsJson();
};

beforeEach(async () => {
  state = mkdtempSync(join(tmpdir(), 'local-engine-'));
  mkdirSync(join(state, 's3'));
  objects = new Map();
  lines = [];
  engine = await open();
});
afterEach(() => {
  engine.close();
  rmSync(state, { recursive: true });
});

const facts = (changes: object) => ({
  format: 'csv' as const,
  compression: 'none' as const,
  bom: false,
  delimiter: ',',
  quote: '"',
  header: ['id', 'name'],
  line_end: 'lf' as const,
  multiline: false,
  records: 1,
  bytes: 0,
  sha256: '',
  ...changes,
});

const transform = async (key: string, body: string, changes = {}) => {
  await put(key, body);
  const file = { key, version: 'v1', landed_at: '2024-06-25T12:00:00Z', facts: facts(changes) };
  const spec = transformSpec([file], { batch: key });
  await put(`runs/${key}/transform.spec.json`, JSON.stringify(spec));
  await run('transform', `runs/${key}/transform.spec.json`);
  return spec;
};

test('runs both jobs of a batch by their specs and keeps what they published', async () => {
  const spec = await transform('a', 'id,name\n1,x\n');
  const result = TransformResult.parse(JSON.parse(await text('runs/a/transform.result.json')));
  await put(
    'runs/a/quality.spec.json',
    JSON.stringify(qualitySpec(spec, result, { ruleset: nameIsComplete })),
  );
  await run('quality', 'runs/a/quality.spec.json');
  expect(QualityResult.parse(JSON.parse(await text('runs/a/quality.result.json'))).files).toMatchObject([
    { key: 'a', outcome: 'published', rows: 1 },
  ]);
  expect(lines).toEqual([
    'staged 1 rows of 1 files under staging/a/jr_1/',
    'published 1 rows of 1 of 1 files',
  ]);
  engine.close();
  engine = await open();
  expect(await read('select id, name from silver.people')).toEqual([['1', 'x']]);
});

test('has an empty silver table for each dataset from the start, and speaks UTC', async () => {
  expect(await read('select count(*) from silver.people')).toEqual([['0']]);
  expect(await read("select current_setting('TimeZone')")).toEqual([['UTC']]);
});

test('fails only the run whose file or spec is broken', async () => {
  await expect(transform('bad', 'id,name\n"\u0000x,\ufffd\n1,"a"b\n', { records: 2 })).rejects.toThrow(
    /^cannot read bad/,
  );
  await expect(run('transform', 'runs/none')).rejects.toThrow('runs/none is gone from the lake');
  await put('runs/broken', '{"kind":');
  await expect(run('transform', 'runs/broken')).rejects.toThrow(/JSON/);
  await put('runs/other', '{"kind":"quality"}');
  await expect(run('transform', 'runs/other')).rejects.toThrow(/runs\/other is not a spec of this job/);
  await expect(run('compact', 'runs/other')).rejects.toThrow(
    'there is no script compact; the scripts are transform, quality and tables',
  );
  await transform('good', 'id,name\n1,x\n');
});

test('shows no value of a row that cannot be cast', async () => {
  await expect(transform('a', 'id,name\nsecret,x\n')).rejects.toThrow(
    /^Conversion Error: Could not convert string … to INT64/,
  );
});

const text = (key: string) => readFile(objects.get(key) ?? '', 'utf8');

test('lets SQL read nothing of what lies in the lake', async () => {
  await put('data/people/secret.csv', 'a\n1\n');
  for (const sql of [
    `from read_text('${join(state, 's3', 'object-0')}')`,
    `from glob('${join(state, 's3')}/*')`,
    `from read_csv('${state}/s3/*')`,
  ])
    await expect(read(sql)).rejects.toThrow(/disabled by configuration/);
});
