import type { Parameter } from './parameters.ts';

export type Status = 'SUBMITTED' | 'PICKED' | 'STARTED' | 'FINISHED' | 'FAILED' | 'ABORTED';

/** The request; it never changes. Times are milliseconds since the epoch. */
export type StatementRequest = {
  readonly id: string;
  readonly sqls: readonly string[];
  readonly isBatch: boolean;
  readonly parameters: readonly Parameter[];
  readonly name?: string | undefined;
  readonly token?: string | undefined;
  readonly withEvent: boolean;
  readonly createdAt: number;
  /** User id of the role's session that sent it. */
  readonly owner?: string | undefined;
  /** Database, workgroup, cluster, user and secret as given, under the API's names. */
  readonly target: Readonly<Record<string, string>>;
};

/** What memory holds of a request: everything but its texts, which may be 100 KB. */
export type StatementHead = Omit<StatementRequest, 'sqls' | 'parameters'> & { readonly texts: number };

export const headOf = ({ sqls, parameters: _, ...others }: StatementRequest): StatementHead => ({
  ...others,
  texts: sqls.length,
});

/** State of one SQL text of a statement; durations in nanoseconds, sizes in bytes. */
export type PartState = {
  readonly status: Status;
  readonly updatedAt: number;
  readonly duration: number;
  readonly rows: number;
  readonly size: number;
  readonly hasResultSet: boolean;
  readonly error?: string;
};

/** State of a statement. */
export type StatementState = {
  readonly status: Status;
  readonly updatedAt: number;
  readonly duration: number;
  readonly error?: string;
  readonly parts: readonly PartState[];
  /** Its last status is on the bus. */
  readonly isAnnounced?: boolean;
};

export type Statement = { readonly request: StatementHead; readonly state: StatementState };

/** A statement with its texts. */
export type WholeStatement = { readonly request: StatementRequest; readonly state: StatementState };

/** A part that has not begun. */
export const untouched = (now: number): PartState => ({
  status: 'SUBMITTED',
  updatedAt: now,
  duration: -1,
  rows: -1,
  size: -1,
  hasResultSet: false,
});

/** It will not change any more. */
export const isOver = ({ status }: { status: Status }): boolean =>
  status === 'FINISHED' || status === 'FAILED' || status === 'ABORTED';

const seconds = (milliseconds: number): number => milliseconds / 1_000;

/** The answer of `ExecuteStatement` and `BatchExecuteStatement`. */
export const describeSubmission = ({ request, state }: Statement | WholeStatement) => ({
  Id: request.id,
  CreatedAt: seconds(request.createdAt),
  ...request.target,
  Status: state.status,
  HasResultSet: state.parts.some(({ hasResultSet }) => hasResultSet),
});

/** The answer of `DescribeStatement`. */
export const describeStatement = ({ request, state }: WholeStatement) => {
  const [only] = state.parts;
  const { rows, size } = !request.isBatch && only ? only : { rows: -1, size: -1 };
  return {
    ...describeSubmission({ request, state }),
    UpdatedAt: seconds(state.updatedAt),
    Duration: state.duration,
    ...(state.error === undefined ? {} : { Error: state.error }),
    ...(request.isBatch
      ? { SubStatements: state.parts.map((part, index) => describePart(request, part, index)) }
      : { QueryString: request.sqls[0] }),
    ...(request.parameters.length > 0 ? { QueryParameters: request.parameters } : {}),
    ResultRows: rows,
    ResultSize: size,
    ResultFormat: 'JSON',
    RedshiftPid: process.pid,
    RedshiftQueryId: 0,
  };
};

const describePart = (request: StatementRequest, part: PartState, index: number) => ({
  Id: `${request.id}:${index + 1}`,
  QueryString: request.sqls[index],
  Status: part.status,
  CreatedAt: seconds(request.createdAt),
  UpdatedAt: seconds(part.updatedAt),
  Duration: part.duration,
  ...(part.error === undefined ? {} : { Error: part.error }),
  ResultRows: part.rows,
  ResultSize: part.size,
  HasResultSet: part.hasResultSet,
  RedshiftQueryId: 0,
});

/** An item of `ListStatements`. */
export const listStatement = ({ request, state }: WholeStatement) => ({
  Id: request.id,
  ...(request.name === undefined ? {} : { StatementName: request.name }),
  ...(request.isBatch ? { QueryStrings: request.sqls } : { QueryString: request.sqls[0] }),
  ...(request.parameters.length > 0 ? { QueryParameters: request.parameters } : {}),
  IsBatchStatement: request.isBatch,
  Status: state.status,
  CreatedAt: seconds(request.createdAt),
  UpdatedAt: seconds(state.updatedAt),
  ResultFormat: 'JSON',
});
