import type { ScanMachine } from './machine.ts';
import { type Dialect, type ScanColumns, ScanPiece } from './piece.ts';

/**
 * Reads the watched values of a record: from index `at`, `values` has start and end in `bytes` of each value, in the order of
 * the columns; the end is inverted if the value contains doubled quotes. `record` and `line` count from 0 where `skip` began.
 * If it returns false, the record is validated in the normal way.
 */
export type WatchedCheck = (
  bytes: Buffer,
  values: Int32Array,
  at: number,
  record: number,
  line: number,
) => boolean;

/** Reads runs of valid records and counts them; of the first other record it only returns the start. */
export class RecordScanner {
  /** Skipped by the last call. */
  records = 0;
  /** Physical lines of these. */
  lines = 0;
  /** The next record of the piece's run. */
  private next = 0;
  private readonly piece: ScanPiece;
  private readonly isWatched: boolean;
  private readonly isRight: WatchedCheck;

  constructor(machine: ScanMachine, dialect: Dialect, columns: ScanColumns, isRight: WatchedCheck) {
    this.piece = new ScanPiece(machine, dialect, columns);
    this.isWatched = columns.watched > 0;
    this.isRight = isRight;
  }

  /** What was seen in all records that the machine confirmed as valid. */
  get facts(): { readonly hasLf: boolean; readonly hasCrlf: boolean; readonly isMultiline: boolean } {
    return this.piece;
  }

  /** Starts a window whose records end before `end`; if it is suspect, only ASCII is certainly valid. */
  open(window: Uint8Array, end: number, isSuspect: boolean): void {
    this.piece.open(window, end, isSuspect);
    this.next = this.piece.count;
  }

  /** Skips at most `most` records and returns where the first one starts that is not certainly valid. */
  skip(from: number, most: number): number {
    const { piece } = this;
    this.records = 0;
    this.lines = 0;
    let at = from;
    // Records that were validated one by one meanwhile may be part of the run.
    while (this.next < piece.count && piece.startOf(this.next) < from) this.next++;
    while (this.records < most) {
      if (this.next >= piece.count) {
        if (!piece.run(at, most - this.records)) return at;
        this.next = 0;
      }
      const isRight = this.take(most);
      at = piece.startOf(this.next);
      if (!isRight || (piece.isDoubtful && this.next === piece.count)) return at;
    }
    return at;
  }

  /** Counts the valid records of the run, up to `most` in all; false when it stops before one that is not. */
  private take(most: number): boolean {
    const { piece, next, records } = this;
    const line = piece.lineOf(next);
    const last = Math.min(piece.count, next + most - records);
    let record = next;
    if (!this.isWatched) record = last;
    while (
      record < last &&
      this.isRight(
        piece.bytes,
        piece.notes,
        piece.valuesOf(record),
        records + record - next,
        this.lines + piece.lineOf(record) - line,
      )
    ) {
      record++;
    }
    this.records += record - next;
    this.lines += piece.lineOf(record) - line;
    this.next = record;
    return record === last;
  }
}
