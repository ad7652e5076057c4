/** What a cutter has found: a record, too few bytes to tell, nothing more (its end), or what cannot be gone on from. */
export type Cut = 'record' | 'part' | 'end' | 'broken';

/** Finds where records begin and end in a stream of JSON; what they hold is validated by others. */
export type JsonCutter = {
  /** First byte of the record. */
  readonly start: number;
  /** Behind its last byte. */
  readonly end: number;
  /** All before this was read; after `part` the next call begins there. */
  readonly next: number;
  /** Line breaks between where the call began and `start`, and between `start` and `next`. */
  readonly breaksBefore: number;
  readonly breaksInside: number;
  /** What is wrong, after `broken`. */
  readonly problem: string;
  /** Looks at bytes from `from` to `to`, behind which nothing follows if `isLast`. */
  cut(bytes: Buffer, from: number, to: number, isLast: boolean): Cut;
};
