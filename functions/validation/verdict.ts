/** What a judge of landed files says: facts for the engines, a verdict for the ledger, a report for people. */

/** One thing that is wrong with a file, where it stands, in words that an upstream colleague understands. */
export type Finding = {
  /** Name of the check, e.g. `type`, `required`, `name_pattern`, `columns`, `quote`, `encoding`. */
  readonly rule: string;
  readonly message: string;
  /** 1-based physical line on which the field (or the record) starts; absent for the file as a whole. */
  readonly line?: number;
  readonly column?: string;
  /** The offending text, cut at 100 characters; never there for a `pii` column. */
  readonly value?: string;
};

/** How files are written; `jsonl` has one JSON object a line, `json` is one array of them. */
export type FileFormat = 'csv' | 'jsonl' | 'json' | 'parquet';

/** What the judge saw while it read every byte; engines read the file by these and never sniff. */
export type FileFacts = {
  readonly format: FileFormat;
  readonly compression: 'none' | 'gzip';
  readonly bom: boolean;
  readonly delimiter: string;
  readonly quote: string;
  /** Column names in file order; paths such as `items[].price` in JSON, where new columns may come with any record. */
  readonly header: readonly string[];
  readonly line_end: 'lf' | 'crlf' | 'mixed';
  /** A quoted field holds a line break. */
  readonly multiline: boolean;
  /** Data records, without the header. */
  readonly records: number;
  /** Uncompressed bytes. */
  readonly bytes: number;
  /** Of the bytes as they landed, hex. */
  readonly sha256: string;
};

/** Findings of a file: all are counted, the first hundred kept. */
export type Findings = {
  readonly total: number;
  /** Number of findings for each `rule` or `rule:column`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
};

/** Written beside a quarantined file as `.report.json`. */
export type Report = {
  readonly file: string;
  readonly version: string;
  readonly dataset: string;
  /** `accepted`: the file's good records were kept, and the findings are those of its quarantined records. */
  readonly verdict: 'rejected' | 'accepted';
  readonly judged_at: string;
  readonly manifest: { readonly version: string; readonly sha256: string };
  /** Data records read before the judge stopped (it stops only at what makes the rest unreadable). */
  readonly records: number;
  /** Records that stand in the rows file beside the report. */
  readonly quarantined_rows?: number;
  readonly findings_total: number;
  /** Number of findings for each `rule` or `rule:column`. */
  readonly counts: Readonly<Record<string, number>>;
  /** The first 100. */
  readonly findings: readonly Finding[];
};

/** A record that is set aside because of its key. */
export type Repeat = {
  /** Position of the record in the file, from 1. */
  readonly ordinal: number;
  readonly line: number;
  /** Line of the record with the same key that is kept; where all are refused, of the first one, or for that of the second. 0 where it is another file's. */
  readonly other: number;
};

export type Judgement =
  | {
      readonly verdict: 'accepted';
      /** Of the file as it landed; `records` counts the quarantined ones, too. */
      readonly facts: FileFacts;
      /** How its columns differ from the manifest's in what the manifest allows, such as `new column x, ignored`. */
      readonly drift: readonly string[];
      /** Its good records are told otherwise than they stand in it: engines read a copy, never the file itself. */
      readonly isRewritten: boolean;
      /** Records to be set aside before the others are used; absent when every record is good. */
      readonly quarantined?: Findings & {
        readonly rows: number;
        /** Those of them that are set aside for their key alone, in order, for the parser that reads the file again. */
        readonly discards?: Iterable<Repeat>;
      };
    }
  | ({
      readonly verdict: 'rejected';
      readonly sha256: string;
      readonly records: number;
    } & Findings)
  | { readonly verdict: 'ignored'; readonly reason: string; readonly sha256: string };
