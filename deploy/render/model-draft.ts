import type { Column } from '../../functions/values/index.ts';
import type { Model } from '../../functions/warehouse/index.ts';
import type { RenderedFile } from './file.ts';

/** A model whose mart is not yet known. */
export type Draft = {
  readonly name: string;
  readonly kind: Model['kind'];
  readonly sql: string;
  readonly incremental_sql: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
  readonly refs: readonly string[];
  readonly sources: readonly string[];
  readonly path: string;
  readonly personal: readonly string[];
  readonly partition?: string;
  /** Settings of its kind of model, added when its references are known. */
  readonly own: object;
  readonly settings: RenderedFile['settings'];
  readonly rendered: RenderedFile;
};

/** What a file outside `sql/silver/` is in the warehouse. */
const kindOf = ({ file, settings }: RenderedFile): Model['kind'] => {
  if (file.folder === 'staging') return 'staging';
  if (file.folder === 'kpis') return 'kpi';
  if (file.folder === 'checks') return 'check';
  if (file.folder === 'views' || isView(settings)) return 'view';
  return settings.partition === undefined ? 'dimension' : 'fact';
};

const isView = ({ materialized }: RenderedFile['settings']): boolean =>
  materialized === 'view' || materialized === 'materialized_view';

/** A file as a draft of its model. */
export const draftOf = (rendered: RenderedFile): Draft => ({
  name: rendered.file.name,
  kind: kindOf(rendered),
  sql: rendered.sql,
  incremental_sql: rendered.incremental,
  columns: rendered.columns.map(({ name, type }) => ({ name, type })),
  key: rendered.settings.key,
  ...(rendered.settings.partition === undefined ? {} : { partition: rendered.settings.partition }),
  refs: [...rendered.refs],
  sources: rendered.sources.map(({ table }) => table).sort(),
  path: rendered.file.path,
  personal: [],
  own: {},
  settings: rendered.settings,
  rendered,
});
