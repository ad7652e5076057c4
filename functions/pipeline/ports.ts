import type { Source, Window } from '../sources/index.ts';
import type { KpiItem } from '../warehouse/index.ts';
import type { FunctionName, LookAgain, LookKind, OurEvent } from './events.ts';
import type { FileVersion } from './lake-keys.ts';
import type { BatchIn, BatchMove, BatchPatch, BatchRecord, BatchState } from './records/batch.ts';
import type { FileIn, FileMove, FilePatch, FileRecord, FileState, Reprocess } from './records/file.ts';
import type { Lease } from './records/lease.ts';
import type { MigrationIn, MigrationMove, MigrationRecord, MigrationState } from './records/migration.ts';
import type { PullIn, PullMove, PullRecord, PullState } from './records/pull.ts';
import type { RebuildIn, RebuildMove, RebuildPatch, RebuildRecord, RebuildState } from './records/rebuild.ts';

/** The interfaces that the pipeline needs; adapters and the tests' fakes implement them. */

/** One version of an object as the lake lists it. */
export type LandedVersion = FileVersion & { readonly size: number; readonly landed_at: string };

/** Reads small objects of the lake. */
export type Texts = {
  /** A small object as text; undefined if there is none. */
  readText(key: string): Promise<string | undefined>;
};

/** Reads the lake's objects. */
export type FileReader = Texts & {
  /** Bytes of one version, streamed; undefined if that version is gone. */
  open(file: FileVersion): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** A range of bytes of one version, without its end; throws if that version is gone. */
  readRange(file: FileVersion, start: number, end: number): Promise<Uint8Array>;
  /**
   * At most so many bytes of an object as it is now, from a position on, and its size; undefined if there is none. Each call is a
   * request of its own, so that a slow reader holds no connection.
   */
  readPart(
    key: string,
    start: number,
    most: number,
  ): Promise<{ readonly bytes: Uint8Array; readonly size: number } | undefined>;
  /** Versions of one key that still exist, oldest first. */
  versionsOf(key: string): Promise<readonly LandedVersion[]>;
  /** Every version in landing, page by page, without archive and quarantine. */
  landed(): AsyncIterable<readonly LandedVersion[]>;
  list(prefix: string): Promise<readonly string[]>;
  exists(key: string): Promise<boolean>;
};

/** Writes one object while its bytes are produced. */
export type StreamWriter = {
  /** Writes a stream in constant memory; the object exists only when it is complete, and not at all if the stream throws. */
  writeStream(key: string, body: AsyncIterable<Uint8Array>): Promise<void>;
};

/** The lake's objects. */
export type Files = FileReader &
  StreamWriter & {
    /** Writes unless the key exists; false if it does. */
    writeOnce(key: string, body: string): Promise<boolean>;
    write(key: string, body: string): Promise<void>;
    /** Copies a version and compares its size and, if known, its SHA-256; `gone` if the source does not exist any more. */
    copy(from: FileVersion, to: string, sha256?: string): Promise<'copied' | 'gone'>;
    /** Deletes exactly that version; it may already be gone. */
    remove(file: FileVersion): Promise<void>;
  };

