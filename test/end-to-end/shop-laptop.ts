import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { FileVersion } from '../../functions/pipeline/lake-keys.ts';
import type { PullRecord } from '../../functions/pipeline/records/pull.ts';
import type { Window } from '../../functions/sources/index.ts';
import { type Cloud, startCloud } from '../../local/cloud/cloud.ts';
import type { Session } from '../../local/generate/sessions.ts';
import type { GivenSwitches } from '../../local/sources/api/switches.ts';
import { startShopApi } from '../../local/sources/index.ts';
import { soundcheckHere } from '../cli/soundcheck-here.ts';
import type { Answered } from '../cli/soundcheck-process.ts';
import { shippedShop } from '../deploy/project.ts';
import { type Pipeline, pipelineAt } from './pipeline.ts';
import { projectWith } from './project.ts';
import { queryWarehouse } from './warehouse.ts';

/** A small shop, so that many pulls take little time. */
export const shop = { seed: 5, users: 60, songs: 800 };
export const sessions = 400;

/** A laptop cloud with the shop's own rules and SQL, and its API. */
export type ShopLaptop = Pipeline & {
  readonly cloud: Cloud;
  /** Changes switches of the API. */
  api(switches: GivenSwitches): Promise<void>;
  /** Ends the validity of all tokens of the API. */
  endTokens(): Promise<void>;
  /** Pulls a window as an event asks for it; answers what the ledger says afterwards. */
  pull(source: string, window: Window): Promise<PullRecord>;
  /** Changes `source.json` of datasets, and deploys that. */
  configure(changes: Readonly<Record<string, object>>): Promise<void>;
  soundcheck(...args: readonly string[]): Promise<Answered>;
  /** Waits until everything that was pulled from these sources is in gold. */
  settled(...sources: readonly string[]): Promise<FileVersion[]>;
  stop(): Promise<void>;
};

const arn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:soundcheck-dev/shop-api-test01';
const client = { client_id: 'soundcheck', client_secret: 'not-guessed' };

const sourceText = async (root: string, dataset: string, changes: object): Promise<[string, string]> => {
  const path = `rules/${dataset}/source.json`;
  const source = JSON.parse(await readFile(join(root, path), 'utf8'));
  return [path, JSON.stringify({ ...source, ...changes }, null, 2)];
};

/** Starts both. `database` says where songs are, as variables of the functions; `changes` those of each `source.json`. */
export const startShopLaptop = async (
  database: Readonly<Record<string, string>> = {},
  changes: Readonly<Record<string, object>> = {},
): Promise<ShopLaptop> => {
  const changed = Object.entries(changes).map(([name, change]) => sourceText(process.cwd(), name, change));
  const root = await projectWith(Object.fromEntries(await Promise.all(changed)), shippedShop);
  const state = await mkdtemp(join(tmpdir(), 'shop-'));
  const auth = { kind: 'oauth2_client_credentials', ...client } as const;
  const server = await startShopApi({
    ...shop,
    sessions,
    auth,
    bundles: join(process.cwd(), '.build', 'sources'),
  });
  const variables = { SHOP_API: server.url, SHOP_API_SECRET: arn, ...database };
  const cloud = await startCloud({ root, state, variables, secrets: { [arn]: JSON.stringify(client) } });
  const pipeline = pipelineAt(cloud.environment);
  for (const dataset of ['users', 'sessions', 'songs']) await pipeline.landManifest(dataset, root);
  const control = async (path: string, init: RequestInit): Promise<void> => {
    const answer = await fetch(`${server.url}${path}`, init);
    expect([answer.status, await answer.text()]).toMatchObject([200, expect.anything()]);
  };
  return {
    ...pipeline,
    cloud,
    api: (switches) => control('/_control', { method: 'PATCH', body: JSON.stringify(switches) }),
    endTokens: () => control('/_control/tokens', { method: 'DELETE' }),
    pull: async (source, window) => {
      const puller = source === 'songs' ? 'pull-databases' : 'pull-sources';
      await cloud.invoke(puller, { source, ...window });
      const record = await pipeline.ledger.pulls.find({ source, ...window });
      if (!record) throw new Error('the ledger does not know the pull');
      return record;
    },
    configure: async (wanted) => {
      for (const [dataset, change] of Object.entries(wanted)) {
        const [path, text] = await sourceText(root, dataset, change);
        await writeFile(join(root, path), text);
      }
      const answer = await fetch(`${cloud.endpoint}/_soundcheck/deploy`, { method: 'POST' });
      expect(await answer.json()).toMatchObject({ changed: true });
    },
    soundcheck: (...args) => soundcheckHere([...args, '--state', state]),
    settled: async (...sources) => {
      const files = (await Promise.all(sources.map((source) => landedOf(pipeline, source)))).flat();
      await pipeline.atRest(files, { mart: 'shop' });
      return files;
    },
    stop: async () => {
      await cloud.stop();
      await server.stop();
      for (const folder of [root, state]) await rm(folder, { recursive: true, force: true });
    },
  };
};

