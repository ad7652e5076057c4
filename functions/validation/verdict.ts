import type { FileFacts } from './facts.ts';

/** What a validator of landed files says: facts for the engines, a verdict for the ledger, a report for people. */

/** One thing that is wrong with a file, where it stands, in words that an upstream colleague understands. */
export type Violation = {
  /** Name of the check, e.g. `type`, `required`, `name_pattern`, `columns`, `quote`, `encoding`. */
  readonly rule: string;
  readonly message: string;
  /** 1-based physical line on which the field (or the record) starts; absent for the file as a whole. */
  readonly line?: number;
  readonly column?: string;
  /** The offending text, cut at 100 characters; never there for a `pii` column. */
  readonly value?: string;
};

/** Violations of a file: all are counted, the first hundred kept. */
export type Violations = {
  readonly total: number;
  /** Number of violations for each `rule` or `rule:column`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
};

/** Written next to a quarantined file as `.report.json`. */
export type Report = {
  readonly file: string;
  readonly version: string;
  readonly dataset: string;
  /** `accepted`: the file's valid records were kept, and the violations are those of its quarantined records. */
  readonly verdict: 'rejected' | 'accepted';
  readonly validated_at: string;
  readonly manifest: { readonly version: string; readonly sha256: string };
  /** Data records read before the validator stopped (it stops only if the rest cannot be read). */
  readonly records: number;
  /** Records in the rows file next to the report. */
  readonly quarantined_rows?: number;
  readonly violations_total: number;
  /** Number of violations for each `rule` or `rule:column`. */
  readonly counts: Readonly<Record<string, number>>;
  /** The first 100. */
  readonly violations: readonly Violation[];
};

/** A record that is quarantined because of its key. */
export type Duplicate = {
  /** Position of the record in the file, from 1. */
  readonly ordinal: number;
  readonly line: number;
  /**
   * Line of the record with the same key that is kept; if all are rejected, of the first one, and for that one of the second. 0
   * if it is in another file.
   */
  readonly other: number;
};

export type Validation =
  | {
      readonly verdict: 'accepted';
      /** Of the file as it landed; `records` counts the quarantined ones, too. */
      readonly facts: FileFacts;
      /** How its columns differ from the manifest's in ways that the manifest allows, such as `new column x, ignored`. */
      readonly drift: readonly string[];
      /** Its accepted records have another form than in the file: engines read a copy, never the file itself. */
      readonly isRewritten: boolean;
      /** Records to be quarantined before the others are used; absent if every record is valid. */
      readonly quarantined?: Violations & {
        readonly rows: number;
        /** Those that are quarantined only because of their key, in order, for the parser that reads the file again. */
        readonly duplicates?: Iterable<Duplicate>;
      };
    }
  | ({
      readonly verdict: 'rejected';
      readonly sha256: string;
      readonly records: number;
    } & Violations)
  | { readonly verdict: 'ignored'; readonly reason: string; readonly sha256: string };
