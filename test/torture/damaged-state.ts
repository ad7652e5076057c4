import { createHash } from 'node:crypto';
import {
  constants,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { buildFunctions } from '../../local/cloud/build/build.ts';
import { ACCOUNT, REGION } from '../../local/cloud/environment.ts';
import { openJournal } from '../../local/cloud/journal.ts';
import { ResultFiles } from '../../local/cloud/redshift-data/result-files.ts';
import { openS3 } from '../../local/cloud/s3/s3.ts';
import { engineOfState } from '../../local/cloud/state-engine.ts';
import { openStore } from '../../local/cloud/store/index.ts';
import { readTemplate } from '../../local/cloud/template/template.ts';
import { openWarehouse } from '../../local/engines/warehouse.ts';

/** The kinds of files of a state: which they are, and how the part of the cloud answers that reads them. */

export type Kind = {
  readonly name: string;
  /** Whether a path in the state is one of these files. */
  readonly has: (path: string) => boolean;
  /** What else the part needs, by the beginnings of paths. */
  readonly reads: readonly string[];
  /** Everything that the part reads, as one text; rejects with its error. */
  readonly answers: (state: string) => Promise<string>;
  /** These files are made again if they are damaged; else damage has to be noticed. */
  readonly isDerived?: boolean;
  /** Takes a second rather than milliseconds. */
  readonly isSlow?: boolean;
};

const storeOf = (name: string) => (path: string) => path.startsWith(`${name}.db`);

const journal = (name: string): Kind => ({
  name: 'journals',
  has: storeOf(name),
  reads: [`${name}.db`],
  answers: async (state) => {
    const { entries, close } = openJournal(join(state, `${name}.jsonl`));
    const text = JSON.stringify([...entries]);
    close();
    return text;
  },
});

const hashOf = (bytes: Uint8Array | string): string => createHash('md5').update(bytes).digest('hex');

/** What GET answers for each version of each object, and which there are. */
const objects = async (state: string): Promise<string> => {
  const s3 = await openS3({ directory: join(state, 's3'), onObject: () => {} });
  const server = createServer((request, response) => s3.handle(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const get = async (path: string): Promise<Buffer> => {
      const answer = await fetch(`${address}/${path}`);
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (!answer.ok) throw new Error(bytes.toString());
      return bytes;
    };
    const told: string[] = [];
    for (const bucket of (await get('')).toString().match(/(?<=<Name>)[^<]+/g) ?? []) {
      const list = (await get(`${bucket}?versions`)).toString();
      told.push(list.replace(/<RequestId>.*?<\/RequestId>/g, ''));
      for (const [, key = '', id = ''] of list.matchAll(
        /<Version>.*?<Key>(.*?)<\/Key><VersionId>(.*?)<\/VersionId>/gs,
      )) {
        const path = key.split('/').map(encodeURIComponent).join('/').replaceAll('%26amp%3B', '%26');
        const bytes = await get(`${bucket}/${path}?versionId=${id}`).catch(async (error: Error) => {
          // A connection that breaks off says nothing; the engine's way to the bytes says why.
          if (error.message === 'fetch failed' || error.name === 'TypeError')
            await s3.locate(bucket, key, id);
          throw error;
        });
        told.push(`${key} ${id} ${hashOf(bytes)}`);
      }
    }
    return told.join('\n');
  } finally {
    server.closeAllConnections();
    server.close();
    await s3.close();
  }
};

/** All entries of the store under the tables. */
const tables = async (state: string): Promise<string> => {
  const store = openStore(join(state, 'dynamo.db'));
  try {
    const cursor = store.cursor({});
    const told: string[] = [];
    for (let entry = cursor.next(); entry; entry = cursor.next()) told.push(entry.map(String).join(' '));
    cursor.close();
    return told.join('\n');
  } finally {
    store.close();
  }
};

const results = async (state: string): Promise<string> => {
  const folder = join(state, 'redshift-data', 'results');
  const files = new ResultFiles(folder);
  const told: unknown[] = [];
  const { entries, close } = openJournal<{ parts: { hasResultSet: boolean }[] }>(
    join(state, 'redshift-data', 'states.journal'),
  );
  close();
  for (const [id, { parts }] of entries)
    for (const [at, { hasResultSet }] of parts.entries())
      if (hasResultSet) told.push(await files.read(`${id}:${at + 1}`, 0));
  return JSON.stringify(told);
};

const warehouse = async (state: string): Promise<string> => {
  const opened = await openWarehouse({ state, memoryLimit: '500MB', threads: 1 });
  const connection = await opened.connect();
  try {
    const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
    const named = await rows(
      "select table_schema || '.' || table_name from information_schema.tables where table_type = 'BASE TABLE' order by 1",
    );
    const told: unknown[] = [];
    for (const [table] of named)
      told.push([table, ...(await rows(`select count(*), sum(hash(each)) from ${table} as each`))]);
    return JSON.stringify(told);
  } finally {
    connection.closeSync();
    opened.closeSync();
  }
};

const bundles = async (state: string): Promise<string> => {
  const { functions } = readTemplate(process.cwd(), { stage: 'dev', account: ACCOUNT, region: REGION });
  const { catalog, bundles: bundled } = buildFunctions(process.cwd(), state, functions, 'duckdb');
  const { worker, functions: paths } = await bundled;
  const texts = [...paths.values(), worker].map((path) => readFileSync(path, 'utf8').replaceAll(state, ''));
  return hashOf(JSON.stringify([await catalog, texts]));
};

export const kinds: readonly Kind[] = [
  {
    ...{ name: 'bytes of objects', has: (path) => path.startsWith('s3/objects/') },
    ...{ reads: ['s3/'], answers: objects },
  },
  { name: 'index of objects', has: storeOf('s3/index'), reads: ['s3/'], answers: objects },
  { name: 'tables', has: storeOf('dynamo'), reads: ['dynamo.db'], answers: tables },
  journal('events/deliveries'),
  journal('functions/invocations'),
  journal('glue/runs'),
  journal('redshift-data/requests'),
  journal('redshift-data/states'),
  journal('queues/soundcheck-dev-failed-invocations'),
  journal('queues/soundcheck-dev-undelivered-events'),
  {
    ...{ name: 'results of queries', has: (path) => path.startsWith('redshift-data/results/') },
    ...{ reads: ['redshift-data/'], answers: results },
  },
  {
    ...{ name: 'warehouse', has: (path) => /^warehouse\.duckdb(\.wal)?$/.test(path) },
    ...{ reads: ['warehouse.duckdb'], answers: warehouse },
  },
  {
    ...{ name: 'note of the warehouse', has: (path) => path === 'warehouse.duckdb.last' },
    ...{ reads: ['warehouse.duckdb'], answers: warehouse, isDerived: true },
  },
  {
    ...{ name: 'engine', has: (path) => path === 'engine', reads: ['engine', 'warehouse.duckdb'] },
    ...{ answers: async (state) => engineOfState(state), isDerived: true },
  },
  {
    ...{ name: 'catalog and bundles', reads: ['catalog.json', 'bundles/'], answers: bundles },
    has: (path) => path.startsWith('catalog.json') || /^bundles\/(functions|worker|sources)/.test(path),
    ...{ isDerived: true, isSlow: true },
  },
];

/** Files that nobody reads again, or that each start writes again. */
export const isUnread = (path: string): boolean =>
  /^(logs|glue\/logs|scratch|redshift-data\/scratch)\//.test(path) ||
  ['cloud.env', 'lock'].includes(path) ||
  path.startsWith('bundles/reader');

/** All files of a state. */
export const filesOf = (state: string): string[] =>
  readdirSync(state, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(state, path)).isFile())
    .sort();

/** Copies files of a state, without their bytes where the file system supports it. */
export const copyFiles = async (from: string, to: string, paths: readonly string[]): Promise<void> => {
  await rm(to, { recursive: true, force: true });
  for (const path of paths) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await copyFile(join(from, path), join(to, path), constants.COPYFILE_FICLONE);
  }
};

