import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { promisify, stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kpiLines } from '../../cli/output/kpi-lines.ts';
import { renderCatalog } from '../../deploy/render/render.ts';
import { dynamoKpis } from '../../functions/adapters/dynamo-kpis.ts';
import { dynamoLedger } from '../../functions/adapters/dynamo-ledger.ts';
import { s3Files } from '../../functions/adapters/s3-files.ts';
import { kpisMadeOf, latestKpis } from '../../functions/pipeline/queries/latest-kpis.ts';
import { type Laptop, startLaptop } from '../end-to-end/laptop.ts';
import { projectWith } from '../end-to-end/project.ts';
import { queryWarehouse } from '../end-to-end/warehouse.ts';
import { exampleFiles, isLanded } from './example-files.ts';
import { landedLikes, readmeDataset } from './readme-dataset.ts';

const pages = await Promise.all(['models', 'kpis'].map((name) => readFile(`docs/${name}.md`, 'utf8')));
/** The banking example of the documentation, and the files that land in it. */
const bank = Object.assign({}, ...pages.map(exampleFiles)) as Readonly<Record<string, string>>;

const readme = await readFile('README.md', 'utf8');

let root: string;
let laptop: Laptop;
beforeAll(async () => {
  root = await projectWith({
    ...Object.fromEntries(Object.entries(bank).filter(([path]) => !isLanded(path))),
    ...(await readmeDataset()),
  });
  laptop = await startLaptop({ root });
}, 120_000);
afterAll(async () => {
  await laptop?.stop();
  await rm(root, { recursive: true, force: true });
});

describe('the banking example of the documentation', { timeout: 120_000 }, () => {
  test('goes from its files to the KPIs that it says', async () => {
    for (const dataset of ['accounts', 'transactions']) await laptop.landManifest(dataset, root);
    const names = Object.keys(bank).filter(isLanded);
    expect(names).toEqual(['accounts_20240624.csv', 'transactions_20240625.csv']);
    for (const name of names) {
      const landed = await laptop.land(`data/${name.split('_')[0]}/${name}`, bank[name] ?? '');
      const [record] = await laptop.atRest([landed], { mart: 'banking' });
      expect(record).toMatchObject({ state: 'published', rows: name.startsWith('t') ? 3 : 2 });
    }
    const kpis = dynamoKpis(laptop.cloud.environment.KPI_TABLE ?? '');
    const day = await kpis.get('TURNOVER#2024-06-25', 'CURRENT');
    const [, , said = ''] = /^(```json\n)(\{\n {2}"transactions".*?)^```$/ms.exec(pages[1] ?? '') ?? [];
    expect(day).toMatchObject(JSON.parse(said));
    expect(await kpis.query(`TURNOVER#2024-06-25#${day?.version}`)).toMatchObject([
      { sk: 'BRANCH#Kraków', transactions: 1, turnover: 100.1 },
      { sk: 'BRANCH#unknown', transactions: 1, turnover: -50 },
      { sk: 'BRANCH#Αθήνα', transactions: 1, turnover: 0.2 },
    ]);
    expect(await kpis.query('ACCOUNT#9007199254740993')).toMatchObject([
      { transactions: 1, turnover: 0.2, last_day: '2024-06-25' },
    ]);
  });

  test('is read without any AWS client, as the page shows', async () => {
    const { LAKE_BUCKET = '', LEDGER_TABLE = '', KPI_TABLE = '' } = laptop.cloud.environment;
    const { banking } = (await renderCatalog(root, 'duckdb')).marts;
    if (!banking) throw new Error('there is no mart banking');
    const ports = {
      files: s3Files(LAKE_BUCKET),
      ledger: dynamoLedger(LEDGER_TABLE),
      kpis: dynamoKpis(KPI_TABLE),
    };
    const kpis = await latestKpis(ports, banking, kpisMadeOf(banking, banking.datasets), 2);
    const [, said] = /^\$ npx soundcheck kpis banking --limit 2\n(.*?)^```$/ms.exec(pages[1] ?? '') ?? [];
    const more = 'npx soundcheck kpis banking --limit 20';
    expect(`${stripVTControlCharacters(kpiLines(kpis, more).join('\n'))}\n`).toBe(said);
  });
});

describe('the example of docs/add-a-dataset.md', { timeout: 120_000 }, () => {
  test('flows from its file to its table', async () => {
    expect(Object.keys(await readmeDataset())).toHaveLength(5);
    await laptop.landManifest('likes', root);
    const landed = await laptop.land('data/likes/likes1.csv', landedLikes);
    const [record] = await laptop.atRest([landed], { mart: 'likes' });
    expect(record).toMatchObject({ state: 'published', rows: 2 });
    expect(await queryWarehouse('select track_id, listeners from gold.liked_tracks')).toEqual([
      ['6oGPB9RTuiEItZCRa4JRXN', '2'],
    ]);
  });
});

describe('the README', { timeout: 120_000 }, () => {
  test('reads a KPI in five lines', async () => {
    const [, code = ''] = /^```js\n(.*?)^```$/ms.exec(readme) ?? [];
    expect(code.trim().split('\n')).toHaveLength(5);
    await laptop.landManifest('streams', root);
    const sample = await readFile('local/sample/streams1.csv', 'utf8');
    await laptop.atRest([await laptop.land('data/streams/streams1.csv', sample)], { mart: 'listening' });
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], {
      env: { ...process.env, ...laptop.cloud.environment },
    });
    expect(stdout).toMatch(/listens: 11346,/);
    expect(stdout).toMatch(/unique_listeners: 8956,/);
  });

  test('gives the two commands, and is short', () => {
    expect(readme).toContain('\n```\nnpm ci && npm start\n```\n');
    expect(readme).toContain('\n```\nnpm ci && npm test\n```\n');
    expect(readme.split('\n').length).toBeLessThanOrEqual(181);
  });
});
