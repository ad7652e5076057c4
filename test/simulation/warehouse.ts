import type { Statement, Warehouse } from '../../functions/domain/ports.ts';
import { RebuildSpec } from '../../functions/domain/spec.ts';
import type { Dice } from './dice.ts';
import type { SilverRow } from './engine.ts';
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
) => {
  const statements: SimulatedStatement[] = [];
  let gold: { seq: number; rows: readonly SilverRow[] } = { seq: 0, rows: [] };

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
    const rebuild = statement.name.slice(statement.name.indexOf('-rebuild-') + 9);
    const spec = RebuildSpec.parse(
      JSON.parse(lake.newest(`runs/${rebuild}/rebuild.spec.json`)?.body ?? '{}'),
    );
    if (spec.seq <= gold.seq) throw new Error('the fence was not raised');
    const rows = silver();
    const files = (of: readonly SilverRow[]): Set<string> =>
      new Set(of.map(({ key, version }) => `${key}@${version}`));
    const [before, after] = [files(gold.rows), files(rows)];
    const differs = ({ key, version }: SilverRow): boolean =>
      before.has(`${key}@${version}`) !== after.has(`${key}@${version}`);
    const days = new Set([...gold.rows, ...rows].filter(differs).map(({ day }) => day));
    const lines = [...days].map((day) => {
      const listens = new Set(rows.filter((row) => row.day === day).map(({ id }) => id)).size;
      return JSON.stringify({ listen_date: day, listens });
    });
    lake.put(`${spec.unload}kpi_days/0000_part_00.json`, `${lines.join('\n')}\n`);
    gold = { seq: spec.seq, rows };
  };

  const end = (statement: SimulatedStatement, isLucky: boolean): void => {
    try {
      if (!isLucky && luck.chance(0.2)) throw new Error('a check failed');
      run(statement);
      statement.state = 'finished';
    } catch (error) {
      statement.state = 'failed';
      statement.error = String(error);
    }
    onEnded(statement);
  };

  return { warehouse, end, running: () => statements.filter((one) => one.state === 'running') };
};

const answer = ({ id, state, error }: SimulatedStatement): Statement => ({
  id,
  state,
  ...(error ? { error } : {}),
});
