import type { RuleFailure } from '../quality/index.ts';
import type { FileFacts } from '../validation/index.ts';
import { paddedSequence } from '../values/index.ts';
import type { CheckViolations } from '../warehouse/index.ts';
import type { FileVersion } from './lake-keys.ts';

/** The ledger's records and the moves that are allowed between their states. */

export type FileState =
  | 'landed'
  | 'accepted'
  | 'claimed'
  | 'published'
  | 'rejected'
  | 'quarantined'
  | 'parked'
  | 'superseded'
  | 'ignored'
  | 'missing';

/** From each state the states that may follow; a state that nothing follows is terminal. */
export const fileMoves: Readonly<Record<FileState, readonly FileState[]>> = {
  landed: ['accepted', 'rejected', 'superseded', 'ignored', 'missing'],
  accepted: ['claimed', 'landed', 'parked', 'superseded', 'missing'],
  claimed: ['published', 'rejected', 'accepted', 'parked'],
  published: ['superseded'],
  rejected: ['quarantined'],
  parked: ['accepted', 'superseded'],
  quarantined: [],
  superseded: [],
  ignored: [],
  missing: [],
};

/** How far a published file is on its way through manifest, SQL and rules in force; it stays `published` meanwhile, and its rows serve. */
export type ReprocessState = 'asked' | 'accepted' | 'claimed';

/** From each step of reprocessing those that may follow; `ended` takes the intent off the record and adds the outcome to its history. */
export const reprocessMoves: Readonly<Record<ReprocessState, readonly (ReprocessState | 'ended')[]>> = {
  asked: ['accepted', 'ended'],
  accepted: ['claimed', 'asked', 'ended'],
  claimed: ['accepted', 'ended'],
};

/** What validation finds out about a file, on which its next rows depend. */
export type Violations = Partial<
  Pick<
    FileRecord,
    | 'facts'
    | 'manifest_sha256'
    | 'quarantine_path'
    | 'records'
    | 'quarantined_rows'
    | 'clean_key'
    | 'drift'
    | 'repairs'
  >
>;

/** The request to run an archived version again, and how far that is. */
export type Reprocess = Violations & {
  /** The record's `rev` that the request made; no two requests of a file share it. */
  readonly id: number;
  readonly state: ReprocessState;
  readonly asked_at: string;
  /** Hash of what the file's rows are to be made by, when it was asked for. */
  readonly wanted?: string;
  /** Why it waits, or why the last run failed. */
  readonly reason?: string | undefined;
  /** Repairs of it that were published when it was validated. */
  readonly repaired_by?: readonly string[];
  readonly batch_id?: string | undefined;
  readonly fence?: number;
  readonly claimed_at?: string;
  /** As those of a file that waits. */
  readonly failed_runs: number;
  readonly failed_alone: number;
  readonly batch_limit?: number | undefined;
};

/** How a file was reprocessed: its rows were replaced, they stay because of what it breaks now, or the runs failed. */
export type Reprocessed = {
  readonly asked_at: string;
  readonly ended_at: string;
  readonly outcome: 'replaced' | 'kept' | 'failed';
  readonly reason?: string;
  /** Number of violations for which its rows stay. */
  readonly violations?: number;
  /** Where in the lake it is told why its rows stay. */
  readonly report?: string;
  readonly batch_id?: string;
  /** The batch whose rows were replaced. */
  readonly replaced_batch?: string;
  /** Hash of the manifest, SQL and rules that it met. */
  readonly made_by?: string;
  readonly rows?: number;
};

/** That rows in quarantine are dropped on purpose. */
export type Dismissed = { readonly at: string; readonly by: string; readonly rows: number };

