import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeInstalled } from './installed.ts';
import { openSpark, type TestSpark } from './spark.ts';

const variables = fileURLToPath(new URL('variables.py', import.meta.url));

describeInstalled('two lakes in the sessions that files share', (installation) => {
  let folder: string;
  const lakes: TestSpark[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shared-sessions-'));
    if (!installation) return;
    for (const name of ['one', 'bare']) await mkdir(join(folder, name));
    const bare = await openSpark(installation, join(folder, 'bare'));
    lakes.push(await openSpark(installation, join(folder, 'one'), { LAKE_NAME: 'one' }), bare);
  });
  afterAll(async () => {
    await Promise.all(lakes.map(({ worker }) => worker.kill()));
    await rm(folder, { recursive: true, force: true });
  });

  test('have neither tables nor temporary views in common', async () => {
    const [one, other] = lakes;
    await one?.sql(
      'create table lake.silver.people (id int) using iceberg',
      'create temporary view seen as select 1 as id',
    );
    expect(await one?.sql('select * from lake.silver.people')).toMatchObject([{ rows: [] }]);
    expect(await other?.sql('select * from lake.silver.people', 'select * from seen')).toEqual(
      Array(2).fill({ error: expect.stringContaining('TABLE_OR_VIEW_NOT_FOUND') }),
    );
  }, 180_000);

  test('have their own variables, in the process and in the workers', async () => {
    for (const [at, value] of ['one', null].entries()) {
      const answered = join(folder, `${at}.json`);
      await lakes[at]?.worker.run(variables, ['LAKE_NAME', answered]);
      expect(JSON.parse(await readFile(answered, 'utf8'))).toEqual([value, value]);
    }
  }, 180_000);

  test('say what a script raised, as a session of their own would', async () => {
    const failure = await lakes[0]?.worker.run(variables, ['LAKE_NAME', folder]).catch(String);
    expect(failure).toMatch(/^IsADirectoryError: /);
  }, 180_000);
});
