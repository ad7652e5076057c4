import { runKey } from '../../functions/pipeline/lake-keys.ts';
import type { JobName, Jobs, Run } from '../../functions/pipeline/ports.ts';
import { hangsOn } from '../../functions/pipeline/queries/repairs.ts';
import {
  type QualityResult,
  QualitySpec,
  type SpecFile,
  TablesSpec,
  TransformSpec,
  unpublished,
} from '../../functions/pipeline/spec.ts';
import type { Dice } from './dice.ts';
import type { Lake } from './lake.ts';

/** The Glue jobs in memory: silver rows as `<id>,<day>` lines, a publish that replaces the rows of a batch's keys. */

/** A row with the SQL that made it and the batch that published it. */
export type SilverRow = {
  key: string;
  version: string;
  id: string;
  day: string;
  sql: string;
  batch: string;
};
export type SimulatedRun = { id: string; job: JobName; spec: string; state: Run['state']; message?: string };
type Published = { fence: number; result: QualityResult };

export type Engine = ReturnType<typeof newEngine>;
export type EngineFaults = {
  retractsNothing?: boolean;
  retractsNoRepairs?: boolean;
  /** Gold does not remember what was touched and is not shown. */
  forgetsTouched?: boolean;
  marksBeforeWriting?: boolean;
  keepsReprocessedRows?: boolean;
  retractsRepairsOfReprocessed?: boolean;
};

