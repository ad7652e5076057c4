import { assumptions } from './assumptions.ts';
import type { Stage } from './charges.ts';
import type { Line } from './lines.ts';
import { measured } from './measured.ts';
import { monthHours } from './schedule.ts';
import { type Created, numberAt } from './template.ts';

/** What lands, and in how many batches it is processed; each batch is followed by a rebuild. */
export type Work = {
  readonly title: string;
  readonly files: number;
  readonly gb: number;
  readonly batches: number;
  /** Hours in which something happens: metrics are billed for these. */
  readonly hours: number;
};

/** The amounts of the page. Files of a batch are merged into one pair of Glue runs and one rebuild. */
export const works = {
  together: { title: '1,000 small files, landed together', files: 1_000, gb: 0.005, batches: 1, hours: 1 },
  apart: {
    title: '1,000 small files, each alone',
    files: 1_000,
    gb: 0.005,
    batches: 1_000,
    hours: monthHours,
  },
  ten: { title: '10 GB in 20 files', files: 20, gb: 10, batches: 1, hours: 1 },
  thousand: {
    title: '1,000 GB in 2,000 files, a batch every 10 GB',
    files: 2_000,
    gb: 1_000,
    batches: 100,
    hours: 200,
  },
} as const satisfies Readonly<Record<string, Work>>;

const dpusOf: Readonly<Record<string, number>> = { 'G.1X': 1, 'G.2X': 2, 'G.4X': 4, 'G.8X': 8 };

/** What work costs once, besides what the stage costs while nothing happens. */
export const useLines = (stage: Stage, work: Work): Line[] => [
  { what: 'Glue', price: 'dpuHour', count: glueHours(stage, work) },
  ...warehouse(stage, work),
  ...functions(stage, work),
  ...tables(work),
  ...lake(work),
  ...events(work),
  ...watching(stage, work),
];

/** DPU-hours of two runs for each batch: a run takes a minute at least, and all of its workers are billed. */
export const glueHours = (stage: Stage, { files, gb, batches }: Work): number => {
  const [transform, quality] = ['TransformJob', 'QualityJob'].map((id) => {
    const { properties } = resourceOf(stage, id);
    const dpus = dpusOf[String(properties.WorkerType)];
    if (dpus === undefined) throw new Error(`the DPUs of a worker ${properties.WorkerType} are not known`);
    const workers = numberAt(stage.template, properties, 'NumberOfWorkers');
    const cores = (workers - 1) * dpus * assumptions.coresPerDpu.value;
    const reading = (assumptions.runThreadSecondsPerGb.value / 2) * (gb / batches);
    const opening = assumptions.runThreadSecondsPerFile.value * (files / batches);
    const seconds = assumptions.runStartSeconds.value + (reading + opening) / cores;
    return Math.max(assumptions.leastRunSeconds.value, seconds) * workers * dpus;
  });
  return (batches * ((transform ?? 0) + (quality ?? 0))) / 3600;
};

/** A cluster is paid by the hour, also while it works. */
const warehouse = (stage: Stage, { gb, batches }: Work): Line[] => {
  const workgroup = stage.created.find(({ type }) => type === 'AWS::RedshiftServerless::Workgroup');
  if (!workgroup) return [];
  const rpus = numberAt(stage.template, workgroup.properties, 'BaseCapacity');
  const { rebuildStartSeconds, rebuildSecondsPerGb, leastRunSeconds } = assumptions;
  const seconds = rebuildStartSeconds.value + rebuildSecondsPerGb.value * (gb / batches);
  const hours = (batches * Math.max(leastRunSeconds.value, seconds) * rpus) / 3600;
  return [{ what: 'Redshift Serverless', price: 'rpuHour', count: hours }];
};

