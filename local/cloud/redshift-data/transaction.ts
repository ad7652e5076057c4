import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  DuckDBTypeId,
  ResultReturnType,
  StatementType,
} from '@duckdb/node-api';
import { interruptible } from '../../../functions/engine/index.ts';
import { identifier, literal } from '../../../functions/values/index.ts';
import { expectFlatComments } from './nested-comments.ts';
import type { Outcomes } from './outcomes.ts';
import { bindParameters } from './parameters.ts';
import type { ResultFiles } from './result-files.ts';
import { type PartState, type StatementRequest, untouched } from './statement.ts';
import { parseUnload, type Unload } from './unload.ts';

/** Where unloaded rows are stored. */
export type ObjectStore = {
  put(bucket: string, key: string, body: { path: string } | Buffer): Promise<unknown>;
};

export type TransactionPorts = {
  readonly connection: DuckDBConnection;
  readonly outcomes: Outcomes;
  readonly results: ResultFiles;
  readonly store: ObjectStore;
  /** A folder for files before they are stored. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** Receives the progress of the transaction. */
  readonly progress: (parts: readonly PartState[]) => void;
};

/**
 * Runs all SQL texts of a request in one transaction, one after another, and returns their states. Throws the database's error;
 * `progress` has then shown which text failed, and nothing was committed unless `outcomes` knows the request. Unloaded rows are
 * stored while the later texts run, and before the commit.
 */
export const runTransaction = async (
  ports: TransactionPorts,
  request: StatementRequest,
): Promise<readonly PartState[]> => {
  const storing: Promise<void>[] = [];
  try {
    return await transact(ports, request, storing);
  } finally {
    await Promise.allSettled(storing);
  }
};

const transact = async (
  ports: TransactionPorts,
  request: StatementRequest,
  storing: Promise<void>[],
): Promise<readonly PartState[]> => {
  const { connection, outcomes, signal } = ports;
  const query = (sql: string) => interruptible(connection, signal, () => connection.run(sql));
  const parts = new PartList(request, ports.progress);
  await query('begin transaction');
  const writes: boolean[] = [];
  for (const [index, sql] of bindParameters(request.sqls, request.parameters).entries()) {
    parts.start(index);
    const id = request.isBatch ? `${request.id}:${index + 1}` : request.id;
    const { isWriting, stored, ...outcome } = await runPart(ports, sql, id);
    if (stored) storing.push(stored);
    parts.finish(index, outcome);
    writes.push(isWriting);
  }
  await Promise.all(storing);
  if (writes.includes(true)) await outcomes.record(connection, request.id, parts.states);
  await query('commit');
  return parts.states;
};

type PartOutcome = Pick<PartState, 'rows' | 'size' | 'hasResultSet'>;

/** The states of a request's texts as they change. */
class PartList {
  readonly states: PartState[];
  private startedAt = 0n;

  constructor(
    { sqls, createdAt }: StatementRequest,
    private readonly progress: TransactionPorts['progress'],
  ) {
    this.states = sqls.map(() => untouched(createdAt));
  }

  start(index: number): void {
    this.startedAt = process.hrtime.bigint();
    this.set(index, { status: 'STARTED' });
  }

  finish(index: number, outcome: PartOutcome): void {
    const duration = Number(process.hrtime.bigint() - this.startedAt);
    this.set(index, { status: 'FINISHED', duration, ...outcome });
  }

  private set(index: number, changes: Partial<PartState>): void {
    const state = this.states[index];
    if (state) this.states[index] = { ...state, updatedAt: Date.now(), ...changes };
    this.progress([...this.states]);
  }
}

const runPart = async (
  ports: TransactionPorts,
  sql: string,
  id: string,
): Promise<PartOutcome & { isWriting: boolean; stored?: Promise<void> }> => {
  const unload = parseUnload(sql);
  if (unload) return { ...(await runUnload(ports, unload, id)), isWriting: true };
  const prepared = await prepareOne(ports.connection, sql);
  const isWriting = prepared.statementType !== StatementType.SELECT;
  const result = await interruptible(ports.connection, ports.signal, () => prepared.stream());
  if (result.returnType !== ResultReturnType.QUERY_RESULT) {
    return { rows: result.rowsChanged, size: -1, hasResultSet: false, isWriting };
  }
  const { rows, size } = await interruptible(ports.connection, ports.signal, () =>
    ports.results.write(id, result),
  );
  return { rows, size, hasResultSet: true, isWriting };
};

/** The query of an unload, which must be a single select, with booleans as Redshift writes them in JSON. */
const unloadedSelect = async (connection: DuckDBConnection, select: string): Promise<string> => {
  const prepared = await prepareOne(connection, select);
  const isSelect = prepared.statementType === StatementType.SELECT;
  const booleans = Array.from({ length: isSelect ? prepared.columnCount : 0 }, (_, at) => at)
    .filter((at) => prepared.columnTypeId(at) === DuckDBTypeId.BOOLEAN)
    .map((at) => identifier(prepared.columnName(at)));
  prepared.destroySync();
  if (!isSelect) throw new Error('UNLOAD takes a SELECT');
  if (booleans.length === 0) return select;
  const texts = booleans.map((name) => `case when ${name} then 't' when not ${name} then 'f' end as ${name}`);
  return `select * replace (${texts.join(', ')}) from (\n${select}\n)`;
};

const prepareOne = async (connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> => {
  expectFlatComments(sql);
  const extracted = await connection.extractStatements(sql);
  if (extracted.count !== 1) throw new Error(`one SQL statement is expected, here are ${extracted.count}`);
  const prepared = await extracted.prepare(0);
  const { statementType } = prepared;
  if (accepted.has(statementType)) return prepared;
  prepared.destroySync();
  throw new Error(
    statementType === StatementType.TRANSACTION
      ? 'the statements of a request are one transaction; they cannot begin, commit or roll back'
      : `${StatementType[statementType]} statements are not accepted: SQL reads and writes tables, and UNLOAD writes to S3`,
  );
};

/** Statements that only use tables. Users of the Data API must not use files, settings, extensions and other databases. */
const accepted: ReadonlySet<StatementType> = new Set([
  StatementType.SELECT,
  StatementType.INSERT,
  StatementType.UPDATE,
  StatementType.DELETE,
  StatementType.MERGE_INTO,
  StatementType.CREATE,
  StatementType.ALTER,
  StatementType.DROP,
  StatementType.EXPLAIN,
  StatementType.ANALYZE,
]);

const runUnload = async (
  { connection, store, scratch, signal }: TransactionPorts,
  { select, bucket, key }: Unload,
  id: string,
): Promise<PartOutcome & { stored: Promise<void> }> => {
  const path = join(scratch, `${id.replace(':', '-')}.json`);
  const remove = () => rm(path, { force: true });
  try {
    const unloaded = await unloadedSelect(connection, select);
    const copy = `copy (${unloaded}) to ${literal(path)} (format json)`;
    const { rowsChanged } = await interruptible(connection, signal, () => connection.run(copy));
    const stored = store.put(bucket, key, { path }).then(remove);
    // It is awaited before the commit; an earlier failure must not become an unhandled rejection.
    stored.catch(remove);
    return { rows: rowsChanged, size: -1, hasResultSet: false, stored };
  } catch (error) {
    await remove();
    throw error;
  }
};
