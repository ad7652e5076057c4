import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Call } from '../../../local/cloud/access/access.ts';
import { openJournal } from '../../../local/cloud/journal.ts';
import { grantsOfProject, isUsed, lineOf } from '../../local/cloud/access/grants.ts';
import { exceptions, reasonOf } from '../../local/cloud/access/unrecorded.ts';
import { type CommandProcess, runCommand } from '../command-process.ts';
import { soundcheck } from '../soundcheck-process.ts';
import { workWithoutEvents } from './lost-events.ts';

/** What the sample's day has. */
const day = 'listens 11,346, unique_listeners 8,956, listening_ms ';

/** Signs that a shell, SQL, a pattern, a URL or a partition of a table takes for something else. */
const oddName = "my state=1 it's [x]*{a,b} %41 #+& Kraków 音🎵";

let folder: string;
let state: string;
let running: CommandProcess | undefined;
const run = (script: string, ...args: string[]): CommandProcess => {
  running = runCommand(script, '--state', state, ...args);
  return running;
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commands-'));
  state = join(folder, oddName);
  // A path that a pattern in the state's own would match.
  await mkdir(join(folder, oddName.replace('[x]*', 'x1')));
});
afterEach(() => running?.kill());
afterAll(() => rm(folder, { recursive: true, force: true }));

/** In order: each goes on from the state that the one before left. */
describe('the commands', { timeout: 240_000 }, () => {
  test('say so when they are interrupted before there is anything to stop', async () => {
    const start = run('start');
    await vi.waitFor(() => access(join(state, 'lock')), 60_000);
    start.interrupt();
    await start.ended;
    expect(start.text()).toMatch(/^\nInterrupted\.$/m);
    // From here on the cloud records the calls of its roles.
    await writeFile(join(state, 'calls.jsonl'), '');
  });

  test('bring the sample to its KPIs, show a balance that is even, and exit with 0', async () => {
    const start = run('start');
    expect([await start.ended, start.text()]).toEqual([0, expect.anything()]);
    const said = start.text();
    expect(said).toContain(`kpi_days  pk=DAY#2024-06-25, sk=CURRENT\n    ${day}`);
    expect(said).toMatch(/data\/streams\/streams1\.csv +11,346 +11,346 +0 +0\n/);
    expect(said).toMatch(/data\/streams\/streams2\.csv +150 +0 +150 +0\n/);
    expect(said).toMatch(
      /sessions 2024-01-01 to 2024-01-31: 2,422 records in data\/sessions\/sessions-2024-01-01-2024-01-31-1\.jsonl\n/,
    );
    expect(said).toMatch(/together +48,515 +48,365 +150 +0\n/);
    expect(said).toMatch(
      /kpi_sales_months {2}pk=SALES#2024-01, sk=CURRENT\n {4}currency USD, purchases 10,212, sessions 2,282, users 1,849, total_sales 11,098\.56\n/,
    );
    for (const item of ['ARTIST#1', 'COUNTRY#US']) expect(said).toMatch(`, sk=${item}\n`);
    expect(said).toContain('nothing lost, nothing counted twice');
    expect(said).toContain('data/streams/streams2.csv is in quarantine');
  });

  test('answer SQL when no cloud runs', async () => {
    const counted = 'select count(*) as listens from gold.fact_listens';
    const { stdout } = await soundcheck(['query', counted, '--csv', '--state', state]);
    expect(stdout).toBe('listens\n11346\n');
  });

  test('run nothing twice', async () => {
    const runs = (): string[] => {
      const { entries, close } = openJournal(join(state, 'glue', 'runs.journal'));
      close();
      return [...entries.keys()];
    };
    const before = runs();
    expect(before).toHaveLength(13);
    const start = run('start');
    expect(await start.ended).toBe(0);
    expect(start.text()).toContain('Nothing to do: the ledger already knows 4 files.');
    expect(start.text()).toContain('streams1.csv is ignored: same bytes as version');
    expect(start.text()).toContain(
      '2,422 records in data/sessions/sessions-2024-01-01-2024-01-31-1.jsonl, the same as before',
    );
    expect(start.text()).toContain(day);
    expect(runs()).toEqual(before);
  });

  test('use all that roles of functions and jobs allow', { timeout: 400_000 }, async () => {
    await workWithoutEvents(state);
    const lines = (await readFile(join(state, 'calls.jsonl'), 'utf8')).trim().split('\n');
    const calls: Call[] = lines.map((line) => JSON.parse(line));
    const grants = grantsOfProject();
    const unused = grants.filter((grant) => !isUsed(grant, calls) && !reasonOf(grant));
    expect(unused.map(lineOf)).toEqual([]);
    expect(exceptions.filter(({ of }) => !grants.some((grant) => of.test(lineOf(grant))))).toEqual([]);
  });

  test('keep a cloud up for any client until Ctrl-C, and leave no process behind', async () => {
    const cloud = run('cloud');
    await cloud.says('Ctrl-C stops the cloud');
    const lines = (await readFile(join(state, 'cloud.env'), 'utf8')).trim().split('\n');
    for (const line of lines) expect(cloud.text()).toContain(`export ${line}\n`);
    const environment = Object.fromEntries(lines.map((line) => line.split('=')));
    expect(Object.keys(environment)).toEqual([
      'AWS_ENDPOINT_URL',
      'AWS_REGION',
      'AWS_DEFAULT_REGION',
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'LAKE_BUCKET',
      'LEDGER_TABLE',
      'KPI_TABLE',
    ]);
    expect((await fetch(`${environment.AWS_ENDPOINT_URL}/_soundcheck`)).ok).toBe(true);

    const second = runCommand('start', '--state', state);
    expect(await second.ended).toBe(1);
    expect(second.text()).toMatch(/^error: .* is in use by process \d+ since .*--state$/m);

    cloud.interrupt();
    await cloud.ended;
    expect(cloud.text()).toContain('Stopping');
    expect(cloud.alive()).toEqual([]);
    await expect(fetch(`${environment.AWS_ENDPOINT_URL}/_soundcheck`)).rejects.toThrow();
    await expect(readFile(join(state, 'lock'))).rejects.toThrow('ENOENT');
  });

  test('end in the middle of the main job, and say so', async () => {
    const start = run('start', '--fresh');
    await start.says('data/tracks/tracks.csv');
    start.interrupt();
    expect(await start.ended).not.toBe(0);
    expect(start.alive()).toEqual([]);
  });

  test('finish what was interrupted', async () => {
    const start = run('start');
    expect(await start.ended).toBe(0);
    expect(start.text()).toContain(day);
  });
});

describe('a mistake', { timeout: 60_000 }, () => {
  test.each([
    ['a file that is not there', ['nothing.csv'], /^error: there is no file nothing\.csv$/m],
    ['an unknown setting', ['--chaos', 'rain=1'], /The settings of chaos are dup, lose, delay and seed/],
  ])('is one clear line: %s', async (_, args, message) => {
    const start = run('start', ...args);
    expect(await start.ended).toBe(1);
    expect(start.text()).toMatch(message);
    expect(start.text()).not.toContain('    at ');
  });

  test('is one clear line: a path of which DuckDB would keep a part elsewhere; nothing is begun there', async () => {
    const odd = join(folder, 'what now?', 'state');
    const { code, stderr } = await soundcheck(['start', '--state', odd]);
    expect(stderr).toContain(
      `error: ${odd}: the path of a state must not have a question mark; name another folder\n`,
    );
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(1);
    await expect(access(join(odd, 'warehouse.duckdb'))).rejects.toThrow('ENOENT');
  });
});
