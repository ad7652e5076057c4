import type { QualitySpec } from '../../functions/pipeline/spec.ts';
import type { CompiledRuleset } from '../../functions/quality/compiled-ruleset.ts';
import { literal as quoted } from '../../functions/values/sql-text.ts';
import { nameIsComplete, table } from '../functions/engine/fixtures.ts';
import type { QualityLake } from './quality-lake.ts';

/** One row of a dataset of people. */
export type Person = readonly [id: number, name: string | null];

const literal = (text: string | null): string => (text === null ? 'null' : quoted(text));

/** `IsComplete "name"` in words of both engines. */
export const completeNames: CompiledRuleset = {
  ...nameIsComplete,
  outcomes: nameIsComplete.outcomes.replace('as varchar)', 'as varchar(64))'),
};

/** A ruleset that no file breaks, whatever its columns. */
export const anyRows: CompiledRuleset = {
  ...nameIsComplete,
  outcomes:
    'select landed_file, 1 as rule_number, true as passed, cast(null as varchar(64)) as metric from batch_files',
};

/** Stages files of people, by their keys, as a batch of a dataset and makes its spec; every file has its batch's version. */
export const stagePeople = async (
  lake: QualityLake,
  dataset: string,
  fence: number,
  files: Readonly<Record<string, readonly Person[]>>,
  changes: Partial<QualitySpec> = {},
): Promise<QualitySpec> => {
  const batch = `${dataset}-00000${fence}`;
  const spec: QualitySpec = {
    kind: 'quality',
    batch,
    dataset,
    fence,
    files: Object.entries(files).map(([key, rows]) => ({
      key: `data/people/${key}`,
      version: `v${fence}`,
      landed_at: '2024-06-25T12:00:00.123Z',
      records: rows.length,
      staged: rows.length,
    })),
    staged: `staging/${batch}/t${fence}/rows/`,
    ruleset: completeNames,
    table,
    pii: [],
    ...changes,
  };
  const rows = Object.entries(files).flatMap(([key, people]) =>
    people.map(([id, name]) => `(${id}, ${literal(name)}, ${literal(`data/people/${key}`)})`),
  );
  await lake.stage(
    spec,
    `select cast(id as bigint) as id, cast(name as varchar) as name, file as landed_file, 'v${fence}' as landed_version,
      timestamp '2024-06-25 12:00:00.123' as landed_at, ${literal(batch)} as batch_id
    from (values ${["(0, '', '')", ...rows].join(', ')}) as people(id, name, file) where file <> ''`,
  );
  return spec;
};

/** What main shows of a dataset: id, name, key, version. */
export const silver = async (lake: QualityLake, dataset: string): Promise<unknown[][]> => {
  const rows = await lake.sql(
    `select id, name, substr(landed_file, 13) as file, landed_version from lake.silver.${dataset} order by id, file`,
  );
  return rows.map((row) => Object.values(row));
};
