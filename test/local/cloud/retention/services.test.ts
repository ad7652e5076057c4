import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { logRetention, openFunctionLog } from '../../../../local/cloud/functions/log.ts';
import { openGlue } from '../../../../local/cloud/glue/glue.ts';
import { openQueues } from '../../../../local/cloud/queues.ts';
import { DataApi } from '../../../../local/cloud/redshift-data/data-api.ts';
import type { Statements } from '../../../../local/cloud/redshift-data/execution.ts';
import type { Outcomes } from '../../../../local/cloud/redshift-data/outcomes.ts';
import { ResultFiles } from '../../../../local/cloud/redshift-data/result-files.ts';
import { StatementLog } from '../../../../local/cloud/redshift-data/statement-log.ts';
import type { Retention } from '../../../../local/cloud/retention/retention.ts';

const day = 86_400_000;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'retention-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const round = async (retention: Retention, now: number): Promise<void> => {
  for await (const _ of retention.round(now));
};

test('a message is removed when its queue no longer keeps it', async () => {
  const place = { account: '0', region: 'eu-west-1', endpoint: 'http://localhost' };
  const keepsFor = { fortnight: 14 * 86_400 };
  const queues = openQueues({ directory, names: ['fortnight', 'usual'], keepsFor, ...place });
  const bodies = async (name: string) => {
    const asked = { QueueUrl: name, MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
    const { Messages } = await queues.service.handle('ReceiveMessage', asked);
    return (Messages as { Body: string }[]).map(({ Body }) => Body);
  };
  for (const name of ['fortnight', 'usual']) queues.send(name, 'body');
  await round(queues.retention, Date.now() + 5 * day);
  expect([await bodies('fortnight'), await bodies('usual')]).toEqual([['body'], []]);
  await round(queues.retention, Date.now() + 15 * day);
  expect(await bodies('fortnight')).toEqual([]);
  await queues.service.close();
});

test('a job run and its log are removed 90 days after its end, while the process runs', async () => {
  const job = { name: 'job', script: 'job.py', maxConcurrentRuns: 2, timeoutMinutes: 60 };
  const endings: (() => void)[] = [];
  const glue = await openGlue({
    directory,
    jobs: [job],
    execute: () =>
      new Promise((resolve) => {
        endings.push(resolve);
      }),
    publish: async () => {},
  });
  const start = async () => String((await glue.handle('StartJobRun', { JobName: 'job' })).JobRunId);
  const runs = async () =>
    ((await glue.handle('GetJobRuns', { JobName: 'job' })).JobRuns as { Id: string }[]).map(({ Id }) => Id);
  const [ended, running] = [await start(), await start()];
  endings[0]?.();
  await new Promise((done) => setTimeout(done, 20));
  writeFileSync(join(directory, 'logs', 'stray.log'), '');
  for (const name of readdirSync(join(directory, 'logs')))
    utimesSync(join(directory, 'logs', name), new Date(), new Date());

  await round(glue.retention, Date.now() + 89 * day);
  expect(await runs()).toEqual([running, ended]);
  await round(glue.retention, Date.now() + 91 * day);
  expect(await runs()).toEqual([running]);
  expect(readdirSync(join(directory, 'logs'))).toEqual([`${running}.log`]);
  await start();
  await expect(start()).rejects.toThrow('Concurrent runs exceeded');
  for (const end of endings) end();
  await glue.close();
});

describe('a statement', () => {
  const createdAt = Date.UTC(2026, 0, 1);
  const part = { status: 'FINISHED', updatedAt: createdAt, duration: 1 } as const;
  const over = { status: 'FINISHED', updatedAt: createdAt, duration: 1, parts: [part as never] } as const;
  const add = (log: StatementLog, id: string): void => {
    log.add({
      ...{
        id,
        sqls: [`select '${id}'`],
        isBatch: false,
        parameters: [],
        name: undefined,
        token: `token-${id}`,
      },
      ...{ withEvent: false, createdAt, owner: undefined, target: {} },
    });
  };
  const idsIn = (log: StatementLog): string[] => log.all().map(({ request }) => request.id);

  test('is old a day after it was sent, unless it still runs', () => {
    const log = new StatementLog(directory);
    for (const id of ['over', 'running']) add(log, id);
    log.update('over', over);
    expect(log.byToken('token-over', createdAt + 1)?.request.id).toBe('over');
    expect(log.expired(createdAt + day)).toEqual([]);
    expect(log.expired(createdAt + day + 1)).toEqual(['over']);
    log.remove('over');
    expect(idsIn(log)).toEqual(['running']);
    expect(log.byToken('token-over', createdAt + 1)).toBeUndefined();
    expect(log.byToken('token-running', createdAt + 9 * 3_600_000)).toBeUndefined();
    log.close();

    const again = new StatementLog(directory);
    expect(again.byToken('token-running', createdAt + 1)?.request.id).toBe('running');
    again.close();
  });

  test('has its texts on the disk only', () => {
    for (const open of [(log: StatementLog) => add(log, 'a'), () => {}]) {
      const log = new StatementLog(directory);
      open(log);
      const [statement] = log.all();
      expect(JSON.stringify(statement)).not.toContain('select');
      expect(statement && log.whole(statement).request.sqls).toEqual(["select 'a'"]);
      log.close();
    }
  });

  test('loses its results with it, also if a round ends early', async () => {
    const log = new StatementLog(directory);
    const results = new ResultFiles(join(directory, 'results'));
    for (const id of ['a', 'b', 'c']) {
      add(log, id);
      log.update(id, over);
      mkdirSync(join(directory, 'results', id), { recursive: true });
    }
    const expire = async () => {};
    const api = new DataApi(log, results, {} as Statements, { expire } as unknown as Outcomes);
    for await (const _ of api.retention.round(createdAt + 2 * day)) break;
    expect(readdirSync(join(directory, 'results'))).toEqual(['b', 'c']);
    expect(idsIn(log)).toEqual(['c', 'b']);
    await round(api.retention, createdAt + 2 * day);
    expect([readdirSync(join(directory, 'results')), idsIn(log)]).toEqual([[], []]);
    log.close();
  });
});

test('a large log begins again on the next day, and earlier files are removed after their days', async () => {
  let now = Date.UTC(2026, 0, 1, 23);
  const log = openFunctionLog(directory, 'validate', () => now);
  const large = 'x'.repeat(2 ** 20);
  log.write(large);
  log.write('same day');
  now += 2 * 3_600_000;
  log.write('next day');
  const [earlier = ''] = readdirSync(directory).filter((name) => name !== 'validate.log');
  expect(earlier).toBe('validate.2026-01-02T010000.000Z.log');
  expect(readFileSync(join(directory, earlier), 'utf8')).toBe(`${large}\nsame day\n`);
  expect(readFileSync(log.path, 'utf8')).toBe('next day\n');
  now += day;
  log.write('a small one goes on');
  expect(readdirSync(directory)).toHaveLength(2);
  log.close();

  for (const name of readdirSync(directory)) utimesSync(join(directory, name), new Date(now), new Date(now));
  await round(logRetention(directory, 30), now + 29 * day);
  expect(readdirSync(directory)).toHaveLength(2);
  await round(logRetention(directory, 30), now + 31 * day);
  expect(readdirSync(directory)).toEqual(['validate.log']);
});
