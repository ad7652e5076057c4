import { paddedSequence } from '../../values/index.ts';
import type { AnyState } from './any-state.ts';

/** The ledger's record of the last migration of a mart, by state, and the moves between states. */

export type MigrationState = 'open' | 'sent' | 'applied' | 'failed';

/** For each migration state the states that may follow; the next migration of the mart begins as `open`. */
export const migrationMoves: Readonly<Record<MigrationState, readonly MigrationState[]>> = {
  open: ['sent', 'applied', 'failed'],
  sent: ['applied', 'failed'],
  applied: ['open'],
  failed: ['open'],
};

/** Why a migration failed: the job for silver, its models, its SQL, or the process that ran the statement was lost. */
export type MigrationFailure = 'silver' | 'models' | 'sql' | 'lost';

type Opened = {
  readonly mart: string;
  readonly seq: number;
  readonly rev: number;
  /** Hash of the definitions that it gives gold. */
  readonly version: string;
  readonly opened_at: string;
  /** Sequence of the last migration before it that was applied. */
  readonly builds_on?: number;
  /** Number of lost migrations in a row before now. */
  readonly losses?: number | undefined;
};

type Closed = {
  readonly closed_at: string;
  /** Somebody has requested another one since, to get back what was dropped. */
  readonly retry_asked_at?: string | undefined;
};

/** What the ledger knows of the last migration of a mart. */
export type MigrationRecord =
  | (Opened & { readonly state: 'open' })
  | (Opened & {
      readonly state: 'sent';
      /** Number of the transaction that was sent last, from 0. */
      readonly step: number;
      readonly statement_id: string;
      readonly sent_at: string;
    })
  | (Opened & Closed & { readonly state: 'applied' })
  | (Opened &
      Closed & {
        readonly state: 'failed';
        readonly failure: MigrationFailure;
        readonly reason: string;
      });

/** A record in one of several states. */
export type MigrationIn<State extends MigrationState> = Extract<MigrationRecord, { readonly state: State }>;

/** A record in any state. */
export type AnyMigration = AnyState<MigrationRecord>;

/** Facts of a record in any state; facts that a state does not have are undefined. */
export const anyMigration = (migration: MigrationRecord): AnyMigration => migration;

type Gains = {
  readonly open: 'seq' | 'version' | 'opened_at';
  readonly sent: 'step' | 'statement_id' | 'sent_at';
  readonly applied: 'closed_at';
  readonly failed: 'closed_at' | 'failure' | 'reason';
};

/** Facts that a move into a state must give. */
export type MigrationMove<State extends MigrationState> = State extends unknown
  ? Partial<Omit<MigrationIn<State>, 'state' | 'rev' | 'mart'>> &
      Required<Pick<MigrationIn<State>, Gains[State] & keyof MigrationIn<State>>>
  : never;

/** `<mart>-<seq>`. */
export const migrationId = ({ mart, seq }: Pick<MigrationRecord, 'mart' | 'seq'>): string =>
  `${mart}-${paddedSequence(seq)}`;
