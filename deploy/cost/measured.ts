/**
 * Calls of functions and jobs that a laptop cloud recorded: `npm run bench -- calls`. The engine's own calls of S3 are not
 * among them.
 */
export const measured = {
  date: '2026-11-30',
  /** For each of 1,000 files of 100 rows that landed together, with their part of the batch and the rebuild. */
  file: { s3Writes: 0, s3Reads: 0, tableWrites: 0, tableReads: 0, events: 0, calls: 0 },
  /** For each run of the sweep that finds nothing. */
  sweep: { s3Writes: 0, tableReads: 0 },
} as const;