export const damages = ['flipped', 'cut', 'empty', 'missing', 'replaced'] as const;
export type Damage = (typeof damages)[number];

/**
 * Damages a file, at a place that `below` chooses, or gives it the bytes of one of the others; false if that would change nothing.
 */
export const damage = (
  path: string,
  how: Damage,
  below: (limit: number) => number,
  others: readonly string[] = [],
): boolean => {
  const { size } = statSync(path);
  if (how === 'replaced') {
    const bytes = readFileSync(path);
    const different = others.filter((other) => !readFileSync(other).equals(bytes));
    const other = different[below(different.length)];
    if (other === undefined) return false;
    copyFileSync(other, path);
  } else if (how === 'missing') rmSync(path);
  else if (size === 0) return false;
  else if (how === 'cut') truncateSync(path, below(size));
  else if (how === 'empty') truncateSync(path, 0);
  else {
    const bytes = readFileSync(path);
    const at = below(size);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
    writeFileSync(path, bytes);
  }
  return true;
};

export type Outcome = 'unharmed' | 'made again' | 'noticed';

/** Where an error must point: the store of a file, or the file itself. */
const nameOf = (path: string): string => path.replace(/\.db(-wal|-last)$/, '.db').replace(/\.wal$/, '');

/**
 * How a part of the cloud takes damage of one file in a copy: its answers are as before, or an error names the file. Throws if an
 * answer differs and nobody says so.
 */
export const outcomeOf = async (kind: Kind, copy: string, path: string, before: string): Promise<Outcome> => {
  const file = join(copy, path);
  const damaged = existsSync(file) ? hashOf(await readFile(file)) : 'missing';
  let answers: string;
  try {
    answers = await kind.answers(copy);
  } catch (error) {
    const message = error instanceof Error ? `${error.message} ${error.cause}` : String(error);
    if (message.includes(nameOf(path)) && !kind.isDerived) return 'noticed';
    throw new Error(`an error that does not name ${path}: ${message}`, { cause: error });
  }
  if (answers !== before) throw new Error(`SILENT: damage of ${path} changed what ${kind.name} answer`);
  const now = existsSync(file) ? hashOf(await readFile(file)) : 'missing';
  return kind.isDerived && now !== damaged ? 'made again' : 'unharmed';
};
