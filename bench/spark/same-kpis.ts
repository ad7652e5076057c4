import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Catalog } from '../../functions/pipeline/index.ts';
import { literal } from '../../functions/values/index.ts';
import { kpiFile, listening } from './kpis.ts';

/** KPIs that the job written by hand computes as well. */
const compared = [
  'kpi_days',
  'kpi_day_genres',
  'kpi_top_genres',
  'kpi_top_songs',
  'kpi_day_hours',
  'kpi_listeners',
];

/** Throws unless both have the same rows of every KPI, ours in files and the other's in folders. */
export const expectSameKpis = async (catalog: Catalog, ours: string, others: string): Promise<void> => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    for (const { name, columns } of listening(catalog).models) {
      if (!compared.includes(name)) continue;
      const types = columns.map((column) => `${column.name}: '${column.type}'`).join(', ');
      const rows = (path: string) =>
        `select * from read_json(${literal(path)}, format = 'newline_delimited', columns = {${types}})`;
      const [mine, theirs] = [rows(kpiFile(ours, name)), rows(join(others, name, '*.json'))];
      const answer = await connection.runAndReadAll(
        `select (select count(*) from (${mine})) as rows, (select count(*) from ((${mine} except all ${theirs}) union all (${theirs} except all ${mine}))) as different`,
      );
      const [{ rows: count, different } = {}] = answer.getRowObjectsJson();
      if (Number(count) === 0 || Number(different) > 0)
        throw new Error(
          `${name}: ${different} of ${count} rows differ from those of the job written by hand`,
        );
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
};
