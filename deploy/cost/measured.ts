/**
 * Calls of functions and jobs that a laptop cloud recorded on a busy machine: `npm run bench -- calls --files 100`. The engine's
 * own calls of S3 are not among them.
 */
export const measured = {
  date: '2026-11-30',
  /** For each of 100 files of 100 rows that landed together, with their part of the batch and of the rebuild, without KPI items. */
  file: {
    s3Writes: 3.6,
    s3Reads: 8.6,
    tableWrites: 14.2,
    tableReads: 11.1,
    events: 1.02,
    /** One to validate it, one that its event wakes. */
    calls: 2,
  },
  /** Records that are read for each file and each file that waits with it: 2,480 reads of 100 for 870 files. */
  waitingReads: 0.29,
  /** For each run of the sweep that finds nothing, without the gauge for silence. */
  sweep: { s3Writes: 2, tableReads: 25 },
} as const;
