import { access, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { soundcheck } from '../cli/soundcheck-process.ts';

/** Signs that a shell, SQL, a pattern, a URL or a partition of a table takes for something else. */
const oddName = "my state=1 it's [x]*{a,b} %41 #+& Kraków 音🎵";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'odd-state-'));
  // A path that a pattern in the state's own would match.
  await mkdir(join(folder, oddName.replace('[x]*', 'x1')));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a state under an odd path', { timeout: 240_000 }, () => {
  test('brings the sample to its KPIs, shows them and answers SQL', async () => {
    const state = join(folder, oddName);
    const started = await soundcheck(['start', '--state', state]);
    expect(started.stdout).toContain('kpi_days  pk=DAY#2024-06-25, sk=CURRENT\n    listens 11,346, ');
    expect(started.stdout).toContain('nothing lost, nothing counted twice');
    expect([started.code, started.stderr]).toEqual([0, expect.anything()]);
    const counted = 'select count(*) as listens from gold.fact_listens';
    const { stdout } = await soundcheck(['query', counted, '--csv', '--state', state]);
    expect(stdout).toBe('listens\n11346\n');
    const { marts } = JSON.parse((await soundcheck(['kpis', '--json', '--state', state])).stdout);
    expect(marts[0].kpis[0].items[0]).toMatchObject({ pk: 'DAY#2024-06-25', listens: 11_346 });
  });

  test('is rejected where DuckDB would keep a part of it elsewhere, and nothing is begun there', async () => {
    const state = join(folder, 'what now?', 'state');
    const { code, stderr } = await soundcheck(['start', '--state', state]);
    expect(stderr).toContain(
      `error: ${state}: the path of a state must not have a question mark; name another folder\n`,
    );
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(1);
    await expect(access(join(state, 'warehouse.duckdb'))).rejects.toThrow('ENOENT');
  });
});
