import type { FileFacts } from '../../validation/index.ts';
import type { FileVersion } from '../lake-keys.ts';
import type { AnyState } from './any-state.ts';

/** The ledger's records of file versions, by state, and the moves between states. */

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

/** For each state the states that may follow; a state without any is terminal. */
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

/** The progress of a published file's reprocess; the file stays `published`, and its rows stay in use. */
export type ReprocessState = 'asked' | 'accepted' | 'claimed';

/** For each step of reprocessing the steps that may follow; `ended` removes the request and adds the outcome to the history. */
export const reprocessMoves: Readonly<Record<ReprocessState, readonly (ReprocessState | 'ended')[]>> = {
  asked: ['accepted', 'ended'],
  accepted: ['claimed', 'asked', 'ended'],
  claimed: ['accepted', 'ended'],
};

/** Facts that validation finds about an accepted file, needed for its next rows. */
export type AcceptedFacts = {
  readonly facts: FileFacts;
  /** Hash of the manifest of the validation. */
  readonly manifest_sha256: string;
  readonly quarantine_path?: string;
  /** Landed data records, including the quarantined ones. */
  readonly records: number;
  /** Records quarantined by the validation; they are in the rows file next to its report. */
  readonly quarantined_rows?: number | undefined;
  /**
   * Where its accepted records and the rows file wait until the file is published; set if rows were quarantined, it is a
   * repair, or engines must not read the file itself.
   */
  readonly clean_key?: string | undefined;
  /** Differences between its columns and the manifest's that the manifest allows. */
  readonly drift?: readonly string[];
  /** For a repair: the file version whose quarantined rows it repairs, and the batch that had published that version. */
  readonly repairs?: FileVersion & { readonly batch_id?: string };
};

/** The request to reprocess a file, and its progress. */
export type Reprocess = Partial<AcceptedFacts> & {
  /** The record's `rev` of the request; unique among the requests of a file. */
  readonly id: number;
  readonly state: ReprocessState;
  readonly asked_at: string;
  /** Hash of the manifest, SQL and rules that were in force at the request. */
  readonly wanted?: string;
  /** Why it waits, or why the last run failed. */
  readonly reason?: string | undefined;
  /** Repairs of it that were published when it was validated. */
  readonly repaired_by?: readonly string[];
  readonly batch_id?: string | undefined;
  readonly fence?: number;
  readonly claimed_at?: string;
  /** The same as for a waiting file. */
  readonly failed_runs: number;
  readonly failed_alone: number;
  readonly batch_limit?: number | undefined;
};

/** The outcome of a reprocess: the rows were replaced, they stay because of violations, or the runs failed. */
export type Reprocessed = {
  readonly asked_at: string;
  readonly ended_at: string;
  readonly outcome: 'replaced' | 'kept' | 'failed';
  readonly reason?: string;
  /** Number of violations because of which its rows stay. */
  readonly violations?: number;
  /** Key of the report on them. */
  readonly report?: string;
  readonly batch_id?: string;
  /** The batch whose rows were replaced. */
  readonly replaced_batch?: string;
  /** Hash of the manifest, SQL and rules of the reprocess. */
  readonly made_by?: string;
  readonly rows?: number;
};

/** Rows in quarantine are dropped on purpose. */
export type Dismissed = { readonly at: string; readonly by: string; readonly rows: number };

/** Facts of every file version; times are ISO 8601 UTC. */
type Registered = FileVersion & {
  readonly dataset: string;
  /** Grows with every write; each write is conditional on the value that was read. */
  readonly rev: number;
  /** Number of this version among those of its key, from 1. */
  readonly number: number;
  readonly size: number;
  readonly landed_at: string;
  readonly registered_at: string;
  /** Failed runs since it was accepted. */
  readonly failed_runs: number;
  /** Failed runs in which it was the only file. */
  readonly failed_alone: number;
  /** Most files in its next batch; absent while it has not failed twice. */
  readonly batch_limit?: number | undefined;
  /** Why it waits, or why it has its state. */
  readonly reason?: string | undefined;
};

