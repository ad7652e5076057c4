/** A number that nobody has measured on AWS. */
export type Assumption = { readonly value: number; readonly means: string; readonly because: string };

const cautious = 'chosen so that the page says too much rather than too little';

/** What the calculation assumes. Replace a value by a measured one when there is one. */
export const assumptions = {
  leastRunSeconds: {
    value: 60,
    means: 'seconds that Glue and Redshift Serverless bill at least for each use',
    because: 'their pricing pages',
  },
  optimiserDpus: {
    value: 2,
    means: 'DPUs of a run of an optimiser, for a minute, also if it finds nothing to delete',
    because: 'Glue does not document it; two is the least of its Spark jobs',
  },
  crawlerDpus: { value: 2, means: 'DPUs of the crawler', because: cautious },
  crawlerMinutes: {
    value: 10,
    means: 'minutes that a crawl is billed at least',
    because: 'the pricing page',
  },
  idleGb: { value: 0.1, means: 'GB of bundles, scripts and logs in each bucket', because: cautious },
  idleRunSeconds: {
    value: 3,
    means: 'seconds of a scheduled function that finds no work',
    because: `it asks the ledger some dozen times; ${cautious}`,
  },
  idleRunLogKb: { value: 2, means: 'KB that it logs', because: 'a line for the gauges, and three of Lambda' },
  silentDays: {
    value: 15,
    means: 'days of each dataset in which the sweep looks for a file, with `quietAlarm`',
    because: 'it searches so many if none landed',
  },
  callSeconds: {
    value: 1,
    means: 'seconds of any other call of a function, without its work on files',
    because: cautious,
  },
  validateSecondsPerGb: {
    value: 10,
    means: 'seconds to validate a GB, on the whole core of that function',
    because: '4 to 6 measured on a laptop (benchmarks.md), and reading from S3',
  },
  fileSeconds: {
    value: 0.3,
    means: 'seconds more to validate, claim, settle and archive one file',
    because: cautious,
  },
  runStartSeconds: {
    value: 30,
    means: 'seconds of a Glue run before it reads, which are billed',
    because: 'a Spark process with one small job takes 15 to 21 s on a laptop',
  },
  runThreadSecondsPerGb: {
    value: 705,
    means: 'seconds that one core works for a GB of landed CSV, transform and quality together',
    because: '168 s for 488 MB with two threads on a laptop (benchmarks.md)',
  },
  runThreadSecondsPerFile: {
    value: 0.3,
    means: 'seconds that one core works for each file',
    because: '0.015 measured with local files; the rest is for copies in S3',
  },
  coresPerDpu: {
    value: 4,
    means: 'cores of a DPU',
    because: 'Glue’s documentation; one worker drives the others',
  },
  rebuildStartSeconds: { value: 15, means: 'seconds of a rebuild with few rows', because: cautious },
  rebuildSecondsPerGb: {
    value: 48,
    means: 'seconds of a rebuild for a GB of landed CSV, at base capacity',
    because: '22.9 s for 488 MB on two cores of a laptop (benchmarks.md): 8 RPUs should be faster',
  },
  recordUnits: {
    value: 2,
    means: 'write units (KB) of a write to the ledger, and read units of a read',
    because: 'records of file versions have 1 to 2 KB',
  },
  rowsPerGb: { value: 21_000_000, means: 'rows of a GB', because: 'a listen has 49 bytes' },
  listeners: {
    value: 50_000,
    means: 'listeners: a rebuild writes an item for each one that it touches',
    because: 'as many as the generated data has',
  },
  otherItems: {
    value: 1_000,
    means: 'items of days, hours and genres that a rebuild writes',
    because: 'a day has about 150',
  },
  runS3Calls: {
    value: 200,
    means: 'writes to S3 of a pair of Glue runs, and ten times as many reads',
    because: cautious,
  },
  fileS3Calls: {
    value: 3,
    means: 'calls of S3 for each file of a batch, in Glue',
    because: 'a copy and two reads',
  },
  runLogMb: { value: 3, means: 'MB of logs of a Glue run', because: cautious },
  callLogKb: {
    value: 2,
    means: 'KB of logs of a call of a function',
    because: 'a line or two, and three of Lambda',
  },
  eventKb: { value: 2, means: 'KB of an event', because: 'the events of this project have less' },
  keyShare: {
    value: 0.1,
    means: 'requests to KMS for each call of S3',
    because: 'the key of a bucket is asked for seldom; its rate is not documented',
  },
  silverShare: {
    value: 0.35,
    means: 'size of silver, and of the warehouse, as a share of the landed CSV',
    because: cautious,
  },
} as const satisfies Readonly<Record<string, Assumption>>;
