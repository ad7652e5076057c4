import type { Model } from '../../functions/warehouse/index.ts';
import type { RenderedFile } from './file.ts';

/** A model before it is known which mart it belongs to. */
export type Draft = Omit<Model, 'mart' | 'hash'> & {
  readonly settings: RenderedFile['settings'];
  readonly rendered: RenderedFile;
};

/** What a file outside `sql/silver/` is to the warehouse. */
const kindOf = ({ file, settings }: RenderedFile): Model['kind'] => {
  if (file.folder === 'staging') return 'staging';
  if (file.folder === 'kpis') return 'kpi';
  if (file.folder === 'checks') return 'check';
  if (file.folder === 'views' || settings.materialized === 'view') return 'view';
  return settings.partition === undefined ? 'dimension' : 'fact';
};

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
  severity: rendered.settings.severity,
  kpi: rendered.settings.kpi,
  path: rendered.file.path,
  personal: [],
  meta: {},
  settings: rendered.settings,
  rendered,
});
