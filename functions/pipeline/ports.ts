import type { KpiItem } from '../warehouse/index.ts';
import type { FunctionName, LookAgain, LookKind, OurEvent } from './events.ts';
import type { FileVersion } from './lake-keys.ts';
import type { BatchIn, BatchMove, BatchPatch, BatchRecord, BatchState } from './records/batch.ts';
import type { FileIn, FileMove, FilePatch, FileRecord, FileState, Reprocess } from './records/file.ts';
import type { Lease } from './records/lease.ts';
import type { RebuildIn, RebuildMove, RebuildPatch, RebuildRecord, RebuildState } from './records/rebuild.ts';

/** What the use cases need of the world, in our words; adapters and tests' fakes answer. */

/** One version of an object as the lake lists it. */
export type LandedVersion = FileVersion & { readonly size: number; readonly landed_at: string };

/** Reads small objects of the lake. */
export type Texts = {
  /** A small object as text; undefined when there is none. */
  readText(key: string): Promise<string | undefined>;
};

/** Reads the lake's objects. */
export type FileReader = Texts & {
  /** Bytes of one version, streamed; undefined when that version is gone. */
  open(file: FileVersion): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Bytes of a part of one version, the last one excluded; throws when that version is gone. */
  readRange(file: FileVersion, start: number, end: number): Promise<Uint8Array>;
  /** Versions of one key that are still there, oldest first. */
  versionsOf(key: string): Promise<readonly LandedVersion[]>;
  /** Every version in landing, page by page, archive and quarantine left out. */
  landed(): AsyncIterable<readonly LandedVersion[]>;
  list(prefix: string): Promise<readonly string[]>;
  exists(key: string): Promise<boolean>;
};

/** Writes one object while its bytes are made. */
export type StreamWriter = {
  /** Writes what comes, in flat memory; nothing is there until all of it is, and nothing at all when it throws. */
  writeStream(key: string, body: AsyncIterable<Uint8Array>): Promise<void>;
};

/** The lake's objects. */
export type Files = FileReader &
  StreamWriter & {
    /** Writes unless the key exists; false when it does. */
    writeOnce(key: string, body: string): Promise<boolean>;
    write(key: string, body: string): Promise<void>;
    /** Copies a version and compares its size and, where it is known, its SHA-256; `gone` when the source is not there any more. */
    copy(from: FileVersion, to: string, sha256?: string): Promise<'copied' | 'gone'>;
    /** Deletes that very version; deleting what is gone is fine. */
    remove(file: FileVersion): Promise<void>;
  };

/** What the ledger knows of file versions. */
export type FileLedger = {
  find(file: FileVersion): Promise<FileRecord | undefined>;
  /** Those of the files that the ledger knows, in no order. */
  findAll(files: readonly FileVersion[]): Promise<readonly FileRecord[]>;
  /** All versions of a key, by number. */
  versionsOf(key: string): Promise<readonly FileRecord[]>;
  /** Queues the file, then records it as landed; what is known stays as it is. */
  register(file: FileRecord): Promise<void>;
  move<State extends FileState>(
    file: FileRecord,
    to: State,
    patch: FileMove<State>,
  ): Promise<FileIn<State> | undefined>;
  /** Same state, more facts. */
  amend<State extends FileState>(
    file: FileIn<State>,
    patch: FilePatch<State>,
  ): Promise<FileIn<State> | undefined>;
  /** Files of a dataset whose bytes have not left landing, in order of landing. */
  waiting(dataset: string): Promise<readonly FileRecord[]>;
  /** Names the file version that was the first of its dataset with these bytes: this one, if none was or if `over` still is. */
  firstWith(sha256: string, file: FileRecord, over?: FileVersion): Promise<FileVersion>;
  /** Takes a file off the queue. */
  dequeue(file: FileRecord): Promise<void>;
  /** Datasets of which a file was ever seen, also such as nobody has described; empty for files in no dataset's folder. */
  datasets(): Promise<readonly string[]>;
  /** Every file version of a dataset that was ever seen, in order of landing, from one day to another (`2026-11-29`, UTC), both among them. */
  landed(
    dataset: string,
    days?: { readonly since?: string | undefined; readonly until?: string | undefined },
  ): Promise<readonly (FileVersion & { readonly landed_at: string })[]>;
  /** Lists a file among those of its dataset that were published; twice is once. */
  listPublished(file: FileRecord): Promise<void>;
  /** Files of a dataset that are published, in no order. */
  published(dataset: string): Promise<readonly FileIn<'published'>[]>;
  /** Queues a published file, then records the request to reprocess it. */
  askReprocess(
    file: FileIn<'published'>,
    request: Omit<Reprocess, 'id'>,
  ): Promise<FileIn<'published'> | undefined>;
  /** Published files of a dataset that are to be reprocessed, in order of landing. */
  reprocessing(dataset: string): Promise<readonly FileIn<'published'>[]>;
  /** Takes a file off that queue whose request has ended. */
  dequeueReprocess(file: FileRecord, request: { readonly id: number }): Promise<void>;
  /** Takes off that queue what a process that died has left there. */
  tidyReprocessing(dataset: string): Promise<void>;
};

