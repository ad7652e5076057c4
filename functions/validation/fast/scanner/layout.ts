/**
 * What lies in the memory that host and scanner share, read by both: this file is TypeScript and AssemblyScript alike.
 */

/** One column is described by this number of bytes, which the host writes. */
export const columnBytes = 48;

/** How a column's values are read. */
export enum Kind {
  text = 0,
  int = 1,
  decimal = 2,
  float = 3,
  bool = 4,
  date = 5,
  timestamp = 6,
}

export enum Flag {
  required = 1,
  /** The host looks at the values itself. */
  watched = 2,
  /** Has a smallest or a largest value, or a least or a greatest length. */
  bounded = 4,
  /** Of a timestamp: `T` stands between date and time. */
  lettered = 8,
  /** Of a timestamp: a fraction of a second may follow. */
  fraction = 16,
  /** Of a timestamp: `Z` ends it. */
  zulu = 32,
}

/** Places of the numbers that a run leaves, each of 32 bits. */
export enum Count {
  records = 0,
  lines = 1,
  /** 1 where a record ended so, or held a line break in quotes. */
  lf = 2,
  crlf = 3,
  multiline = 4,
  /** An `Ending`. */
  ending = 5,
  /** The first mark that the run has not read. */
  mark = 6,
}

/** Why a run ended. */
export enum Ending {
  /** There were as many records as were wanted. */
  enough = 0,
  /** The next record is not certainly valid. */
  doubt = 1,
  /** The next record may go on behind the piece. */
  cut = 2,
}
