import {
  type Batches,
  type BatchIn,
  type BatchRecord,
  type BatchState,
  batchMoves,
  type FileIn,
  type FileLedger,
  type FileRecord,
  type FileState,
  type FileVersion,
  ForbiddenMove,
  fileMoves,
  fitted,
  type Lease,
  type Leases,
  type Ledger,
  type MigrationRecord,
  type Migrations,
  migrationMoves,
  type PullRecord,
  type Pulls,
  pullMoves,
  type RebuildIn,
  type RebuildRecord,
  type RebuildState,
  type Rebuilds,
  rebuildMoves,
  withNewNames,
} from '../pipeline/index.ts';
import { dynamoItems, type Item, type Items, type Key } from './dynamo-items.ts';

const fileKey = ({ key, version }: FileVersion): Key => ({ pk: `FILE#${key}`, sk: version });
const byLanding = ({ landed_at, key, version }: FileRecord): string => {
  const sortKey = (name: string): string => `${landed_at}#${name}#${version}`;
  return sortKey(fitted(key, sortKey));
};
const queueKey = (file: FileRecord): Key => ({ pk: `QUEUE#${file.dataset}`, sk: byLanding(file) });
const landedKey = (file: FileRecord): Key => ({ pk: `LANDED#${file.dataset}`, sk: byLanding(file) });
const datasetKey = (dataset: string): Key => ({ pk: 'DATASETS', sk: `DATASET#${dataset}` });
const publishedKey = ({ dataset, key, version }: FileRecord): Key => {
  const sortKey = (name: string): string => `${name}#${version}`;
  return { pk: `PUBLISHED#${dataset}`, sk: sortKey(fitted(key, sortKey)) };
};
/** Contains the request's id, so that removing a finished request does not remove a new one for the same file. */
const reprocessKey = (file: FileRecord, id: number): Key => {
  const { dataset, landed_at, key, version } = file;
  const sortKey = (name: string): string => `${landed_at}#${name}#${version}#${id}`;
  return { pk: `REPROCESS#${dataset}`, sk: sortKey(fitted(key, sortKey)) };
};
const contentKey = (dataset: string, sha256: string): Key => ({
  pk: `CONTENT#${dataset}#${sha256}`,
  sk: 'CONTENT',
});
const leaseKey = (name: string): Key => ({ pk: `LEASE#${name}`, sk: 'LEASE' });
const batchKey = (id: string): Key => ({ pk: `BATCH#${id}`, sk: 'BATCH' });
const rebuildKey = (id: string): Key => ({ pk: `REBUILD#${id}`, sk: 'REBUILD' });
const pullKey = ({ source, from, to }: Pick<PullRecord, 'source' | 'from' | 'to'>): Key => ({
  pk: `PULLS#${source}`,
  sk: `${from}/${to}`,
});
const migrationKey = ({ mart }: Pick<MigrationRecord, 'mart'>): Key => ({
  pk: `MIGRATION#${mart}`,
  sk: 'MIGRATION',
});
const pendingKey = (mart: string, batch: string): Key => ({ pk: `PENDING#${mart}`, sk: batch });

/** A record is its item without the key and the mark of the last write. */
const recordOf = <R>(item: Item | undefined): R | undefined => {
  if (!item) return undefined;
  const { pk: _pk, sk: _sk, mark: _mark, ...record } = item;
  return record as R;
};

const fileOf = (item: Item | undefined): FileRecord | undefined =>
  recordOf<FileRecord>(item && (withNewNames(item) as Item));

type Stateful = { readonly state: string; readonly rev: number };

/**
 * Writes a record's next state if state and revision are still those that were read; the record's type defines the fields of a
 * state.
 */
