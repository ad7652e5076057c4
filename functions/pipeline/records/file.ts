import type { FileFacts } from '../../validation/index.ts';
import type { FileVersion } from '../lake-keys.ts';
import type { AnyState } from './any-state.ts';

/** What the ledger knows of file versions: a record for each, by its state, and the moves between states. */

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

/** What validation finds out about a file that it accepts, on which its next rows depend. */
export type AcceptedFacts = {
  readonly facts: FileFacts;
  /** Of the manifest that it was validated under. */
  readonly manifest_sha256: string;
  readonly quarantine_path?: string;
  /** Data records as they landed, the quarantined ones among them. */
  readonly records: number;
  /** Records that were quarantined when it was validated; they rest in the rows file beside its report. */
  readonly quarantined_rows?: number | undefined;
  /** Where its valid records and the rows file wait for the file to be published; there if rows were quarantined, it is a repair, or engines are not to read the file itself. */
  readonly clean_key?: string | undefined;
  /** How its columns differ from the manifest's in what that allows. */
  readonly drift?: readonly string[];
  /** For a repair: the ledger's name of the file version whose quarantined rows it repairs, and the batch by which that was published then. */
  readonly repairs?: FileVersion & { readonly batch_id?: string };
};

/** The request to run an archived version again, and how far that is. */
export type Reprocess = Partial<AcceptedFacts> & {
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

/** What every file version has; times are ISO 8601 UTC. */
type Registered = FileVersion & {
  readonly dataset: string;
  /** Grows with every write; each write is conditional on the one it read. */
  readonly rev: number;
  /** Order of this version among those of its key, from 1. */
  readonly number: number;
  readonly size: number;
  readonly landed_at: string;
  readonly registered_at: string;
  /** Failed runs since it was accepted. */
  readonly failed_runs: number;
  /** Failed runs in which it was the only file. */
  readonly failed_alone: number;
  /** Most files its next batch may hold; absent while nothing failed twice. */
  readonly batch_limit?: number | undefined;
  /** Why it waits, or is where it is. */
  readonly reason?: string | undefined;
};

/** A file whose every byte was read and accepted. */
type Validated = AcceptedFacts & {
  readonly sha256: string;
  readonly accepted_at: string;
  /** For a repair: what its rows are published as, `<landed_file of the source>#repair`. */
  readonly landed_as?: string;
  /** Another file of the dataset with the same bytes, `<key>@<version>`, that landed before it. */
  readonly duplicate_of?: string | undefined;
};

/** A batch that takes it, or took it last. */
type Claim = { readonly batch_id: string; readonly fence: number; readonly claimed_at: string };

/** Its rows are in silver. */
type Rows = {
  /** Silver rows it has published. */
  readonly rows: number;
  readonly published_at: string;
  /** Hash of the manifest, SQL and rules that made them. */
  readonly made_by?: string;
  /** How reprocessing it ended so far, the last twenty times. */
  readonly reprocessed?: readonly Reprocessed[];
};

/** Its bytes have left landing. */
type Moved = { readonly archived_at: string; readonly stored_as: string };

/** Rows of it in quarantine may be dropped on purpose; they stay there. */
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
          /** There while its archived bytes run again. */
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

/** A record in one of some states. */
export type FileIn<State extends FileState> = Extract<FileRecord, { readonly state: State }>;

/** A record whatever its state. */
export type AnyFile = AnyState<FileRecord>;

/** Facts of a record whatever its state; what a state does not have is undefined. */
export const anyFile = (file: FileRecord): AnyFile => file;

/** What a move into a state has to add. */
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

/** What a write may change of a record in one of some states. */
export type FilePatch<State extends FileState = FileState> = State extends unknown
  ? Partial<Omit<FileIn<State>, Kept>>
  : never;

/** What a move into a state says: what that state adds, and what changes with it. */
export type FileMove<State extends FileState> = State extends unknown
  ? FilePatch<State> & Required<Pick<FileIn<State>, Gains[State] & keyof FileIn<State>>> & LetGo
  : never;

/** Facts that a move takes off the record. */
type LetGo = { readonly reprocess?: undefined };
