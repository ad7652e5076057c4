import type { Catalog } from '../../functions/pipeline/index.ts';
import {
  appliedBy,
  type Mart,
  type Model,
  rebuildBatches,
  transactionLimits,
} from '../../functions/warehouse/index.ts';

/** Notes of `npm run check` on rebuilds that are correct but cost more than necessary, one line per place. */
export const rebuildNotes = ({ marts }: Catalog): string[] => Object.values(marts).flatMap(wholeNotes);

const wholeNotes = (mart: Mart): string[] =>
  mart.models
    .filter((model) => model.kind === 'fact')
    .flatMap((fact) =>
      Object.entries(fact.whole).flatMap(([name, readers]) =>
        readers.map((reader) => {
          const [path, what] = [named(mart, reader)?.path ?? reader, joinOf(named(mart, name), fact)];
          return `${path} note: ${what}: whenever ${name} changes, all of ${fact.name} and its KPIs are computed again (docs/models.md, "What a change of a dimension costs")`;
        }),
      ),
    );

const named = ({ models }: Mart, name: string): Model | undefined =>
  models.find((model) => model.name === name);

const joinOf = (read: Model | undefined, fact: Model): string => {
  if (read?.kind !== 'dimension') return `reads ${read?.name}, which is not a dimension`;
  const key = read.natural_key.join(', ');
  return `reads ${read.name} in another way than by a join of its natural key (${key}) with columns of ${fact.name}`;
};

/** The number of statements in the transactions of a mart's later rebuilds, which is the most. */
export const rebuildSize = (mart: Mart): string => {
  const run = {
    rebuild: 'check',
    seq: 2,
    shown: 1,
    previous: appliedBy(mart),
    batches: ['check'],
    unload: 's3://lake/',
    target: 'redshift' as const,
  };
  const counts = rebuildBatches(mart, run).map(({ statements }) => statements.length);
  return `rebuilt by ${counts.join(' + ')} statements of at most ${transactionLimits.statements}${counts.length > 1 ? ' each' : ''}`;
};