const functions = (stage: Stage, { files, gb, batches }: Work): Line[] => {
  const calls = callsOf({ files, batches });
  const gbOf = (id: string) =>
    numberAt(stage.template, resourceOf(stage, id).properties, 'MemorySize') / 1024;
  const validating = files * assumptions.fileSeconds.value + gb * assumptions.validateSecondsPerGb.value;
  const others = calls * assumptions.callSeconds.value + files * assumptions.fileSeconds.value;
  const gbSeconds =
    validating * gbOf('ValidateLandingLambdaFunction') + others * gbOf('RunTransformLambdaFunction');
  return [
    { what: 'functions', price: 'lambdaRequest', count: calls },
    { what: 'functions', price: 'lambdaGbSecond', count: gbSeconds },
    { what: 'traces', price: 'trace', count: calls },
  ];
};

/** Calls of functions: by events and by each other. Every batch wakes each function some times. */
const callsOf = ({ files, batches }: Pick<Work, 'files' | 'batches'>): number =>
  files * measured.file.calls + batches * callsOfBatch;

const callsOfBatch = 20;

const tables = ({ files, gb, batches }: Work): Line[] => {
  const { listeners, rowsPerGb, otherItems } = assumptions;
  const items = Math.min(listeners.value, rowsPerGb.value * (gb / batches)) + otherItems.value;
  const units = assumptions.recordUnits.value;
  const reads = files * (measured.file.tableReads + (measured.waitingReads * files) / batches);
  return [
    { what: 'ledger', price: 'tableWrite', count: files * measured.file.tableWrites * units },
    { what: 'ledger', price: 'tableRead', count: reads * units },
    { what: 'KPI items', price: 'tableWrite', count: batches * items },
  ];
};

const writesOf = ({ files, batches }: Work): number =>
  files * measured.file.s3Writes + batches * assumptions.runS3Calls.value + files;

const lake = (work: Work): Line[] => {
  const writes = writesOf(work);
  const reads =
    work.files * (measured.file.s3Reads + assumptions.fileS3Calls.value) +
    work.batches * assumptions.runS3Calls.value * 10;
  return [
    { what: 'requests to the lake', price: 's3Write', count: writes },
    { what: 'requests to the lake', price: 's3Read', count: reads },
    { what: 'key', price: 'keyRequest', count: (writes + reads) * assumptions.keyShare.value },
  ];
};

/** The lake says of every object that it was created; two archives keep what concerns files. */
const events = (work: Work): Line[] => {
  const own = work.files * measured.file.events + work.batches * 5;
  const kept = (own + work.files) * assumptions.eventKb.value;
  return [
    { what: 'events', price: 'event', count: own + writesOf(work) },
    { what: 'events', price: 'archivedEvents', count: kept / 1024 ** 2 },
  ];
};

const watching = (stage: Stage, work: Work): Line[] => {
  const logged =
    (callsOf(work) * assumptions.callLogKb.value) / 1024 ** 2 +
    (2 * work.batches * assumptions.runLogMb.value) / 1024;
  const counted = new Set(
    stage.created.flatMap(({ type, properties }) =>
      type === 'AWS::Logs::MetricFilter'
        ? [(properties.MetricTransformations as { MetricName: string }[])[0]?.MetricName]
        : [],
    ),
  );
  return [
    { what: 'logs', price: 'logs', count: logged },
    { what: 'metrics', price: 'metricMonth', count: (counted.size * work.hours) / monthHours },
  ];
};

/** What it costs each month to keep a GB that landed: in the archive, in silver and in the warehouse. */
export const keptLines = (gb: number): Line[] => {
  const { silverShare } = assumptions;
  return [
    { what: 'landed bytes in the archive', price: 's3Month', count: gb },
    { what: 'silver', price: 's3Month', count: gb * silverShare.value },
    { what: 'warehouse', price: 'warehouseMonth', count: gb * silverShare.value },
  ];
};

/** The same after 90 days, when the landed bytes are in Glacier Instant Retrieval. */
export const keptLongLines = (gb: number): Line[] =>
  keptLines(gb).map((line) =>
    line.what === 'landed bytes in the archive' ? { ...line, price: 's3ArchiveMonth' as const } : line,
  );

const resourceOf = ({ created }: Stage, id: string): Created => {
  const resource = created.find((each) => each.id === id);
  if (!resource) throw new Error(`the template has no ${id}`);
  return resource;
};
