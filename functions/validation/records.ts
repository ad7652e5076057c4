import type { FileFacts } from './facts.ts';
import type { Violation } from './verdict.ts';

/** What a parser reports of a file's records, in order; all bytes are only valid during the call. */
export type RecordListener = {
  /** The header as written, with its line end, without the byte-order mark; not called for formats without one. */
  readonly onHeader?: (bytes: Uint8Array, columns: readonly string[]) => void;
  /** One or several valid records as written, with line ends. */
  readonly onValid?: (bytes: Uint8Array) => void;
  readonly onInvalid?: (record: InvalidRecord) => void;
};

/** One record that is not to be used, and why. */
export type InvalidRecord = {
  /** Physical line on which it starts, from 1; in a file without lines its position, from 1. */
  readonly line: number;
  /** As written, without its line end. */
  readonly bytes: Uint8Array;
  /** Texts in the order of the file's columns; absent if the record cannot be split into them or is not UTF-8. */
  readonly fields?: readonly string[];
  /** At least one. */
  readonly violations: readonly Violation[];
};

/** Reads a file of one format byte by byte; other formats come in as further parsers of this shape. */
export type Parser = {
  /** Nothing that follows can be understood, or need be. */
  readonly isStopped: boolean;
  /** Data records read so far. */
  readonly records: number;
  /** Those of them that have violations of their own; the others can be used all the same. */
  readonly invalidRecords: number;
  /** How the file's columns differ from the manifest's in ways that the manifest allows. */
  readonly drift: readonly string[];
  /** Accepted records are reported in another form than in the file: engines read a copy of them, never the file itself. */
  readonly isRewritten: boolean;
  /** The file has no bytes except a byte-order mark. */
  readonly isEmpty: boolean;
  readonly write: (bytes: Uint8Array) => void;
  readonly end: () => void;
  readonly stop: () => void;
  /** What was seen; only valid after `end`. */
  readonly facts: () => Omit<FileFacts, 'compression' | 'sha256'>;
};