export const newEngine = (
  lake: Lake,
  luck: Dice,
  onEnded: (run: SimulatedRun) => void,
  faults: EngineFaults = {},
) => {
  const runs: SimulatedRun[] = [];
  const published = new Map<string, Published>();
  let silver: SilverRow[] = [];

  const jobs: Jobs = {
    run: async (job, id) => answer(runs.find((run) => run.job === job && run.id === id)),
    runsOf: async (job, spec) =>
      runs
        .filter((run) => run.job === job && run.spec === spec)
        .map(answerOf)
        .reverse(),
    start: async (job, spec) => {
      const alive = runs.filter((run) => run.state === 'running');
      const isOnly = job === 'tables' && alive.some((run) => run.job === 'tables');
      if (isOnly || alive.length >= 4) return 'busy';
      const run: SimulatedRun = { id: `jr_${runs.length + 1}`, job, spec, state: 'running' };
      runs.push(run);
      return run.id;
    },
  };

  const transform = (spec: TransformSpec, run: string): void => {
    const staged = spec.files.map((file) => ({
      key: file.key,
      version: file.version,
      rows: rowsOf(lake, file, spec),
    }));
    if (staged.some(({ rows }) => rows.some(({ id }) => id.startsWith('666'))))
      throw new Error('a poison row');
    const files = staged.map(({ key, version, rows }) => ({
      key,
      version,
      read: rows.length,
      staged: rows.length,
    }));
    const result = { batch: spec.batch, run, staged: `staging/${spec.batch}/${run}/`, files };
    void lake.files.writeOnce(runKey(spec.batch, 'transform', 'result'), JSON.stringify(result));
  };

  const publish = (spec: QualitySpec, run: string): QualityResult => {
    if ([...published.values()].some(({ fence }) => fence > spec.fence))
      throw new Error(`${unpublished}fenced out`);
    const read = JSON.parse(lake.newest(runKey(spec.batch, 'transform', 'spec'))?.body ?? '{}');
    const transformed = TransformSpec.parse(read);
    const validated = transformed.files.map((file) => ({ file, rows: rowsOf(lake, file, transformed) }));
    const isStrict = spec.ruleset.rules.some(({ text }) => text.includes('700'));
    const isBroken = ({ id }: SilverRow): boolean =>
      id.startsWith('999') || (isStrict && id.startsWith('777'));
    const passed = validated.filter(({ rows }) => !rows.some(isBroken));
    const again = new Set(spec.files.flatMap(({ key, reprocessed }) => (reprocessed ? [key] : [])));
    const keys = faults.retractsNothing ? [] : passed.map(({ file }) => file.key);
    const retracts = (key: string, row: SilverRow): boolean => {
      if (row.key === key) return !(faults.keepsReprocessedRows && again.has(key));
      if (faults.retractsNoRepairs || !hangsOn(row.key, key)) return false;
      return !again.has(key) || faults.retractsRepairsOfReprocessed === true;
    };
    const isRetracted = (row: SilverRow): boolean => keys.some((key) => retracts(key, row));
    silver = [...silver.filter((row) => !isRetracted(row)), ...passed.flatMap(({ rows }) => rows)];
    const files = validated.map(({ file: { key, version }, rows }) => {
      const isPassed = passed.some(({ file }) => file.key === key);
      const violations = isPassed ? [] : [{ rule: 'ColumnValues "id" < 900', metric: '0', examples: [] }];
      return {
        key,
        version,
        outcome: isPassed ? ('published' as const) : ('rejected' as const),
        rows: isPassed ? rows.length : 0,
        violations,
      };
    });
    const result = { batch: spec.batch, run, files };
    published.set(spec.batch, { fence: spec.fence, result });
    return result;
  };

  const shape = ({ id, tables }: TablesSpec, run: string, death: Death): void => {
    if (death === 'before commit') throw new Error('the run died before its commit');
    const result = { id, run, tables: Object.keys(tables).sort() };
    void lake.files.writeOnce(runKey(id, 'tables', 'result'), JSON.stringify(result));
    if (death === 'after commit') throw new Error('the run died after its commit');
  };

  const quality = (spec: QualitySpec, run: string, death: Death): void => {
    const key = runKey(spec.batch, 'quality', 'result');
    if (death === 'before commit') {
      if (faults.marksBeforeWriting) void lake.files.writeOnce(key, JSON.stringify(unwritten(spec, run)));
      throw new Error('the run died before its commit');
    }
    const result = published.get(spec.batch)?.result ?? publish(spec, run);
    if (death === 'after commit') throw new Error('the run died after its commit');
    void lake.files.writeOnce(key, JSON.stringify(result));
  };

  /** Ends a run: well, or (where bad luck is allowed) at one of the moments that matter. */
  const end = (run: SimulatedRun, isLucky: boolean): void => {
    try {
      const spec = JSON.parse(lake.newest(run.spec)?.body ?? '{}');
      const death =
        isLucky || luck.chance(0.7) ? undefined : luck.pick(['before commit', 'after commit'] as const);
      if (run.job === 'tables') shape(TablesSpec.parse(spec), run.id, death);
      else if (run.job === 'quality') quality(QualitySpec.parse(spec), run.id, death);
      else if (death === 'before commit') throw new Error('the run died');
      else transform(TransformSpec.parse(spec), run.id);
      run.state = 'succeeded';
    } catch (error) {
      run.state = 'failed';
      run.message = error instanceof Error ? error.message : String(error);
    }
    onEnded(run);
  };

  /** Ends a run without a result. */
  const fail = (id: string, message: string): void => {
    const run = runs.find((one) => one.id === id);
    if (run) Object.assign(run, { state: 'failed', message });
  };

  return {
    jobs,
    end,
    fail,
    running: () => runs.filter((run) => run.state === 'running'),
    silver: () => silver,
  };
};

type Death = 'before commit' | 'after commit' | undefined;

const answerOf = ({ id, spec, state, message }: SimulatedRun): Run => ({
  id,
  spec,
  state,
  ...(message ? { message } : {}),
});
const answer = (run: SimulatedRun | undefined): Run | undefined => run && answerOf(run);

const rowsOf = (
  lake: Lake,
  { key, version, clean_key }: SpecFile,
  { sql, batch }: Pick<TransformSpec, 'sql' | 'batch'>,
): SilverRow[] => {
  const stored = clean_key === undefined ? lake.find(key, version) : lake.newest(clean_key);
  if (!stored) throw new Error(`${key}@${version} is gone`);
  return parseRows(stored.body).map((row) => ({ key, version, ...row, sql, batch }));
};

/** Rows of a file's body, header left out. */
export const parseRows = (body: string): { id: string; day: string }[] =>
  body
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [id = '', day = ''] = line.split(',');
      return { id, day };
    });

const unwritten = (spec: QualitySpec, run: string): QualityResult => ({
  batch: spec.batch,
  run,
  files: spec.files.map(({ key, version }) => ({
    key,
    version,
    outcome: 'published',
    rows: 1,
    violations: [],
  })),
});
