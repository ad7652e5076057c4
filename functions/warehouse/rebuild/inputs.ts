import { literal, type Plan } from './plan.ts';

/** The inputs of a rebuild, files and models' texts, and the record of which of them are applied. */

/** Raises the mart's fence to the run's, and fails if a run with the same or a higher one was there before. */
export const raiseFence = ({ mart, run, engine }: Plan): string =>
  `update gold.fence set rebuild = ${literal(run.rebuild)}, seq = case when seq < ${run.seq} then ${run.seq} else ${engine.failure('a newer rebuild holds the fence', 'seq')} end
where mart = ${literal(mart.name)}`;

/**
 * The relation `changed_inputs` (origin, name, version, batch_id, is_current): every file version and every model text that
 * exists and is not applied, or is applied and no longer exists. It depends only on the tables, so that anything that an
 * earlier rebuild missed is included.
 */
export const findChangedInputs = ({
  mart,
  engine,
}: Plan): string => `${engine.createTemporary} changed_inputs as
with current_inputs as (
${[...mart.datasets.map(filesOf), ...mart.models.map((model, at) => textOf(model, mart.datasets.length + at === 0))].join('\nunion all\n')}
),
applied_inputs as (
select origin, name, version, batch_id from gold.applied_inputs where mart = ${literal(mart.name)}
),
arrived as (
select origin, name, version, batch_id from current_inputs except select origin, name, version, batch_id from applied_inputs
),
gone as (
select origin, name, version, batch_id from applied_inputs except select origin, name, version, batch_id from current_inputs
)
select origin, name, version, batch_id, true as is_current from arrived
union all
select origin, name, version, batch_id, false as is_current from gone`;

/**
 * The relation `moved_inputs` (origin), and those that it reads: datasets whose files are no longer those that the rebuild
 * found. Each statement reads an external table again, so a batch may be published in the middle of a rebuild.
 */
export const movedInputs = ({ mart }: Plan): { readonly name: string; readonly sql: string }[] => {
  const columns = 'origin, name, version, batch_id';
  return [
    { name: 'current_files', sql: mart.datasets.map(filesOf).join('\nunion all\n') },
    {
      name: 'kept_files',
      sql: `select ${columns} from gold.applied_inputs where mart = ${literal(mart.name)} and origin <> 'model'
except select ${columns} from changed_inputs where not is_current`,
    },
    {
      name: 'found_files',
      sql: `select ${columns} from kept_files
union all
select ${columns} from changed_inputs where is_current and origin <> 'model'`,
    },
    {
      name: 'moved_inputs',
      sql: `select origin from (select ${columns} from current_files except select ${columns} from found_files) as arrived
union all
select origin from (select ${columns} from found_files except select ${columns} from current_files) as gone`,
    },
  ];
};

/** A condition: a batch of one of these datasets was published since the rebuild began. */
export const isMoved = (datasets: readonly string[]): string =>
  `exists (select 1 from moved_inputs where origin in (${datasets.map(silverOrigin).map(literal).join(', ')}))`;

const filesOf = (dataset: string): string =>
  `select distinct ${input({
    origin: literal(silverOrigin(dataset)),
    name: 'landed_file',
    version: `coalesce(landed_version, '')`,
    batch: `coalesce(batch_id, '')`,
  })} from silver.${dataset}`;

/** The first row of a union gives the columns their names and types; without them a statement holds more rows. */
const textOf = ({ name, hash }: { name: string; hash: string }, isFirst: boolean): string => {
  const text = { origin: `'model'`, name: literal(name), version: literal(hash), batch: `''` };
  return `select ${isFirst ? input(text) : Object.values(text).join(', ')}`;
};

type Input = { origin: string; name: string; version: string; batch: string };

const input = ({ origin, name, version, batch }: Input): string =>
  `cast(${origin} as varchar(256)) as origin, cast(${name} as varchar(1024)) as name, cast(${version} as varchar(1024)) as version, cast(${batch} as varchar(256)) as batch_id`;

const silverOrigin = (dataset: string): string => `silver.${dataset}`;

/** A condition: a file of these datasets differs, or the text of one of these models or of a model that it reads. */
export const isAnyChanged = (datasets: readonly string[], models: readonly string[]): string => {
  const texts = `origin = 'model' and name in (${models.map(literal).join(', ')})`;
  const files = datasets.map(silverOrigin).map(literal).join(', ');
  return `exists (select 1 from changed_inputs where ${datasets.length > 0 ? `origin in (${files}) or (${texts})` : texts})`;
};

/** A select of the files of a dataset that differ. */
export const changedFiles = (dataset: string): string =>
  `select name from changed_inputs where origin = ${literal(silverOrigin(dataset))}`;

/** Records what the rebuild has applied. */
export const recordApplied = ({ mart, run }: Plan): string[] => [
  `delete from gold.applied_inputs where mart = ${literal(mart.name)}
and (origin, name, version, batch_id) in (select origin, name, version, batch_id from changed_inputs where not is_current)`,
  `insert into gold.applied_inputs (mart, origin, name, version, batch_id)
select ${literal(mart.name)}, origin, name, version, batch_id from changed_inputs where is_current`,
  ...(run.batches.length > 0 ? [recordBatches(mart.name, run)] : []),
];

const recordBatches = (mart: string, { batches, rebuild, seq }: Plan['run']): string => {
  const applied = batches.map((batch, at) =>
    at === 0 ? `select cast(${literal(batch)} as varchar(256)) as batch_id` : `select ${literal(batch)}`,
  );
  return `insert into gold.applied_batches (mart, batch_id, rebuild, seq)
select ${literal(mart)}, batch_id, ${literal(rebuild)}, ${seq} from (
${applied.join('\nunion\n')}
) as applied
where batch_id not in (select batch_id from gold.applied_batches where mart = ${literal(mart)})`;
};
