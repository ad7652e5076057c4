/** What a cutter has found: a record, too few bytes to decide, the end, or something after which it cannot continue. */
export type Cut = 'record' | 'part' | 'end' | 'broken';

/** Finds where records begin and end in a stream of JSON; others validate their content. */
export type JsonCutter = {
  /** First byte of the record. */
  readonly start: number;
  /** The position after its last byte. */
  readonly end: number;
  /** All before this was read; after `part` the next call begins there. */
  readonly next: number;
  /** Number of line breaks from where the call began to `start`, and from `start` to `next`. */
  readonly breaksBefore: number;
  readonly breaksInside: number;
  /** What is wrong, after `broken`. */
  readonly problem: string;
  /** Reads bytes from `from` to `to`; nothing follows them if `isLast`. */
  cut(bytes: Buffer, from: number, to: number, isLast: boolean): Cut;
};