/** What the ledger knows of one file version; times are ISO 8601 UTC. */
export type FileRecord = FileVersion & {
  readonly dataset: string;
  readonly state: FileState;
  /** Grows with every write; each write is conditional on the one it read. */
  readonly rev: number;
  /** Order of this version among those of its key, from 1. */
  readonly number: number;
  readonly size: number;
  readonly landed_at: string;
  readonly registered_at: string;
  /** It is to be validated again since then. */
  readonly woken_at?: string;
  /** Why the file waits, was rejected or was ignored. */
  readonly reason?: string | undefined;
  readonly facts?: FileFacts;
  readonly sha256?: string;
  /** Of the manifest that it was validated under. */
  readonly manifest_sha256?: string;
  readonly quarantine_path?: string;
  /** Data records as they landed, the quarantined ones among them. */
  readonly records?: number;
  /** Records that were quarantined when it was validated; they rest in the rows file beside its report. */
  readonly quarantined_rows?: number | undefined;
  /** Where its valid records and the rows file wait for the file to be published; there if rows were quarantined, it is a repair, or engines are not to read the file itself. */
  readonly clean_key?: string | undefined;
  /** For a repair: what its rows are published as, `<landed_file of the source>#repair`. */
  readonly landed_as?: string;
  /** For a repair: the ledger's name of the file version whose quarantined rows it repairs, and the batch by which that was published then. */
  readonly repairs?: FileVersion & { readonly batch_id?: string };
  /** Another file of the dataset with the same bytes, `<key>@<version>`, that landed before it. */
  readonly duplicate_of?: string | undefined;
  /** How its columns differ from the manifest's in what that allows. */
  readonly drift?: readonly string[];
  readonly failures_found?: readonly RuleFailure[];
  readonly batch_id?: string;
  readonly fence?: number;
  /** Failed runs since it was accepted. */
  readonly failed_runs: number;
  /** Failed runs in which it was the only file. */
  readonly failed_alone: number;
  /** Most files its next batch may hold; absent while nothing failed twice. */
  readonly batch_limit?: number | undefined;
  /** Silver rows it has published. */
  readonly rows?: number;
  /** Hash of the manifest, SQL and rules that made them. */
  readonly made_by?: string;
  /** There while its archived bytes run again. */
  readonly reprocess?: Reprocess | undefined;
  /** How that ended so far, the last twenty times. */
  readonly reprocessed?: readonly Reprocessed[];
  /** Who has dropped on purpose what was left of it in quarantine then, and when; it stays there. */
  readonly dismissed?: Dismissed | undefined;
  readonly superseded_by?: string;
  readonly stored_as?: string;
  readonly accepted_at?: string;
  readonly claimed_at?: string;
  readonly published_at?: string;
  readonly rejected_at?: string;
  readonly superseded_at?: string;
  readonly ignored_at?: string;
  readonly archived_at?: string;
};

export type BatchState = 'open' | 'transforming' | 'checking' | 'published' | 'failed';

/** From each batch state the states that may follow. */
export const batchMoves: Readonly<Record<BatchState, readonly BatchState[]>> = {
  open: ['transforming', 'failed'],
  transforming: ['checking', 'failed'],
  checking: ['published', 'failed'],
  published: [],
  failed: [],
};

/** One batch: one fence, one spec, two Glue runs. */
export type BatchRecord = {
  readonly id: string;
  readonly dataset: string;
  readonly fence: number;
  readonly state: BatchState;
  readonly rev: number;
  readonly files: number;
  readonly opened_at: string;
  /** A run is being started since then; gone once it is recorded. */
  readonly starting_at?: string | undefined;
  readonly transform_run?: string;
  readonly quality_run?: string;
  readonly transforming_at?: string;
  readonly checking_at?: string;
  /** Its last quality run but the first was started then. */
  readonly tried_at?: string;
  readonly closed_at?: string;
  readonly rows?: number;
  readonly reason?: string;
  /** The failed run counts against the batch's files. */
  readonly is_files_fault?: boolean;
};

export type RebuildState = 'open' | 'sent' | 'published' | 'failed';