const mover =
  <R extends Stateful>(
    items: Items,
    keyOf: (record: R) => Key,
    moves: Readonly<Record<string, readonly string[]>>,
  ) =>
  async <To extends R['state']>(
    record: R,
    to: To,
    patch: object,
  ): Promise<Extract<R, { readonly state: To }> | undefined> => {
    if (to !== record.state && !moves[record.state]?.includes(to)) {
      throw new ForbiddenMove('record', record.state, to);
    }
    const next = { ...patch, state: to, rev: record.rev + 1 };
    const isWritten = await items.update(keyOf(record), { state: record.state, rev: record.rev }, next);
    return isWritten ? ({ ...record, ...next } as unknown as Extract<R, { readonly state: To }>) : undefined;
  };

const isRequested = (item: Item, file: FileRecord): file is FileIn<'published'> =>
  file.state === 'published' && file.reprocess?.id === Number(item.id);

/** The ledger in one DynamoDB table (`pk`, `sk`). */
export const dynamoLedger = (table: string): Ledger => ledgerOn(dynamoItems(table));

/** The ledger, using only conditional writes of single items and consistent reads. */
export const ledgerOn = (items: Items): Ledger => ({
  files: filesOn(items),
  leases: leasesOn(items),
  batches: batchesOn(items),
  rebuilds: rebuildsOn(items),
  migrations: migrationsOn(items),
  pulls: pullsOn(items),
});

const filesOn = (items: Items): FileLedger => {
  /** Items of a list of files, each with the file's record. */
  const listed = async (pk: string): Promise<{ item: Item; record: FileRecord | undefined }[]> => {
    const list = await items.query(pk);
    const keys = list.map(({ key, version }) => fileKey({ key, version } as FileVersion));
    const found = new Map((await items.getAll(keys)).map((item) => [`${item.pk}@${item.sk}`, item]));
    return list.map((item, at) => ({
      item,
      record: fileOf(found.get(`${keys[at]?.pk}@${keys[at]?.sk}`)),
    }));
  };
  const moveFile = mover<FileRecord>(items, fileKey, fileMoves);
  const named = new Set<string>();
  return {
    find: async (file) => fileOf(await items.get(fileKey(file))),
    versionsOf: async (key) =>
      (await items.query(`FILE#${key}`))
        .flatMap((item) => fileOf(item) ?? [])
        .sort((a, b) => a.number - b.number),
    register: async (file) => {
      const { dataset, key, version, landed_at } = file;
      if (!named.has(dataset)) await items.put({ ...datasetKey(dataset), dataset });
      named.add(dataset);
      await items.put({ ...landedKey(file), key, version, landed_at });
      await items.put({ ...queueKey(file), key, version });
      await items.putNew({ ...fileKey(file), ...file });
    },
    move: moveFile,
    amend: <State extends FileState>(file: FileIn<State>, patch: object) =>
      moveFile(file, file.state as State, patch),
    findAll: async (files) => (await items.getAll(files.map(fileKey))).flatMap((item) => fileOf(item) ?? []),
    waiting: async (dataset) => (await listed(`QUEUE#${dataset}`)).flatMap(({ record }) => record ?? []),
    firstWith: async (sha256, { dataset, key, version }, over) => {
      const place = contentKey(dataset, sha256);
      if (over) await items.update(place, { key: over.key, version: over.version }, { key, version });
      else await items.putNew({ ...place, key, version });
      return recordOf<FileVersion>(await items.get(place)) ?? { key, version };
    },
    dequeue: (file) => items.remove(queueKey(file)),
    datasets: async () => (await items.query('DATASETS')).map(({ dataset }) => String(dataset)),
    landed: async (dataset, { since = '', until = '9999-12-31' } = {}) => {
      // All values that begin with a day, such as its moments, sort before the day followed by this character.
      const range = { from: since || '0', to: `${until}~` };
      return (await items.query(`LANDED#${dataset}`, range)).map(({ key, version, landed_at }) => ({
        key: String(key),
        version: String(version),
        landed_at: String(landed_at),
      }));
    },

    listPublished: (file) => items.put({ ...publishedKey(file), key: file.key, version: file.version }),
    published: async (dataset) =>
      (await listed(`PUBLISHED#${dataset}`)).flatMap(({ record }) =>
        record?.state === 'published' ? [record] : [],
      ),
    askReprocess: async (file, request) => {
      const id = file.rev + 1;
      await items.put({ ...reprocessKey(file, id), key: file.key, version: file.version, id });
      return moveFile(file, 'published', { reprocess: { ...request, id } });
    },
    reprocessing: async (dataset) =>
      (await listed(`REPROCESS#${dataset}`)).flatMap(({ item, record }) =>
        record && isRequested(item, record) ? [record] : [],
      ),
    dequeueReprocess: (file, { id }) => items.remove(reprocessKey(file, id)),
    tidyReprocessing: async (dataset) => {
      for (const { item, record } of await listed(`REPROCESS#${dataset}`)) {
        // The request was put on the queue before the record says so: it may still arrive until this revision is past.
        const isPast = record !== undefined && record.rev >= Number(item.id);
        if (isPast && !isRequested(item, record)) await items.remove({ pk: item.pk, sk: item.sk });
      }
    },
  };
};

