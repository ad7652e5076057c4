import type { Statement, Warehouse } from '../../functions/pipeline/ports.ts';
import { rebuildOfStatement } from '../../functions/pipeline/steps/rebuild/rebuilding.ts';
import { sequenceBefore } from '../../functions/warehouse/kpis/items.ts';
import { RebuildSpec } from '../../functions/warehouse/rebuild-spec.ts';
import type { Dice } from './dice.ts';
import type { EngineFaults, SilverRow } from './engine.ts';
import { newGoldTables } from './gold-tables.ts';
import type { Lake } from './lake.ts';

/** The warehouse in memory: one number a day, rebuilt for the days of files that differ from what gold shows. */

export type SimulatedStatement = {
  id: string;
  name: string;
  token: string;
  state: Statement['state'];
  error?: string;
};
export type SimulatedWarehouse = ReturnType<typeof newWarehouse>;

export const newWarehouse = (
  lake: Lake,
  silver: () => readonly SilverRow[],
  luck: Dice,
  onEnded: (statement: SimulatedStatement) => void,
  faults: Pick<EngineFaults, 'forgetsTouched'> = {},
  isComplete = false,
) => {
  const tables = newGoldTables(lake, isComplete);
  const statements: SimulatedStatement[] = [];
  let gold: Gold = { seq: 0, rows: [], touched: [], latest: [] };
  const ends: SimulatedStatement['state'][] = [];

  const warehouse: Warehouse = {
    send: async (name, token) => {
      const known = statements.find((one) => one.token === token);
      if (known) return known.id;
      const statement = { id: `s${statements.length + 1}`, name, token, state: 'running' as const };
      statements.push(statement);
      return statement.id;
    },
    find: async (name) =>
      statements
        .filter((one) => one.name === name)
        .map(answer)
        .at(-1),
    statement: async (id) => statements.filter((one) => one.id === id).map(answer)[0],
  };

  const run = (statement: SimulatedStatement): void => {
    const [, migration, at] = /-migrate-(.*)-(\d+)$/.exec(statement.name) ?? [];
    if (migration === undefined) runRebuild(statement);
    else tables.migrate(migration, Number(at));
  };

  const runRebuild = (statement: SimulatedStatement): void => {
    const rebuild = rebuildOfStatement(statement.name);
    const spec = RebuildSpec.parse(
      JSON.parse(lake.newest(`runs/${rebuild}/rebuild.spec.json`)?.body ?? '{}'),
    );
    const step = /-prepare-(gold)-/.exec(statement.name)?.[1];
    tables.expectTables([...spec.before, spec].flatMap(({ statements }) => statements));
    if (step === undefined && spec.before.length > 0) {
      unload(spec);
      return;
    }
    if (spec.seq <= gold.seq) throw new Error('the fence was not raised');
    const rows = silver();
    const files = (of: readonly SilverRow[]): Set<string> =>
      new Set(of.map(({ key, version, batch }) => `${key}@${version} of ${batch}`));
    const [before, after] = [files(gold.rows), files(rows)];
    const differs = ({ key, version, batch }: SilverRow): boolean =>
      before.has(`${key}@${version} of ${batch}`) !== after.has(`${key}@${version} of ${batch}`);
    const unshown = faults.forgetsTouched ? [] : gold.touched.filter(({ seq }) => seq > spec.shown);
    const changed = [...gold.rows, ...rows].filter(differs);
    const days = new Set([...unshown, ...changed].map(({ day }) => day));
    gold = {
      ...gold,
      seq: spec.seq,
      rows,
      touched: [...unshown, ...[...days].map((day) => ({ day, seq: spec.seq }))],
    };
    if (step === undefined) unload(spec);
  };

  const unload = (spec: RebuildSpec): void => {
    const days = new Set(gold.touched.filter(({ seq }) => seq > spec.shown).map(({ day }) => day));
    const rows = [...days].map((day) => ({ listen_date: day, ...measuresOf(gold.rows, day) }));
    const before = newestShown(gold.latest, spec);
    const latest = rows.map((row) => ({ ...row, [sequenceBefore]: before.get(row.listen_date) ?? null }));
    for (const [kpi, lines] of Object.entries({ kpi_days: rows, kpi_latest: latest }))
      lake.put(
        `${spec.unload}${kpi}/0000_part_00.json`,
        `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
      );
    noteLatest(spec, days);
  };

  const noteLatest = (spec: RebuildSpec, days: ReadonlySet<string>): void => {
    const before = newestShown(gold.latest, spec);
    const generation = spec.generation ?? spec.seq;
    const kept = gold.latest.filter((one) => !isShown(one, spec) || before.get(one.item) === one.seq);
    const noted = new Set(kept.filter(({ seq }) => seq === generation).map(({ item }) => item));
    const added = [...days].filter((day) => !noted.has(day)).map((item) => ({ item, seq: generation }));
    gold = { ...gold, latest: [...kept, ...added] };
  };

  /** Ends a statement: well, or (where bad luck is allowed) by its SQL, or lost before or after its commit, or forgotten. */
  const end = (statement: SimulatedStatement, isLucky: boolean): void => {
    const fate = isLucky ? 0 : luck.below(100);
    try {
      if (fate >= 80) throw new Error('a check failed');
      if (fate < 60 || fate % 2 === 0) run(statement);
      statement.state = fate < 60 ? 'finished' : 'lost';
    } catch (error) {
      statement.state = 'failed';
      statement.error = String(error);
    }
    ends.push(statement.state);
    if (fate >= 75 && fate < 80) statements.splice(statements.indexOf(statement), 1);
    else onEnded(statement);
  };

  return {
    warehouse,
    tables,
    end,
    running: () => statements.filter((one) => one.state === 'running'),
    /** How many statements were lost since the last one that was not. */
    lostInARow: () => ends.length - 1 - ends.findLastIndex((state) => state !== 'lost'),
  };
};

type Latest = { readonly item: string; readonly seq: number };

/** As the statements of `functions/warehouse/rebuild/latest.ts` say it. */
const isShown = ({ seq }: Latest, { shown, unshown }: RebuildSpec): boolean =>
  seq <= shown && !unshown.includes(seq);

const newestShown = (latest: readonly Latest[], spec: RebuildSpec): Map<string, number> =>
  new Map(
    latest
      .filter((one) => isShown(one, spec))
      .sort((a, b) => a.seq - b.seq)
      .map(({ item, seq }) => [item, seq]),
  );

type Gold = {
  readonly seq: number;
  readonly rows: readonly SilverRow[];
  /** Days that rebuilds have touched, as `gold.touched` has them. */
  readonly touched: readonly { readonly day: string; readonly seq: number }[];
  /** In which generation items were written, as `gold.latest_items` has it. */
  readonly latest: readonly Latest[];
};

/** What the KPIs of a day say: how many listens, and the SQL that made them. */
export const measuresOf = (rows: readonly SilverRow[], day: string) => {
  const theirs = rows.filter((row) => row.day === day);
  return {
    listens: new Set(theirs.map(({ id }) => id)).size,
    made: [...new Set(theirs.map(({ sql }) => sql))].sort().join('; '),
  };
};

const answer = ({ id, state, error }: SimulatedStatement): Statement => ({
  id,
  state,
  ...(error ? { error } : {}),
});
