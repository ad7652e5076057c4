import type { Source } from '../../sources/index.ts';
import { PipelineError } from '../../values/index.ts';
import type { SilverCatalog } from '../catalog.ts';
import type { FunctionName } from '../events.ts';

/** A source that no dataset has. */
export class UnknownSource extends PipelineError {
  override readonly name = 'UnknownSource';
  constructor(
    readonly source: string,
    readonly known: readonly string[],
  ) {
    super(
      known.length === 0
        ? `there is no source ${source}: no dataset has a rules/<dataset>/source.json`
        : `there is no source ${source}; the sources are ${known.join(', ')}`,
    );
  }
}

/** The source of a dataset; throws `UnknownSource`. */
export const sourceNamed = (catalog: SilverCatalog, name: string): Source => {
  const source = catalog.datasets[name]?.source;
  if (source) return source;
  const known = Object.entries(catalog.datasets).filter(([, dataset]) => dataset.source);
  throw new UnknownSource(
    name,
    known.map(([one]) => one),
  );
};

/** The function that pulls a source: databases are reached from inside of the network only. */
export const pullerOf = ({ kind }: Source): FunctionName & ('pull-sources' | 'pull-databases') =>
  kind === 'postgres' ? 'pull-databases' : 'pull-sources';