/** Every file that pulls of a source have landed: each attempt may have landed one. */
const landedOf = async (
  { ledger, files }: Pick<Pipeline, 'ledger' | 'files'>,
  source: string,
): Promise<FileVersion[]> => {
  const pulls = await ledger.pulls.of(source);
  const keys = pulls.flatMap(({ from, to, attempt }) =>
    Array.from(
      { length: attempt },
      (_, before) => `data/${source}/${source}-${from}-${to}-${before + 1}.jsonl`,
    ),
  );
  const found = await Promise.all(
    keys.map(async (key) => {
      const known = async () => (await ledger.files.versionsOf(key)).map(({ version }) => ({ key, version }));
      if ((await files.versionsOf(key)).length === 0) return known();
      return vi.waitUntil(async () => {
        const versions = await known();
        return versions.length > 0 && versions;
      }, 30_000);
    }),
  );
  return found.flat();
};

/** What gold has to say of sessions: sales per month and artist, in the text of the database. */
export const salesOf = (records: readonly Session[]): string[] => {
  const cents = new Map<string, number>();
  for (const { session_start_time, session_items } of records)
    for (const { artist_id, price } of session_items) {
      const name = `${session_start_time.slice(0, 7)} ${artist_id}`;
      cents.set(name, (cents.get(name) ?? 0) + Math.round(price * 100));
    }
  return [...cents].map(([name, sum]) => `${name} ${(sum / 100).toFixed(2)}`).sort();
};

/** How many texts there are and their hash: two long lists are compared by them. */
export const digestOf = (texts: readonly string[]): string[] => [
  String(texts.length),
  createHash('md5')
    .update([...texts].sort().join())
    .digest('hex'),
];

/** The same of what a select answers: one column, `said`. */
export const digestIn = async (select: string): Promise<string[]> => {
  const digest = `select count(*), md5(coalesce(string_agg(said, ',' order by said), '')) from (${select}) as rows`;
  return (await queryWarehouse(digest)).flat();
};

/** Fails unless silver holds exactly these sessions in the months, and gold each of their items exactly once. */
export const expectSessions = async (
  records: readonly Session[],
  months: readonly string[],
): Promise<void> => {
  const inMonths = `in (${months.map((month) => `'${month}'`).join(', ')})`;
  const sales = await queryWarehouse(
    `select sales_month || ' ' || artist_id || ' ' || cast(sum(price) as varchar) from gold.fact_session
     where sales_month ${inMonths} group by sales_month, artist_id`,
  );
  expect(sales.flat().sort()).toEqual(salesOf(records));
  const ids = `select distinct session_id as said from silver.sessions where strftime(session_start_time, '%Y-%m') ${inMonths}`;
  expect(await digestIn(ids)).toEqual(digestOf(records.map(({ session_id }) => session_id)));
  const items = records.flatMap(({ session_id, session_items }) =>
    session_items.map(({ song_id }) => `${session_id} ${song_id}`),
  );
  const sold = `select session_id || ' ' || song_id as said from gold.fact_session where sales_month ${inMonths}`;
  expect(await digestIn(sold)).toEqual(digestOf(items));
};
