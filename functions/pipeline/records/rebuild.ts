import type { CheckViolations, LeftOutFacts } from '../../warehouse/index.ts';
import type { AnyState } from './any-state.ts';

/** The ledger's records of rebuilds, by state, and the moves between states. */

export type RebuildState = 'open' | 'sent' | 'published' | 'failed';

/** For each rebuild state the states that may follow. */
export const rebuildMoves: Readonly<Record<RebuildState, readonly RebuildState[]>> = {
  open: ['sent', 'failed', 'published'],
  sent: ['published', 'failed'],
  published: [],
  failed: [],
};

/**
 * Why a rebuild failed: its SQL failed (a check, a division, a cast), its KPIs could not be written, or the process that ran
 * the statement or wrote the KPIs was lost, which says nothing about the data.
 */
export type RebuildFailure = 'sql' | 'kpis' | 'lost';

/** One rebuild of a mart: one fencing token of the mart's lease, one transaction, one publication of KPIs. */
type Opened = {
  readonly id: string;
  readonly mart: string;
  readonly seq: number;
  readonly rev: number;
  readonly opened_at: string;
  /** The correlation id of the first file that it publishes; absent without a new file. */
  readonly correlation_id?: string;
  /** Hash of the mart's SQL. */
  readonly sql_hash: string;
  /** The last published rebuild before it. */
  readonly follows?: string;
  /** The last rebuild before it whose transaction is known to be committed. */
  readonly builds_on?: string;
  /** The number in the keys of its `latest` items: its own sequence, or that of an earlier rebuild, whose items it replaces in place. */
  readonly generation?: number;
  /** Generations of committed rebuilds since `follows` whose KPIs may be written in part; this one writes them all. */
  readonly unshown?: readonly number[];
  /** If it needs several transactions, the one before the last that was sent. */
  readonly step?: 'gold';
  /** The transaction that was sent last. */
  readonly statement_id?: string;
  readonly sent_at?: string;
};

/** How far writing the KPIs of a rebuild is: in a phase, with all items of so many rows written and confirmed. */
export type PublishedSoFar = {
  readonly phase: number;
  readonly rows: number;
  readonly items: number;
  /** No request of it can still arrive that would change a `latest` item. */
  readonly is_sure: boolean;
};

/** The progress of writing its KPIs. */
type Publishing = {
  /** When the current try to write its KPIs began or last got further; absent if there is none. */
  readonly publishing_at?: string | undefined;
  /** How often writing its KPIs was begun, tries that continue one that stopped in time included: only the last one goes on. */
  readonly publish_begun?: number;
  /** The same without them. */
  readonly publish_tries?: number;
  /** The last try stopped in time and sent for the next one, which continues it. */
  readonly publish_continues?: boolean | undefined;
  /** What is written, and the number of tries at that time. */
  readonly publish_done?: PublishedSoFar & { readonly tries: number };
  /** How many tries since then failed for a reason that another try does not change. */
  readonly publish_failures?: number;
  /** Why the last of these tries failed. */
  readonly publish_reason?: string;
};

/** What its checks found: the reason of the failure, or warnings after it was published. */
type Checked = {
  readonly checks?: readonly CheckViolations[];
  /** Prefix in the lake of all rows that its checks found; absent if there are none. */
  readonly report?: string;
};

/** It has ended, and somebody has requested another rebuild since. */
type Asked = { readonly retry_asked_at?: string };

/** What the ledger knows of one rebuild. */
export type RebuildRecord =
  | (Opened & { readonly state: 'open' })
  | (Opened &
      Publishing & { readonly state: 'sent'; readonly statement_id: string; readonly sent_at: string })
  | (Opened &
      Publishing &
      Checked &
      Asked &
      LeftOutFacts & {
        readonly state: 'published';
        readonly closed_at: string;
        /** All that it wrote has arrived, and nobody writes for it any more: the next rebuild may replace its items in place. */
        readonly is_settled?: boolean;
      })
  | (Opened &
      Publishing &
      Checked &
      Asked & {
        readonly state: 'failed';
        readonly closed_at: string;
        readonly failure: RebuildFailure;
        readonly reason: string;
        /** Number of lost rebuilds in a row, including this one. */
        readonly losses?: number;
        /** It failed after its transaction was committed: gold is new, its KPIs are not. */
        readonly is_committed?: boolean;
      });

/** A record in any state. */
export type AnyRebuild = AnyState<RebuildRecord>;

/** Facts of a record in any state; facts that a state does not have are undefined. */
export const anyRebuild = (rebuild: RebuildRecord): AnyRebuild => rebuild;

/** A record in one of several states. */
export type RebuildIn<State extends RebuildState> = Extract<RebuildRecord, { readonly state: State }>;

/** Facts that a write may change in one of several states. */
export type RebuildPatch<State extends RebuildState = RebuildState> = State extends unknown
  ? Partial<Omit<RebuildIn<State>, 'state' | 'rev' | 'id' | 'mart' | 'seq'>>
  : never;

type Gains = {
  readonly open: never;
  readonly sent: never;
  readonly published: 'closed_at';
  readonly failed: 'closed_at' | 'failure' | 'reason';
};

/** Facts that a move into a state must give. */
export type RebuildMove<State extends RebuildState> = State extends unknown
  ? RebuildPatch<State> & Required<Pick<RebuildIn<State>, Gains[State] & keyof RebuildIn<State>>>
  : never;
