import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetQueueUrlCommand, PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { landManifests } from '../../cli/target/manifests.ts';
import { s3Files } from '../../functions/adapters/s3-files.ts';
import { type Cloud, startCloud } from '../../local/cloud/cloud.ts';
import { pipelineAt } from '../end-to-end/pipeline.ts';
import { readable } from '../end-to-end/published-kpis.ts';
import { changeWarehouse } from '../end-to-end/warehouse.ts';
import { soundcheckHere } from './soundcheck-here.ts';
import { type Answered, soundcheck } from './soundcheck-process.ts';

const header = 'user_id,track_id,listen_time\n';
const good = '1,6oGPB9RTuiEItZCRa4JRXN,2024-06-25 17:43:13\n';
const dirty = `${header}${good}2.5,6oGPB9RTuiEItZCRa4JRXN,2024-06-26 08:00:00\n3,,2024-06-26 08:00:00\n`;
const wide = `user_id,track_id,listen_time,device\n${good.replace('\n', ',phone\n')}`;
const manifest = 'data/streams/manifest.json';

let folder: string;
let state: string;
let cloud: Cloud;
const before = { ...process.env };
const at = (name: string): string => join(folder, name);
const files = () => s3Files(cloud.environment.LAKE_BUCKET ?? '');
/** On the cloud that runs on the state. */
const run = (...args: string[]): Promise<Answered> => runBy(soundcheckHere, args);
/** As a person runs it, in a process of its own: each command once. */
const runApart = (...args: string[]): Promise<Answered> => runBy(soundcheck, args);
const runBy = async (command: typeof soundcheck, args: readonly string[]): Promise<Answered> => {
  const answered = await command([...args, '--state', state], { cwd: folder });
  for (const [command] of `${answered.stdout}${answered.stderr}`.matchAll(/npx soundcheck [^;,\n]*/g))
    expect(command).toContain(` --state ${state}`);
  return answered;
};
const document = async (...args: string[]) => JSON.parse((await run(...args, '--json')).stdout);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloud-commands-'));
  state = join(folder, 'state');
  cloud = await startCloud({ root: process.cwd(), state });
  Object.assign(process.env, cloud.environment);
  await landManifests(files());
  const rules = await readFile('rules/streams/manifest.json', 'utf8');
  await files().write(manifest, rules.replace('"on_error": "quarantine"', '"on_error": "quarantine_rows"'));
  await writeFile(at('streams7.csv'), dirty);
  await writeFile(at('streams8.csv'), wide);
}, 120_000);
afterAll(async () => {
  await cloud?.stop();
  for (const name of Object.keys(cloud?.environment ?? {})) delete process.env[name];
  Object.assign(process.env, before);
  await rm(folder, { recursive: true, force: true });
});