/** The ledger's records of file versions. */
export type FileLedger = {
  find(file: FileVersion): Promise<FileRecord | undefined>;
  /** Records of those of the files that the ledger knows, in any order. */
  findAll(files: readonly FileVersion[]): Promise<readonly FileRecord[]>;
  /** All versions of a key, by number. */
  versionsOf(key: string): Promise<readonly FileRecord[]>;
  /** Queues the file, then records it as landed; an existing record is not changed. */
  register(file: FileRecord): Promise<void>;
  move<State extends FileState>(
    file: FileRecord,
    to: State,
    patch: FileMove<State>,
  ): Promise<FileIn<State> | undefined>;
  /** Changes facts without changing the state. */
  amend<State extends FileState>(
    file: FileIn<State>,
    patch: FilePatch<State>,
  ): Promise<FileIn<State> | undefined>;
  /** Files of a dataset whose bytes are still in landing, in order of landing. */
  waiting(dataset: string): Promise<readonly FileRecord[]>;
  /**
   * Records which file version of a dataset was the first with these bytes, and returns it: this one, if there is none or it is
   * still `over`.
   */
  firstWith(sha256: string, file: FileRecord, over?: FileVersion): Promise<FileVersion>;
  /** Takes a file off the queue. */
  dequeue(file: FileRecord): Promise<void>;
  /**
   * All datasets with a file in the ledger, including those without a manifest; the empty name is for files in no dataset's
   * folder.
   */
  datasets(): Promise<readonly string[]>;
  /** Every file version of a dataset in order of landing, from one day to another (`2026-11-29`, UTC), both included. */
  landed(
    dataset: string,
    days?: { readonly since?: string | undefined; readonly until?: string | undefined },
  ): Promise<readonly (FileVersion & { readonly landed_at: string })[]>;
  /** Adds a file to the list of published files of its dataset; may be repeated. */
  listPublished(file: FileRecord): Promise<void>;
  /** Published files of a dataset, in any order. */
  published(dataset: string): Promise<readonly FileIn<'published'>[]>;
  /** Queues a published file, then records the request to reprocess it. */
  askReprocess(
    file: FileIn<'published'>,
    request: Omit<Reprocess, 'id'>,
  ): Promise<FileIn<'published'> | undefined>;
  /** Published files of a dataset with a request, in order of landing. */
  reprocessing(dataset: string): Promise<readonly FileIn<'published'>[]>;
  /** Takes a file off that queue after its request has ended. */
  dequeueReprocess(file: FileRecord, request: { readonly id: number }): Promise<void>;
  /** Takes entries off that queue that a dead process left. */
  tidyReprocessing(dataset: string): Promise<void>;
};

/** Which process works on a dataset or a mart. */
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

/** Rebuilds of marts, and the batches that wait for them. */
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
  /** Published batches that are not yet in a mart's KPIs. */
  pending(mart: string): Promise<readonly string[]>;
  addPending(mart: string, batch: string): Promise<void>;
  removePending(mart: string, batch: string): Promise<void>;
};

/** The last migration of each mart. */
export type Migrations = {
  find(mart: string): Promise<MigrationRecord | undefined>;
  /** Records the first migration of a mart; an existing record is not changed. */
  open(migration: MigrationIn<'open'>): Promise<void>;
  /** A move to the same state changes its facts. */
  move<State extends MigrationState>(
    migration: MigrationRecord,
    to: State,
    patch: MigrationMove<State>,
  ): Promise<MigrationIn<State> | undefined>;
};

/** Pulls of sources, window by window. */
export type Pulls = {
  find(pull: Pick<PullRecord, 'source' | 'from' | 'to'>): Promise<PullRecord | undefined>;
  /** Records the request; an existing record is not changed. */
  open(pull: PullIn<'asked'>): Promise<void>;
  move<State extends PullState>(
    pull: PullRecord,
    to: State,
    patch: PullMove<State>,
  ): Promise<PullIn<State> | undefined>;
  /** All windows of a source, by their first day. */
  of(source: string): Promise<readonly PullRecord[]>;
};

/**
 * The only memory of the pipeline. Every write is conditional on the record that was read; the loser of a race gets undefined.
 */
export type Ledger = {
  readonly files: FileLedger;
  readonly leases: Leases;
  readonly batches: Batches;
  readonly rebuilds: Rebuilds;
  readonly migrations: Migrations;
  readonly pulls: Pulls;
};

export type RunState = 'running' | 'succeeded' | 'failed';

/** One run of a Glue job; `spec` is the argument that counts. */
export type Run = {
  readonly id: string;
  readonly spec: string;
  readonly state: RunState;
  readonly message?: string;
  /** What it used, once it has ended; Glue bills DPU-hours. */
  readonly dpu_seconds?: number;
};

/** The Glue jobs. */
export type Jobs = {
  run(job: JobName, id: string): Promise<Run | undefined>;
  /** Runs that were started with this spec, newest first. */
  runsOf(job: JobName, spec: string): Promise<readonly Run[]>;
  /**
   * `busy` if the job's limit of concurrent runs is reached, or the account's of workers. The run logs the correlation id.
   */
  start(job: JobName, spec: string, correlationId?: string): Promise<string | 'busy'>;
};
/** The two jobs of a batch, and the one that shapes silver tables. */
export type BatchJob = 'transform' | 'quality';
export type JobName = BatchJob | 'tables';

