import type { AnyState } from './any-state.ts';
/** The ledger's records of batches, by state, and the moves between states. */

export type BatchState = 'open' | 'transforming' | 'checking' | 'published' | 'failed';

/** For each batch state the states that may follow. */
export const batchMoves: Readonly<Record<BatchState, readonly BatchState[]>> = {
  open: ['transforming', 'failed'],
  transforming: ['checking', 'failed'],
  checking: ['published', 'failed'],
  published: [],
  failed: [],
};

/** One batch: one fencing token, one spec, two Glue runs. */
type Opened = {
  readonly id: string;
  readonly dataset: string;
  readonly fence: number;
  readonly rev: number;
  readonly files: number;
  readonly opened_at: string;
  /** The correlation id of its first file; batches of earlier versions have none. */
  readonly correlation_id?: string;
  /** Set while a run is being started, to the time when that began. */
  readonly starting_at?: string | undefined;
};

type Transforming = { readonly transform_run: string; readonly transforming_at: string };

type Checking = {
  readonly quality_run: string;
  readonly checking_at: string;
  /** When its last quality run was started, unless that was the first. */
  readonly tried_at?: string;
};

/** What the ledger knows of one batch. */
export type BatchRecord =
  | (Opened & { readonly state: 'open' })
  | (Opened & Partial<Transforming> & { readonly state: 'transforming' })
  | (Opened & Partial<Transforming> & Partial<Checking> & { readonly state: 'checking' })
  | (Opened &
      Partial<Transforming> &
      Partial<Checking> & { readonly state: 'published'; readonly closed_at: string; readonly rows: number })
  | (Opened &
      Partial<Transforming> &
      Partial<Checking> & {
        readonly state: 'failed';
        readonly closed_at: string;
        readonly reason: string;
        /** The failed run counts against the batch's files. */
        readonly is_files_fault: boolean;
      });

/** A record in any state. */
export type AnyBatch = AnyState<BatchRecord>;

/** A record in one of several states. */
export type BatchIn<State extends BatchState> = Extract<BatchRecord, { readonly state: State }>;

/** Facts that a write may change in one of several states. */
export type BatchPatch<State extends BatchState = BatchState> = State extends unknown
  ? Partial<Omit<BatchIn<State>, 'state' | 'rev' | 'id' | 'dataset' | 'fence'>>
  : never;

type Gains = {
  readonly open: never;
  readonly transforming: never;
  readonly checking: never;
  readonly published: 'closed_at' | 'rows';
  readonly failed: 'closed_at' | 'reason' | 'is_files_fault';
};

/** Facts that a move into a state must give. */
export type BatchMove<State extends BatchState> = State extends unknown
  ? BatchPatch<State> & Required<Pick<BatchIn<State>, Gains[State] & keyof BatchIn<State>>>
  : never;