/** From each rebuild state the states that may follow. */
export const rebuildMoves: Readonly<Record<RebuildState, readonly RebuildState[]>> = {
  open: ['sent', 'failed', 'published'],
  sent: ['published', 'failed'],
  published: [],
  failed: [],
};

/**
 * Why a rebuild failed: its SQL did (a check, a division, a cast), its KPIs could not be written, or whoever ran the
 * statement or wrote the KPIs was lost, which says nothing of the data.
 */
export type RebuildFailure = 'sql' | 'kpis' | 'lost';

/** One rebuild of a mart: one fence of the mart's lease, one transaction, one publication of KPIs. */
export type RebuildRecord = {
  readonly id: string;
  readonly mart: string;
  readonly seq: number;
  readonly state: RebuildState;
  readonly rev: number;
  readonly opened_at: string;
  /** While it is open: the transaction before its last one that was sent. */
  readonly step?: 'shape' | 'gold';
  readonly statement_id?: string;
  readonly sent_at?: string;
  /** Its KPIs are being written since then; gone once that try has ended. */
  readonly publishing_at?: string | undefined;
  /** How often writing its KPIs was begun. */
  readonly publish_tries?: number;
  /** How many of these tries failed for a reason that another try does not change. */
  readonly publish_faults?: number;
  /** Why the last of these tries failed. */
  readonly publish_reason?: string;
  readonly closed_at?: string;
  /** Hash of the mart's SQL that it ran. */
  readonly sql_hash: string;
  /** The last rebuild before it that was published. */
  readonly follows?: string;
  /** KPIs that the KPI table never takes and that are therefore left out; the first of them with the reason. */
  readonly left_out?: number;
  readonly left_out_items?: readonly string[];
  /** Where the list of them lies in the lake. */
  readonly left_out_report?: string;
  /** The last rebuild before it whose transaction is known to be committed. */
  readonly builds_on?: string;
  /** Sequences of committed rebuilds since `follows` whose KPIs may be written in part; this one writes them all. */
  readonly unshown?: readonly number[];
  readonly failure?: RebuildFailure;
  readonly reason?: string;
  /** What its checks found: why it failed, or what they warn of since it was published. */
  readonly checks?: readonly CheckViolations[];
  /** Prefix in the lake under which all rows lie that its checks found; absent when there are none. */
  readonly report?: string;
  /** How many rebuilds in a row were lost, this one included. */
  readonly losses?: number;
  /** It failed after its transaction was committed: gold is new, its KPIs are not. */
  readonly is_committed?: boolean;
  /** It failed, and since then somebody asks for another rebuild in its place. */
  readonly retry_asked_at?: string;
};

/** Who works on a dataset or a mart; `fence` grows with each holder and is never taken back. */
export type Lease = {
  readonly name: string;
  readonly fence: number;
  readonly holder?: string;
  readonly taken_at?: string;
};

/** How long an intent counts as being carried out, in milliseconds: longer than any single call may take. */
export const patience = 30_000;

/**
 * True when a moment is further away than so many milliseconds, or was never. One that lies so far ahead is over, too: a
 * clock was wrong, and nothing waits until it is right. So whatever rests on this alone must do no harm when it is early.
 */
export const isOver = (moment: string | undefined, milliseconds: number, now: string): boolean =>
  moment === undefined || Math.abs(Date.parse(now) - Date.parse(moment)) > milliseconds;

/** The lease of a mart; a dataset's lease bears the dataset's name. */
export const martLease = (mart: string): string => `mart/${mart}`;

/** `<dataset>-<fence>`: one fence, one batch. */
export const batchId = (dataset: string, fence: number): string => `${dataset}-${paddedSequence(fence)}`;

/** `<mart>-<seq>`, named by the mart's fence. */
export const rebuildId = (mart: string, seq: number): string => `${mart}-${paddedSequence(seq)}`;

/** True for states whose files are at rest: their bytes only have to leave landing. */
export const isSettled = (state: FileState): boolean =>
  ['published', 'rejected', 'quarantined', 'superseded', 'ignored'].includes(state);
