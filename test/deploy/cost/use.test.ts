import { expect, test } from 'vitest';
import { idleLines, stageOf } from '../../../deploy/cost/idle.ts';
import { sumOf } from '../../../deploy/cost/lines.ts';
import { glueHours, keptLines, keptLongLines, useLines, works } from '../../../deploy/cost/use.ts';

const job = (NumberOfWorkers: number, WorkerType = 'G.1X') => ({
  Type: 'AWS::Glue::Job',
  Properties: { NumberOfWorkers, WorkerType },
});
const lambda = (MemorySize: number) => ({ Type: 'AWS::Lambda::Function', Properties: { MemorySize } });
const stage = ({ workers = 2, type = 'G.1X', rpus = 8, isCluster = false } = {}) =>
  stageOf(
    {
      Resources: {
        TransformJob: job(workers, type),
        QualityJob: job(workers, type),
        ValidateLandingLambdaFunction: lambda(1769),
        RunTransformLambdaFunction: lambda(512),
        Warehouse: isCluster
          ? { Type: 'AWS::Redshift::Cluster', Properties: { NodeType: 'ra3.large' } }
          : { Type: 'AWS::RedshiftServerless::Workgroup', Properties: { BaseCapacity: rpus } },
        Landed: {
          Type: 'AWS::Logs::MetricFilter',
          Properties: { MetricTransformations: [{ MetricName: 'FilesLanded' }] },
        },
      },
    },
    { tables: 6, dailyRpuHours: 16 },
  );
const work = (changes: object) => ({ title: '', files: 1, gb: 0, batches: 1, hours: 1, ...changes });
const countOf = (price: string, ...given: Parameters<typeof useLines>) =>
  useLines(...given)
    .filter((line) => line.price === price)
    .reduce((sum, { count }) => sum + count, 0);

test('a small batch is billed a minute of all workers for each of its two runs', () => {
  expect(glueHours(stage(), work({}))).toBeCloseTo((2 * 60 * 2) / 3600);
  expect(glueHours(stage({ workers: 5 }), work({}))).toBeCloseTo((2 * 60 * 5) / 3600);
  expect(glueHours(stage({ type: 'G.2X' }), work({}))).toBeCloseTo((2 * 60 * 4) / 3600);
});

test('a large batch is billed for what it reads, with one worker that only drives', () => {
  const seconds = 30 + (352.5 * 10 + 0.3 * 20) / 4;
  expect(glueHours(stage(), work({ gb: 10, files: 20 }))).toBeCloseTo((2 * seconds * 2) / 3600);
  const quicker = 30 + (352.5 * 10 + 0.3 * 20) / 16;
  expect(glueHours(stage({ workers: 5 }), work({ gb: 10, files: 20 }))).toBeCloseTo((2 * quicker * 5) / 3600);
});

test('a worker of a type that is not known is an error', () => {
  expect(() => glueHours(stage({ type: 'Z.1' }), work({}))).toThrow('Z.1');
});

test('a rebuild is billed a minute at least, at base capacity, and nothing where there is a cluster', () => {
  expect(countOf('rpuHour', stage(), work({}))).toBeCloseTo((60 * 8) / 3600);
  expect(countOf('rpuHour', stage({ rpus: 32 }), work({ gb: 10 }))).toBeCloseTo(((15 + 480) * 32) / 3600);
  expect(countOf('rpuHour', stage({ isCluster: true }), work({ gb: 10 }))).toBe(0);
});

test('a rebuild writes an item for each listener that it touches, and no more than there are', () => {
  const ledger = countOf('tableWrite', stage(), work({ gb: 0 })) - 1_000;
  expect(ledger).toBeGreaterThan(0);
  expect(countOf('tableWrite', stage(), work({ gb: 0.001 })) - ledger).toBeCloseTo(22_000);
  expect(countOf('tableWrite', stage(), work({ gb: 10 })) - ledger).toBeCloseTo(51_000);
});

test('each file reads the files that wait with it', () => {
  const reads = (changes: object) => countOf('tableRead', stage(), work(changes));
  expect(reads({ files: 1_000, batches: 1 })).toBeCloseTo(1_000 * 2 * (11.1 + 290));
  expect(reads({ files: 1_000, batches: 1_000 })).toBeCloseTo(1_000 * 2 * (11.1 + 0.29));
});

test('files that land alone cost more than a hundred times what they cost together', () => {
  const [together, apart] = [works.together, works.apart].map((one) => sumOf(useLines(stage(), one)));
  expect((apart ?? 0) / (together ?? 1)).toBeGreaterThan(100);
});

test('metrics are billed for the hours in which something happens', () => {
  expect(countOf('metricMonth', stage(), work({ hours: 73 }))).toBeCloseTo(0.1);
});

test('what landed costs less after 90 days', () => {
  expect(sumOf(keptLines(10))).toBeCloseTo(10 * (0.023 + 0.35 * (0.023 + 0.0264)));
  expect(sumOf(keptLongLines(10))).toBeCloseTo(10 * (0.005 + 0.35 * (0.023 + 0.0264)));
});

test('a stage without functions on a schedule costs nothing here while nothing happens', () => {
  expect(idleLines(stage())).toEqual([]);
});