/** In order: each goes on from where the one before left the cloud. */
describe('the commands on a cloud that runs', { timeout: 120_000 }, () => {
  test('land a file and say which of its rows are quarantined, where, and what to do', async () => {
    const { code, stdout, stderr } = await runApart('land', 'streams7.csv');
    expect(stdout).toContain('data/streams/streams7.csv: 1 row published, 2 quarantined');
    expect(stdout).toContain('line 3, column user_id: "2.5" is not an int');
    expect(stdout).toMatch(/quarantined rows: data\/quarantine\/streams\/streams7\.csv@.+\.rows\.csv/);
    expect(stdout).toContain('nothing lost, nothing counted twice');
    expect(stdout).toMatch(/^listening: KPIs, last written by rebuild listening-00000001\n/);
    expect(stdout).toContain(
      '  kpi_days  pk=DAY#2024-06-25, sk=CURRENT\n    listens 1, unique_listeners 1, listening_ms ',
    );
    expect(stderr).toContain(`${manifest} is newer than the one in rules/, so it stays.`);
    expect(stderr).toContain('data/streams/streams7.csv  in KPIs');
    expect(code).toBe(1);
  });

  test('answer SQL over silver, gold and the ledger, and change nothing', async () => {
    const query = (sql: string, ...args: string[]) => run('query', sql, ...args);
    const { stdout } = await runApart('query', 'select user_id, track_id from silver.streams', '--csv');
    expect(stdout).toBe('user_id,track_id\n1,6oGPB9RTuiEItZCRa4JRXN\n');
    const files = await document('query', 'select key, state, records, quarantined_rows from ledger.files');
    expect(files.rows).toEqual([
      { key: 'data/streams/streams7.csv', state: 'published', records: 3, quarantined_rows: 2 },
    ]);
    const exact = await query('select 9223372036854775807 as id, cast(1.10 as decimal(10,2)) as price');
    expect(exact.stdout).toMatch(/^ +id {2}price\n─+ {2}─+\n9223372036854775807 {3}1\.10\n\(1 row\)\n$/);
    expect((await document('query', 'select 1e400 as x')).rows).toEqual([{ x: 'Infinity' }]);
    for (const [sql, why] of [
      ['delete from silver.streams', 'only a SELECT can run'],
      ['with a as (select 1) insert into silver.streams select * from a', 'only a SELECT can run'],
      ['select 1; select 2', 'only one SELECT can run at a time'],
      ['select user_idd from silver.streams', 'user_id'],
      ['selec 1', 'syntax error'],
      ["select * from read_text('/etc/hosts')", 'disabled by configuration'],
    ] as const) {
      const rejected = await query(sql);
      expect([rejected.code, rejected.stderr]).toEqual([1, expect.stringContaining(why)]);
    }
    expect((await document('query', 'select count(*) as n from silver.streams')).rows).toEqual([{ n: 1 }]);
  });

  test('show tables', async () => {
    const { stdout } = await runApart('show');
    for (const name of ['silver.streams', 'gold.fact_listens', 'ledger.files', 'ledger.rebuilds'])
      expect(stdout).toContain(name);
    const shown = await run('show', 'streams', '--limit', '1');
    expect(shown.stdout).toMatch(/user_id +bigint\n/);
    expect(shown.stdout).toMatch(/track_id +varchar\(64\)\n/);
    const [models, internal = ''] = stdout.split('Internal tables of rebuilds:');
    expect(models).not.toMatch(/gold\.(?:applied|fence)/);
    expect(internal).toMatch(/gold\.applied/);
    expect(internal).not.toContain('gold.fact_listens');
    expect(shown.stdout).toContain('6oGPB9RTuiEItZCRa4JRXN');
    expect(shown.stdout).toContain('(1 of 1 rows)');
    expect(await run('show', 'nothing')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no table nothing; the tables are gold.'),
    });
  });

  test('say what is where and why', async () => {
    const { code, stdout } = await runApart('runs', 'streams');
    expect(stdout).toMatch(/^Needs a person:\n\nstreams: 1 published\n/);
    expect(stdout).toContain('listening: 1 warning of rebuild listening-00000001\n');
    expect(stdout).toMatch(/streams7\.csv {2}published {2}3 rows, 2 quarantined, streams-00000001\n/);
    expect(stdout).toMatch(/batch streams-00000001 {2}published .*, 1 file, 1 row\n/);
    expect(stdout).toMatch(/listening: KPIs of rebuild listening-00000001, published \d/);
    expect(code).toBe(0);
    const { datasets, marts } = await document('runs', 'streams');
    expect(datasets[0]).toMatchObject({
      dataset: 'streams',
      lease: { fence: 1 },
      batches: [{ id: 'streams-00000001', state: 'published' }],
      files: [{ file: 'data/streams/streams7.csv', state: 'published', records: 3, quarantined_rows: 2 }],
    });
    expect(datasets[0].files[0].rows_file).toMatch(/\.rows\.csv$/);
    expect(marts[0]).toMatchObject({ mart: 'listening', published: { seq: 1 }, pending: [] });
  });

  test('save the rows that are quarantined, and land them repaired', async () => {
    const { saved } = await document('runs', 'streams', '--file', 'streams7.csv', '--rows', 'rows');
    expect(saved).toEqual([join('rows', (await readdir(at('rows')))[0] ?? '')]);
    const [rows = ''] = saved;
    const repaired = (await readFile(at(rows), 'utf8'))
      .replace('\n2.5,', '\n2,')
      .replace('\n3,,', '\n3,6oGPB9RTuiEItZCRa4JRXN,');
    await writeFile(at(rows), repaired);
    const { code, stdout } = await run('land', rows);
    expect([code, stdout]).toEqual([0, expect.stringContaining('nothing lost, nothing counted twice')]);
    const { stdout: story } = await run('runs', 'streams', '--file', 'streams7.csv');
    expect(story).toContain('3 rows, 2 quarantined, 2 of them now repaired');
    expect(story).toMatch(/repairs: +data\/streams\/streams7\.csv, version .*#repair\n/);
  });

  test('drop rows on purpose, which stay in quarantine and need nobody, and take it back', async () => {
    await writeFile(at('streams6.csv'), dirty.replace('\n3,,', '\n3,6oGPB9RTuiEItZCRa4JRXN,'));
    await run('land', 'streams6.csv');
    const open = async () => (await document('runs', 'streams', '--open')).datasets[0].needs_person;
    expect(await open()).toBe(1);
    const { code, stdout } = await runApart('dismiss', 'streams6.csv', '--by', 'Ann');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^data\/streams\/streams6\.csv@\S+: 1 row dropped on purpose by Ann, they stay /),
    ]);
    expect(await open()).toBe(0);
    const story = (await run('runs', 'streams', '--file', 'streams6.csv')).stdout;
    expect(story).toMatch(/rows: +3 rows, 1 quarantined, 1 dropped on purpose by Ann at \d{4}-/);
    const { stay } = await document('replay', 'streams', '--file', 'streams6.csv');
    expect(stay).toMatchObject([{ reason: 'it was dropped on purpose by Ann' }]);
    expect((await run('dismiss', 'streams6.csv')).stderr).toContain(
      'streams6.csv has nothing in quarantine that waits for a person',
    );
    const back = await run('dismiss', 'streams6.csv', '--undo');
    expect(back.stdout).toMatch(/: 1 row waits for a person again\n$/);
    expect(await open()).toBe(1);
    await run('dismiss', 'streams6.csv');
  });

  test('leave in quarantine what the same manifest has rejected', async () => {
    expect((await run('land', 'streams8.csv')).code).toBe(1);
    const { stdout: report } = await runApart('report', 'streams8.csv');
    expect(report).toMatch(
      /^data\/streams\/streams8\.csv {2}version \S+\n {2}rejected at .*\n {2}line 1.*device/,
    );
    const { stay, files: landed } = await document('replay', 'streams', '--file', 'streams8.csv');
    expect(landed).toEqual([]);
    expect(stay).toMatchObject([{ reason: 'its manifest has not changed since it was validated' }]);
  });

  test('land a quarantined file again once the manifest has changed', async () => {
    const text = (await files().readText(manifest)) ?? '';
    await files().write(manifest, text.replace('"fields":', '"unknown_fields": "ignore", "fields":'));
    const { files: landed } = await document('replay', 'streams', '--file', 'streams8.csv');
    expect(landed).toMatchObject([{ file: 'data/streams/streams8.csv', state: 'published', number: 2 }]);
    const { code, stdout } = await runApart('replay', 'streams', '--file', 'streams8.csv');
    expect(stdout).toMatch(
      /streams8\.csv@.+ stays in quarantine: version .+ of it is newer, and published\n/,
    );
    expect(code).toBe(0);
  });

  test('print what the checks of a rebuild found, and say where there is no report', async () => {
    const { checks } = await document('report', 'listening-00000001');
    expect(checks).toMatchObject([{ check_name: 'fact_listens_known_tracks', subject: '2024-06-25' }]);
    expect((await document('report', 'streams8.csv')).file).toBe('data/streams/streams8.csv');
  });

  test('show what needs a person, also in datasets that nobody has described, and what filters take', async () => {
    await files().write('data/unheard/of.csv', header);
    const open = async (...args: string[]) => (await document('runs', '--open', ...args)).datasets;
    await vi.waitFor(async () => {
      const unheard = (await open()).find(({ dataset }: { dataset: string }) => dataset === 'unheard');
      expect(unheard).toMatchObject({
        needs_person: 1,
        files: [
          { file: 'data/unheard/of.csv', state: 'landed', reason: 'waits for data/unheard/manifest.json' },
        ],
      });
    }, 30_000);
    const filesOf = async (...args: string[]): Promise<string[]> =>
      (await document('runs', 'streams', ...args)).datasets[0].files.map(
        ({ file, state }: { file: string; state: string }) =>
          `${file.slice('data/streams/'.length)} ${state}`,
      );
    expect(await filesOf('--in-state', 'quarantined,parked')).toEqual(['streams8.csv quarantined']);
    expect(await filesOf('--name', 'streams?.csv', '--limit', '2')).toHaveLength(2);
    expect(await filesOf('--since', '2100-01-01')).toEqual([]);
  });

  test('do not land rows again that were repaired', async () => {
    const { stay, files: landed } = await document('replay', 'streams', '--file', 'streams7.csv');
    expect(landed).toEqual([]);
    expect(stay).toMatchObject([{ reason: 'all its quarantined rows are repaired' }]);
    expect((await run('replay', 'streams')).stdout).toBe(
      'streams has nothing in quarantine that can be replayed.\n',
    );
  });

  test('say which rows were made under another manifest, and make them again', async () => {
    const outdated = `were made by another manifest, SQL or ruleset than is in force: npx soundcheck reprocess streams --state ${state}`;
    const open = await run('runs', '--open');
    expect(open.stdout).toMatch(/^Needs a person:\n/);
    expect(open.stdout).toContain(`\nstreams: 5 rows of 3 files ${outdated}\n`);
    const { datasets } = await document('runs', 'streams', '--open');
    expect(datasets[0].published).toMatchObject({ needs_person: true, outdated: [{}, {}, {}] });
    const { code, stdout, stderr } = await runApart('reprocess', 'streams');
    expect([code, stdout]).toEqual([0, expect.stringContaining('5 rows of 3 files were made again.')]);
    expect(stderr).toContain('3 of 3 files done');
    expect((await run('runs', 'streams', '--open')).stdout).not.toContain('were made by another');
    const [after] = (await document('runs', 'streams', '--open')).datasets;
    expect(after.published.needs_person).toBe(false);
    // What was dropped on purpose was validated again.
    expect(after.files).toMatchObject([{ file: 'data/streams/streams6.csv', quarantined_rows: 1 }]);
    expect(stdout).toContain('listening: KPIs, last written by rebuild listening-0000000');
    const story = await run('runs', 'streams', '--file', 'streams7.csv');
    expect(story.stdout).toMatch(/asked to be reprocessed\n.*rows replaced by batch streams-/);
    expect((await run('reprocess', 'streams')).stdout).toContain(
      'All published rows of streams are up to date',
    );
    const unknown = await run('reprocess', 'streams', '--file', 'nothing.csv');
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      expect.stringContaining('nothing.csv is not published in streams'),
    ]);
  });

  test('print why a reprocess left rows as they were', async () => {
    const text = (await files().readText(manifest)) ?? '';
    const stricter = JSON.parse(text);
    stricter.schema.fields.user_id.min = 1_000_000;
    await files().write(manifest, JSON.stringify(stricter));
    const { code, stdout } = await run('reprocess', 'streams', '--file', 'streams8.csv');
    await files().write(manifest, text);
    const [, key = '', command = ''] = / {2}report: (\S+); npx soundcheck (report \S+) /.exec(stdout) ?? [];
    expect([code, key]).toEqual([1, expect.stringMatching(/\.reprocess\.json$/)]);
    const { stdout: told } = await run(...command.split(' '));
    expect(told).toMatch(
      /streams8\.csv.*\n {2}rejected at .*\n {2}of a reprocess; the earlier rows stay published\n/,
    );
    expect(told).toContain('line 2, column user_id: "1" is less than 1000000');
    for (const name of ['streams8.csv', key]) expect((await run('report', name)).stdout).toContain(told);
  });

  test('do not wait where they are told so', async () => {
    await writeFile(at('streams9.csv'), header + good);
    const { code, stdout } = await run('land', 'streams9.csv', '--no-wait');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^data\/streams\/streams9\.csv has landed, version \S+\n$/),
    ]);
  });

  test('find no parked file where none is', async () => {
    await vi.waitFor(async () => {
      const { datasets, marts } = await document('runs', 'streams', '--name', 'streams9.csv');
      expect([datasets[0].files, marts[0].pending]).toMatchObject([[{ state: 'published' }], []]);
    }, 60_000);
    expect((await runApart('retry', 'streams')).stdout).toBe('No file of streams is parked.\n');
    const { code, stdout } = await run('retry', '--mart', 'listening');
    expect(stdout).toMatch(
      /^listening has no failed rebuild, and no batch waits for one\.\n\nlistening: KPIs/,
    );
    expect(code).toBe(0);
  });

  test('bring a table of gold back that somebody dropped', async () => {
    const all = 'select count(*) as n, sum(duration_ms) as played from gold.fact_listens';
    const kpis = async () => readable(await pipelineAt(cloud.environment).allKpis());
    const before = { rows: (await document('query', all)).rows, kpis: await kpis() };
    expect(before.rows).toMatchObject([{ n: expect.any(Number) }]);
    await changeWarehouse('drop table gold.fact_listens');
    expect((await run('query', all)).code).toBe(1);
    const { code, stdout, stderr } = await run('retry', '--mart', 'listening', '--tables');
    expect(stderr).toMatch(/listening: tables of migration listening-00000002, created or changed /);
    expect(stdout).toMatch(/^listening: KPIs, last written by rebuild listening-/);
    expect(code).toBe(0);
    expect({ rows: (await document('query', all)).rows, kpis: await kpis() }).toEqual(before);
    expect((await run('runs', 'streams')).stdout).toContain('  tables of migration listening-00000002, ');
  });

  test('find what is missing, stuck or misconfigured', async () => {
    const { code, stdout } = await runApart('doctor');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.pop()).toMatch(/^Compared \d+ objects/);
    for (const line of lines) expect(line).toMatch(/^\S.*: npx soundcheck [^;]+$/);
    expect(lines).toContain(
      `streams: data/streams/manifest.json differs from rules/streams/manifest.json: npx soundcheck retry streams --state ${state}`,
    );
    expect(stdout).not.toContain('warehouse');
    expect(code).toBe(1);
    const queue = { QueueName: 'soundcheck-dev-failed-invocations' };
    const sqs = new SQSClient();
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand(queue));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'an event' }));
    const { problems } = await document('doctor');
    expect(problems).toHaveLength(lines.length + 1);
    expect(problems).toContainEqual({
      ...{ check: 'dead letters', about: queue.QueueName },
      message: expect.stringMatching(/^1 event that made a function fail three times; /),
      next: `npx soundcheck runs --open --state ${state}`,
    });
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  });

  test('are pointed at a cloud by the ordinary environment', async () => {
    const { stdout } = await soundcheck(['runs', 'streams', '--json'], {
      cwd: folder,
      env: cloud.environment,
    });
    expect(JSON.parse(stdout).datasets[0].files.length).toBeGreaterThan(2);
  });

  test.each([
    ['a file of no dataset', ['land', 'state/cloud.env'], 'has a name that fits no dataset'],
    ['a file that is not there', ['land', 'nothing.csv'], 'there is no file nothing.csv'],
    ['what is not in quarantine', ['replay', 'streams', '--file', 'x.csv'], 'x.csv is not in quarantine of'],
    ['a dataset that is none', ['replay', 'strems'], 'there is no dataset strems (did you mean streams?)'],
    ['the same', ['retry', 'strems'], 'there is no dataset strems (did you mean streams?)'],
    ['a mart that is none', ['retry', '--mart', 'listenin'], 'no mart listenin (did you mean listening?)'],
    ['nothing to retry', ['retry'], 'name a dataset, or a mart with --mart'],
    ['two things to retry', ['retry', 'streams', '--mart', 'listening'], 'name a dataset, or a mart'],
    ['KPIs of no mart', ['kpis', 'listenin'], 'no mart listenin (did you mean listening?)'],
    ['the same', ['runs', 'strems'], 'there is no dataset strems (did you mean streams?)'],
    [
      'a state that is none',
      ['runs', '--in-state', 'parkd'],
      'there is no state parkd (did you mean parked?)',
    ],
    [
      'days in the wrong order',
      ['runs', '--since', '2026-02-02', '--until', '2026-02-01'],
      'is after --until',
    ],
    ['a limit that is none', ['show', 'streams', '--limit', '1e99'], '--limit must be a whole number from 0'],
    ['a day that is none', ['runs', '--since', '2026-02-31'], '--since 2026-02-31 is not a day'],
    ['a report on nothing', ['report', 'x.csv'], 'the ledger knows no file and no rebuild x.csv'],
    ['a file that the ledger does not know', ['runs', '--file', 'x.csv'], 'the ledger knows no file x.csv'],
  ])('say in one line, and in JSON, what cannot be done: %s', async (_, args, problem) => {
    const command = args[0] === 'kpis' ? runApart : run;
    const { code, stdout, stderr } = await command(...args, '--json');
    expect(stderr).toMatch(/^error: /m);
    expect(stderr).not.toContain('    at ');
    expect(JSON.parse(stdout).error).toContain(problem);
    expect(code).toBe(1);
  });
});

