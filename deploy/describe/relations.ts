import { inlinedName } from '../../functions/warehouse/index.ts';
import type { RenderedFile } from '../render/file.ts';
import type { Draft } from '../render/model-draft.ts';
import type { RenderedProject } from '../render/rendered-project.ts';
import { columnOrigins, type Known, type Origin } from './origins.ts';
import type { Written, WrittenColumn, WrittenModel } from './written.ts';

/** A column with what is known of its meaning. */
export type DescribedColumn = {
  readonly name: string;
  readonly type: string;
  readonly description?: string | undefined;
  readonly unit?: string | undefined;
  /** The column of another relation that it is, passed on unchanged. */
  readonly origin?: Origin | undefined;
  readonly isPersonal: boolean;
};

/** A check that reads a relation. */
export type DescribedCheck = {
  readonly name: string;
  readonly path: string;
  readonly severity: 'error' | 'warn';
  readonly grain: string;
  readonly reads: readonly string[];
};

/** A silver table or a model, with all that its page says of it. */
export type DescribedRelation = {
  readonly name: string;
  readonly kind: 'silver' | Exclude<Draft['kind'], 'check'>;
  /** The folder under `sql/`. */
  readonly layer: string;
  readonly grain: string;
  readonly description?: string | undefined;
  readonly rules: readonly string[];
  readonly columns: readonly DescribedColumn[];
  /** Names of the relations that it reads; for silver none. */
  readonly reads: readonly string[];
  readonly file: RenderedFile;
  readonly written?: WrittenModel | undefined;
};

/** Every silver table and model with its descriptions, those that it reads before it, and every check. */
export const describeRelations = (
  project: RenderedProject,
  written: Written,
): { relations: readonly DescribedRelation[]; checks: readonly DescribedCheck[] } => {
  const relations = new Map<string, DescribedRelation>();
  for (const file of project.silver)
    relations.set(`silver.${file.file.name}`, silverRelation(file, project, written));
  for (const draft of project.drafts)
    if (draft.kind !== 'check')
      relations.set(draft.name, modelRelation(draft, draft.kind, relations, written));
  const checks = project.drafts.filter(({ kind }) => kind === 'check');
  return { relations: [...relations.values()], checks: checks.map(describedCheck) };
};

const silverRelation = (
  file: RenderedFile,
  { catalog, personal }: RenderedProject,
  written: Written,
): DescribedRelation => {
  const { name } = file.file;
  const fields = new Map(Object.entries(catalog.datasets[name]?.descriptions ?? {}));
  return {
    ...described(file, written, (column) => ({ description: fields.get(column) }), personal.get(name) ?? []),
    kind: 'silver',
    reads: [],
  };
};

const modelRelation = (
  draft: Draft,
  kind: DescribedRelation['kind'],
  above: ReadonlyMap<string, DescribedRelation>,
  written: Written,
): DescribedRelation => {
  const reads = [...draft.sources.map((table) => `silver.${table}`), ...draft.refs];
  const origins = columnOrigins(draft.rendered.marked[0] ?? '', namesInText(reads, above));
  const inherited = (column: string): Inherited => {
    const origin = origins.get(column);
    const source = above.get(origin?.relation ?? '')?.columns.find(({ name }) => name === origin?.column);
    return { origin, description: source?.description, unit: source?.unit };
  };
  return { ...described(draft.rendered, written, inherited, draft.personal), kind, reads };
};

/** A model reads a silver table, a table of gold, or a model that is inlined. */
const namesInText = (reads: readonly string[], above: ReadonlyMap<string, DescribedRelation>): Known =>
  new Map(
    reads.flatMap((name) => {
      const relation = { name, columns: above.get(name)?.columns ?? [] };
      return [name, `gold.${name}`, inlinedName(name)].map((text) => [text, relation] as const);
    }),
  );

type Inherited = Pick<DescribedColumn, 'description' | 'unit' | 'origin'>;

const described = (
  file: RenderedFile,
  written: Written,
  inherited: (column: string) => Inherited,
  personal: readonly string[],
): Omit<DescribedRelation, 'kind' | 'reads'> => {
  const own = written.models.find(({ name }) => name === file.file.name);
  const columns = file.columns.map(({ name, type }): DescribedColumn => {
    const [said, given, common] = [named(own?.columns, name), inherited(name), named(written.columns, name)];
    return {
      name,
      type,
      description: said?.description ?? given.description ?? common?.description,
      unit: said?.unit ?? given.unit ?? common?.unit ?? (/_ms(_|$)/.test(name) ? 'milliseconds' : undefined),
      origin: given.origin,
      isPersonal: personal.includes(name),
    };
  });
  return {
    name: file.file.name,
    layer: file.file.folder,
    grain: grainOf(file.file.source),
    description: own?.description,
    rules: own?.rules ?? [],
    columns,
    file,
    written: own,
  };
};

const named = (columns: readonly WrittenColumn[] | undefined, name: string): WrittenColumn | undefined =>
  columns?.find((column) => column.name === name);

const describedCheck = ({ name, path, settings, refs, rendered }: Draft): DescribedCheck => ({
  name,
  path,
  severity: settings.severity,
  grain: grainOf(rendered.file.source),
  reads: refs,
});

/** The first comment of a file, which may go over several lines. */
export const grainOf = (source: string): string =>
  (/^[ ]*--.*(?:\n[ ]*--.*)*/m.exec(source)?.[0] ?? '')
    .split('\n')
    .map((line) => line.replace(/^[ ]*--[ ]*/, '').trim())
    .join(' ');