const leasesOn = (items: Items): Leases => ({
  find: async (name) => recordOf<Lease>(await items.get(leaseKey(name))) ?? { name, fence: 0 },
  acquire: async (lease, holder, now) => {
    const taken = { name: lease.name, fence: lease.fence + 1, holder, taken_at: now };
    const expected = { fence: lease.fence === 0 ? undefined : lease.fence, holder: undefined };
    return (await items.update(leaseKey(lease.name), expected, taken)) ? taken : undefined;
  },
  release: async ({ name, fence, holder }) => {
    await items.update(leaseKey(name), { fence, holder }, { holder: undefined, taken_at: undefined });
  },
});

const batchesOn = (items: Items): Batches => {
  const move = mover<BatchRecord>(items, ({ id }) => batchKey(id), batchMoves);
  return {
    find: async (id) => recordOf<BatchRecord>(await items.get(batchKey(id))),
    open: async (batch) => {
      await items.putNew({ ...batchKey(batch.id), ...batch });
    },
    move,
    amend: <State extends BatchState>(batch: BatchIn<State>, patch: object) =>
      move(batch, batch.state as State, patch),
  };
};

const rebuildsOn = (items: Items): Rebuilds => {
  const move = mover<RebuildRecord>(items, ({ id }) => rebuildKey(id), rebuildMoves);
  return {
    pending: async (mart) => (await items.query(`PENDING#${mart}`)).map(({ sk }) => sk),
    addPending: (mart, batch) => items.put(pendingKey(mart, batch)),
    removePending: (mart, batch) => items.remove(pendingKey(mart, batch)),

    find: async (id) => recordOf<RebuildRecord>(await items.get(rebuildKey(id))),
    open: async (rebuild) => {
      await items.putNew({ ...rebuildKey(rebuild.id), ...rebuild });
    },
    move,
    amend: <State extends RebuildState>(rebuild: RebuildIn<State>, patch: object) =>
      move(rebuild, rebuild.state as State, patch),
  };
};

/** A new migration has nothing of the one before it in its record. */
const ended = {
  step: undefined,
  statement_id: undefined,
  sent_at: undefined,
  closed_at: undefined,
  failure: undefined,
  reason: undefined,
  retry_asked_at: undefined,
};

const migrationsOn = (items: Items): Migrations => {
  const move = mover<MigrationRecord>(items, migrationKey, migrationMoves);
  return {
    find: async (mart) => recordOf<MigrationRecord>(await items.get(migrationKey({ mart }))),
    open: async (migration) => {
      await items.putNew({ ...migrationKey(migration), ...migration });
    },
    move: (migration, to, patch) => move(migration, to, to === 'open' ? { ...ended, ...patch } : patch),
  };
};

const pullsOn = (items: Items): Pulls => ({
  find: async (pull) => recordOf<PullRecord>(await items.get(pullKey(pull))),
  open: async (pull) => {
    await items.putNew({ ...pullKey(pull), ...pull });
  },
  move: mover<PullRecord>(items, pullKey, pullMoves),
  of: async (source) =>
    (await items.query(`PULLS#${source}`)).flatMap((item) => recordOf<PullRecord>(item) ?? []),
});