/** Who works on a dataset or a mart. */
export type Leases = {
  find(name: string): Promise<Lease>;
  /** Takes a free lease with the next fencing token. */
  acquire(lease: Lease, holder: string, now: string): Promise<Lease | undefined>;
  release(lease: Lease): Promise<void>;
};

/** Batches of files. */
export type Batches = {
  find(id: string): Promise<BatchRecord | undefined>;
  open(batch: BatchRecord): Promise<void>;
  move<State extends BatchState>(
    batch: BatchRecord,
    to: State,
    patch: BatchMove<State>,
  ): Promise<BatchIn<State> | undefined>;
  amend<State extends BatchState>(
    batch: BatchIn<State>,
    patch: BatchPatch<State>,
  ): Promise<BatchIn<State> | undefined>;
};

/** Rebuilds of marts, and what waits for them. */
export type Rebuilds = {
  find(id: string): Promise<RebuildRecord | undefined>;
  open(rebuild: RebuildRecord): Promise<void>;
  move<State extends RebuildState>(
    rebuild: RebuildRecord,
    to: State,
    patch: RebuildMove<State>,
  ): Promise<RebuildIn<State> | undefined>;
  amend<State extends RebuildState>(
    rebuild: RebuildIn<State>,
    patch: RebuildPatch<State>,
  ): Promise<RebuildIn<State> | undefined>;
  /** Published batches that a mart has not shown in its KPIs yet. */
  pending(mart: string): Promise<readonly string[]>;
  addPending(mart: string, batch: string): Promise<void>;
  removePending(mart: string, batch: string): Promise<void>;
};

/** The only memory. Every write is conditional on the record that was read; the loser of a race gets undefined. */
export type Ledger = {
  readonly files: FileLedger;
  readonly leases: Leases;
  readonly batches: Batches;
  readonly rebuilds: Rebuilds;
};

export type RunState = 'running' | 'succeeded' | 'failed';

/** One run of a Glue job; `spec` is its only argument. */
export type Run = {
  readonly id: string;
  readonly spec: string;
  readonly state: RunState;
  readonly message?: string;
};

/** The Glue jobs. */
export type Jobs = {
  run(job: JobName, id: string): Promise<Run | undefined>;
  /** Runs that were started with this spec, newest first. */
  runsOf(job: JobName, spec: string): Promise<readonly Run[]>;
  /** `busy` when the job runs as often at once as it may. */
  start(job: JobName, spec: string): Promise<string | 'busy'>;
};
export type JobName = 'transform' | 'quality';

/** `failed`: its SQL did; `lost`: whoever ran it is gone, and it may even be committed. */
export type StatementState = 'running' | 'finished' | 'failed' | 'lost';
export type Statement = { readonly id: string; readonly state: StatementState; readonly error?: string };

/** The warehouse: one transaction a call. */
export type Warehouse = {
  /** The same token answers the same statement. */
  send(name: string, token: string, statements: readonly string[]): Promise<string>;
  /** The newest statement of that name. */
  find(name: string): Promise<Statement | undefined>;
  statement(id: string): Promise<Statement | undefined>;
};

/** A value as its exact text; null for NULL. */
export type Cell = string | null;

/** What a query answers. */
export type Rows = {
  /** Types under Redshift's names, such as `int8`, `numeric`, `varchar`. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly Cell[])[];
};

/** The warehouse, as somebody asks it who looks at rows. */
export type Queries = {
  /** All rows of one SELECT; throws the database's words for what is wrong with it. */
  ask(sql: string): Promise<Rows>;
};

/** Where files land. */
export type Landings = {
  /** Puts a file of that many bytes into the lake, streamed, and answers its version. */
  land(key: string, body: AsyncIterable<Uint8Array>, size: number): Promise<FileVersion>;
};

/** The KPI table. */
export type Kpis = {
  get(pk: string, sk: string): Promise<KpiItem | undefined>;
  query(pk: string): Promise<readonly KpiItem[]>;
  /** Whole items on keys that are the same for the same input. False when a request was sent twice, so that one of them may arrive later. */
  put(items: readonly KpiItem[]): Promise<boolean>;
  /** Puts where there is no item or an older `seq`; false when a newer or the same one stands there. */
  putIfNewer(item: KpiItem & { readonly seq: number }): Promise<boolean>;
  /** False as `put` says it. */
  remove(keys: readonly { readonly pk: string; readonly sk: string }[]): Promise<boolean>;
  /** Takes away the item under a key where it has an older `seq`. */
  removeIfOlder(item: { readonly pk: string; readonly sk: string; readonly seq: number }): Promise<void>;
};

/** The event bus. */
export type Events = { announce(event: OurEvent): Promise<void> };

/** The functions, as they ask one another. */
export type Functions = {
  /** Sends a command, without waiting for its answer. */
  invoke<Name extends FunctionName>(name: Name, command: LookAgain<LookKind<Name>>): Promise<void>;
};

export type Clock = {
  /** ISO 8601 UTC with milliseconds. */
  now(): string;
};

/** Lets time pass. */
export type Timer = { wait(milliseconds: number): Promise<void> };

/** One line per outcome: a constant message, facts as fields. */
export type Log = {
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
};