/** A file whose bytes were all read and accepted. */
type Validated = AcceptedFacts & {
  readonly sha256: string;
  readonly accepted_at: string;
  /** For a repair: the name under which its rows are published, `<landed_file of the source>#repair`. */
  readonly landed_as?: string;
  /** Another file of the dataset with the same bytes that landed before, `<key>@<version>`. */
  readonly duplicate_of?: string | undefined;
};

/** The batch that claimed it last. */
type Claim = { readonly batch_id: string; readonly fence: number; readonly claimed_at: string };

/** Its rows are in silver. */
type Rows = {
  /** Number of published silver rows. */
  readonly rows: number;
  readonly published_at: string;
  /** Hash of the manifest, SQL and rules that made them. */
  readonly made_by?: string;
  /** Outcomes of its last reprocesses, at most twenty. */
  readonly reprocessed?: readonly Reprocessed[];
};

/** Its bytes have left landing. */
type Moved = { readonly archived_at: string; readonly stored_as: string };

/** Its rows in quarantine may be dropped on purpose; they stay there. */
type Quarantining = { readonly dismissed?: Dismissed | undefined };

type In<State extends FileState, Facts> = Registered & Facts & { readonly state: State };

/** What the ledger knows of one file version. */
export type FileRecord =
  | In<'landed', { /** It is to be validated again since then. */ readonly woken_at?: string }>
  | In<'accepted', Validated & Partial<Claim>>
  | In<'claimed', Validated & Claim>
  | In<
      'published',
      Validated &
        Claim &
        Rows &
        Partial<Moved> &
        Quarantining & {
          /** Set while it is reprocessed. */
          readonly reprocess?: Reprocess | undefined;
        }
    >
  | In<
      'rejected',
      Partial<Validated> & Partial<Claim> & { readonly reason: string; readonly rejected_at: string }
    >
  | In<
      'quarantined',
      Partial<Validated> &
        Partial<Claim> &
        Moved &
        Quarantining & { readonly reason: string; readonly rejected_at: string }
    >
  | In<'parked', Validated & Partial<Claim>>
  | In<
      'superseded',
      Partial<Validated> &
        Partial<Claim> &
        Partial<Rows> &
        Partial<Moved> &
        Quarantining & { readonly superseded_by: string; readonly superseded_at: string }
    >
  | In<
      'ignored',
      Partial<Moved> & {
        readonly reason: string;
        readonly ignored_at: string;
        readonly sha256?: string;
        readonly manifest_sha256?: string;
      }
    >
  | In<'missing', Partial<Validated> & { readonly reason: string }>;

/** A record in one of several states. */
export type FileIn<State extends FileState> = Extract<FileRecord, { readonly state: State }>;

/** A record in any state. */
export type AnyFile = AnyState<FileRecord>;

/** Facts of a record in any state; facts that a state does not have are undefined. */
export const anyFile = (file: FileRecord): AnyFile => file;

/** Facts that a move into a state must add. */
type Gains = {
  readonly landed: 'woken_at';
  readonly accepted: never;
  readonly claimed: 'batch_id' | 'fence' | 'claimed_at';
  readonly published: 'rows' | 'published_at';
  readonly rejected: 'reason' | 'rejected_at';
  readonly quarantined: 'archived_at' | 'stored_as';
  readonly parked: 'reason';
  readonly superseded: 'superseded_by' | 'superseded_at';
  readonly ignored: 'reason' | 'ignored_at';
  readonly missing: 'reason';
};

type Kept =
  | 'state'
  | 'rev'
  | 'key'
  | 'version'
  | 'dataset'
  | 'number'
  | 'size'
  | 'landed_at'
  | 'registered_at';

/** Facts that a write may change in one of several states. */
export type FilePatch<State extends FileState = FileState> = State extends unknown
  ? Partial<Omit<FileIn<State>, Kept>>
  : never;

/** Facts of a move into a state: those that the state adds, and other changes. */
export type FileMove<State extends FileState> = State extends unknown
  ? FilePatch<State> & Required<Pick<FileIn<State>, Gains[State] & keyof FileIn<State>>> & LetGo
  : never;

/** Facts that a move removes from the record. */
type LetGo = { readonly reprocess?: undefined };
