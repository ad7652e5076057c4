import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openCloud } from '../../../cli/target/open-cloud.ts';
import { startCloud } from '../../../local/cloud/cloud.ts';
import {
  engineOfState,
  OtherEngine,
  rememberEngine,
  SparkIsMissing,
} from '../../../local/cloud/state-engine.ts';

const installation = vi.hoisted(() => ({ find: vi.fn() }));
vi.mock('../../../local/engines/spark/installation.ts', () => ({ findSpark: installation.find }));

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'state-engine-'));
  installation.find.mockReturnValue(undefined);
});
afterEach(() => rmSync(state, { recursive: true }));

const root = process.cwd();

describe('the engine of a state', () => {
  test('is DuckDB unless another is asked for, and stays what the state was begun with', () => {
    expect(engineOfState(state)).toBe('duckdb');
    expect(engineOfState(state, 'spark')).toBe('spark');
    rememberEngine(state, 'spark');
    expect(engineOfState(state)).toBe('spark');
    expect(engineOfState(state, 'spark')).toBe('spark');
  });

  test('is DuckDB where a warehouse is older than the record', () => {
    writeFileSync(join(state, 'warehouse.duckdb'), '');
    expect(engineOfState(state)).toBe('duckdb');
    expect(() => engineOfState(state, 'spark')).toThrow(OtherEngine);
  });

  test.each(['', 'dtckdb\n', 'spa'])('is made again where the record is damaged: %j', (text) => {
    writeFileSync(join(state, 'engine'), text);
    expect(engineOfState(state, 'duckdb')).toBe('duckdb');
    writeFileSync(join(state, 'warehouse.duckdb'), '');
    expect(() => engineOfState(state, 'spark')).toThrow(OtherEngine);
    mkdirSync(join(state, 'spark'));
    expect(engineOfState(state)).toBe('spark');
    rmSync(join(state, 'engine'));
    expect(engineOfState(state)).toBe('spark');
  });

  test('is not changed: a cloud with another one is rejected with what to do', async () => {
    rememberEngine(state, 'spark');
    const message =
      /was started with --engine spark, and duckdb cannot read its tables; .*--engine spark, .*--fresh, .*--state$/;
    await expect(startCloud({ root, state, engine: 'duckdb' })).rejects.toThrow(message);
    await expect(openCloud({ state, engine: 'duckdb', sweepEvery: 1_000 })).rejects.toThrow(message);
    expect(readdirSync(state)).toEqual(['engine']);
  });
});

describe('Spark that is not set up', () => {
  test('is said before anything is started', async () => {
    const absent = join(state, 'absent');
    await expect(startCloud({ root, state: absent, engine: 'spark' })).rejects.toThrow(SparkIsMissing);
    await expect(openCloud({ state: absent, engine: 'spark', sweepEvery: 1_000 })).rejects.toThrow(
      /npm run spark:setup/,
    );
    expect(readdirSync(state)).toEqual([]);
  });

  test('is said before an old state is taken away', async () => {
    rememberEngine(state, 'duckdb');
    const flags = { state, engine: 'spark', fresh: true, sweepEvery: 1_000 } as const;
    await expect(openCloud(flags)).rejects.toThrow(SparkIsMissing);
    expect(readdirSync(state)).toEqual(['engine']);
  });
});