/** Keeps silver tables small by themselves: few files, few snapshots, no file that nothing names. */
export type Optimisers = {
  /** Turns the maintenance of an existing table on, or brings it up to date; may be repeated. */
  keep(table: string): Promise<void>;
};

/** `failed`: its SQL failed; `lost`: its process is gone, and the transaction may have been committed. */
export type StatementState = 'running' | 'finished' | 'failed' | 'lost';
export type Statement = { readonly id: string; readonly state: StatementState; readonly error?: string };

/** The warehouse: one transaction per call. */
export type Warehouse = {
  /** The same token returns the same statement. */
  send(name: string, token: string, statements: readonly string[]): Promise<string>;
  /** The newest statement of that name. */
  find(name: string): Promise<Statement | undefined>;
  statement(id: string): Promise<Statement | undefined>;
};

/** A value as its exact text; null for NULL. */
export type Cell = string | null;

/** The result of a query. */
export type Rows = {
  /** Types with Redshift's names, such as `int8`, `numeric`, `varchar`. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly Cell[])[];
};

/** The warehouse, for queries by people. */
export type Queries = {
  /** All rows of one SELECT; throws the database's error message. */
  ask(sql: string): Promise<Rows>;
};

/** What a source holds of one window, in the order of the source. */
export type Pulled = {
  /** Identifies the server, where the source can say it. */
  readonly identity?: string;
  /**
   * Pages of records, each the text of one JSON value on one line. They end only when the source has said everything; else
   * `SourceFailed` is thrown.
   */
  readonly pages: AsyncIterable<readonly string[]>;
};

/** The systems that data is pulled from. */
export type Sources = {
  /** Opens a source for a window of days, both included. */
  open(source: Source, window: Window): Promise<Pulled>;
};

/** Where files land. */
export type Landings = {
  /** Puts a file of that many bytes into the lake, streamed, and returns its version. */
  land(key: string, body: AsyncIterable<Uint8Array>, size: number): Promise<FileVersion>;
};

/** The KPI table. */
export type Kpis = {
  get(pk: string, sk: string): Promise<KpiItem | undefined>;
  query(pk: string): Promise<readonly KpiItem[]>;
  /** Whole items on keys that are the same for the same input. False when a request was sent twice, so that one of them may arrive later. */
  put(items: readonly KpiItem[]): Promise<boolean>;
  /** Puts an item if there is none or an older `seq`; false if there is a newer or the same one. */
  putIfNewer(item: KpiItem & { readonly seq: number }): Promise<boolean>;
  /** False as `put` says it. */
  remove(keys: readonly { readonly pk: string; readonly sk: string }[]): Promise<boolean>;
  /** Removes the item under a key if it has an older `seq`. */
  removeIfOlder(item: { readonly pk: string; readonly sk: string; readonly seq: number }): Promise<void>;
};

/** Secrets by their ARN. */
export type Secrets = { read(arn: string): Promise<string> };

/** The event bus. */
export type Events = { announce(event: OurEvent): Promise<void> };

/** Commands from one function to another. */
export type Functions = {
  /** Sends a command without waiting for its answer. */
  invoke<Name extends FunctionName>(name: Name, command: LookAgain<LookKind<Name>>): Promise<void>;
};

export type Clock = {
  /** ISO 8601 UTC with milliseconds. */
  now(): string;
};

/** Waits. */
export type Timer = { wait(milliseconds: number): Promise<void> };

/** One line per outcome: a constant message, facts as fields. */
export type Log = {
  /** The following lines are about work that began with this file version, and about these. */
  follow(correlationId: string, all?: readonly string[]): void;
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
};

/** Numbers that people watch. */
export type Metrics = {
  /** Records the present values of gauges, with facts that explain them. */
  gauges(values: Readonly<Record<string, number>>, facts?: Readonly<Record<string, string>>): void;
};