describe('a stage on AWS', { timeout: 60_000 }, () => {
  const withLambda = async (answer: object, status: number): Promise<Answered & { asked: string[] }> => {
    const asked: string[] = [];
    const server = createServer(({ url }, response) => {
      asked.push(url ?? '');
      response.writeHead(status, { 'x-amzn-errortype': 'ResourceNotFoundException' });
      response.end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const AWS_ENDPOINT_URL_LAMBDA = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = { ...cloud.environment, LAKE_BUCKET: '', LEDGER_TABLE: '', AWS_ENDPOINT_URL_LAMBDA };
    const answered = await soundcheck(['runs', 'streams', '--stage', 'prod', '--json'], { cwd: folder, env });
    server.close();
    return { ...answered, asked };
  };

  test('is asked for its bucket and its ledger by the function that validates files', async () => {
    const { LAKE_BUCKET, LEDGER_TABLE } = cloud.environment;
    const answer = { Environment: { Variables: { LAKE_BUCKET, LEDGER_TABLE } } };
    const { code, stdout, asked } = await withLambda(answer, 200);
    expect(asked).toEqual(['/2015-03-31/functions/soundcheck-prod-validate-landing/configuration']);
    expect(JSON.parse(stdout).datasets[0].files.length).toBeGreaterThan(2);
    expect(code).toBe(0);
  });

  test('that is not there is named, with what to do', async () => {
    const { code, stdout } = await withLambda({ Message: 'Function not found' }, 404);
    expect(JSON.parse(stdout).error).toMatch(/stage prod cannot be asked .*npx sls deploy --stage prod/);
    expect(code).toBe(1);
  });
});

describe('a command without a cloud that runs', { timeout: 120_000 }, () => {
  test('starts the laptop cloud for as long as it takes', async () => {
    const own = join(folder, 'own');
    await writeFile(at('streams1.csv'), header + good);
    const { code, stdout, stderr } = await soundcheck(
      ['land', at('streams1.csv'), '--state', own, '--json'],
      {},
    );
    expect(stderr).toContain(`No cloud runs on ${own}: one is started for the time of this command.`);
    expect(JSON.parse(stdout).files).toMatchObject([{ stage: 'in KPIs', state: 'published', records: 1 }]);
    expect(code).toBe(0);
    await expect(readFile(join(own, 'lock'))).rejects.toThrow('ENOENT');
    const examined = await soundcheck(['doctor', '--state', own]);
    expect(examined.stdout).toMatch(
      /^Nothing is missing, stuck or misconfigured\.\nCompared \d+ objects .*\n$/,
    );
    expect(examined.code).toBe(0);
  });
});
