import { ancestorsOf, datasetsOf, inlinedName } from '../../functions/warehouse/index.ts';
import { dimensionJoins, type JoinRelation, type NaturalKeys } from './dimension-joins.ts';
import type { Draft } from './model-draft.ts';

/** What a fact and its KPIs read besides the fact's own rows, and which rows of the fact change with it. */
export type FactUpstream = {
  /** Dimensions that are joined only by their natural key: the fact's columns that hold it. */
  readonly dimensions: Readonly<Record<string, readonly string[]>>;
  /** Everything else, whose changes may touch any row: the models that read it. */
  readonly whole: Readonly<Record<string, readonly string[]>>;
};

/** Finds what a fact and its KPIs read; the drafts must be in order of their references. Needs the loaded parser. */
export const factUpstream = (
  fact: Draft,
  kpis: readonly Draft[],
  drafts: readonly Draft[],
  reads: string,
): FactUpstream => {
  const dimensions: Record<string, readonly string[]> = {};
  const whole: Record<string, string[]> = {};
  const readers = [fact, ...kpis];
  const gives = new Map<string, JoinRelation>();
  for (const reader of readers) {
    const direct = drafts.filter(({ name, kind }) => kind === 'dimension' && reader.refs.includes(name));
    const { relation, otherwise } = joinsOf(reader, fact, direct, drafts, reads, gives);
    gives.set(inlinedName(reader.name), relation);
    for (const { name } of direct) if (!otherwise.has(name)) dimensions[name] = holding(fact, drafts, name);
    const indirect = reader.refs.flatMap((name) => readIndirectly(name, fact, reader, drafts, reads));
    for (const name of new Set([...otherwise, ...indirect]))
      whole[name] = [...(whole[name] ?? []), reader.name];
  }
  return { dimensions, whole };
};

/** The fact's columns that hold a dimension's natural key. */
const holding = (fact: Draft, drafts: readonly Draft[], name: string): readonly string[] =>
  fact.settings.dimensions[name] ?? drafts.filter((draft) => draft.name === name).flatMap(naturalKeyOf);

const naturalKeyOf = ({ settings, key }: Draft): readonly string[] => settings.natural_key ?? key;

/** What is read through a model that has no rows of its own in a rebuild, and staging or a fact besides the fact's own. */
const readIndirectly = (
  name: string,
  fact: Draft,
  reader: Draft,
  drafts: readonly Draft[],
  reads: string,
): string[] => {
  const above = (from: Draft): string[] =>
    drafts.filter((draft) => from.refs.includes(draft.name)).flatMap(changing);
  const changing = (model: Draft): string[] => {
    if (model === fact || model.kind === 'kpi') return [];
    if (model.kind === 'view') return above(model);
    return model.kind === 'dimension' || datasetsOf(drafts, model.name).length > 0 ? [model.name] : [];
  };
  return drafts
    .filter((draft) => draft.name === name)
    .flatMap((model) => {
      if (model.kind === 'dimension') return [];
      return reader === fact && name === reads ? above(model) : changing(model);
    });
};

const joinsOf = (
  reader: Draft,
  fact: Draft,
  direct: readonly Draft[],
  drafts: readonly Draft[],
  reads: string,
  given: ReadonlyMap<string, JoinRelation>,
): { relation: JoinRelation; otherwise: ReadonlySet<string> } => {
  const rows = reader === fact ? drafts.filter(({ name }) => name === reads) : [fact];
  const relations = new Map<string, JoinRelation>([
    ...given,
    ...rows.flatMap((model) => rowRelations(reader, model)),
    ...direct.map((dimension): [string, JoinRelation] => [
      `gold.${dimension.name}`,
      { ...asRead(dimension, dimension.name), pending: dimension.name },
    ]),
  ]);
  const keys: NaturalKeys = new Map(
    direct.map((dimension) => [dimension.name, keyPairs(dimension, holding(fact, drafts, dimension.name))]),
  );
  const answers = reader.rendered.marked.map((sql) => dimensionJoins(sql, relations, keys));
  return {
    relation: answers.at(-1)?.relation ?? { columns: [] },
    otherwise: new Set(answers.flatMap(({ otherwise }) => [...otherwise])),
  };
};

const rows = 'rows';

const keyPairs = (dimension: Draft, columns: readonly string[]): (readonly [string, string])[] =>
  naturalKeyOf(dimension).map((column, at) => [
    `${dimension.name}.${column}`,
    `${rows}.${columns[at] ?? ''}`,
  ]);

const asRead = ({ columns }: Draft, origin: string): JoinRelation => ({
  columns: columns.map(({ name, type }) => ({ name, type, origin: `${origin}.${name}` })),
});

/** The names by which a model reads the fact's rows: staging, or the fact and its touched values. */
const rowRelations = (reader: Draft, model: Draft): [string, JoinRelation][] => {
  const relation = asRead(model, rows);
  if (model.kind === 'staging') return [[inlinedName(model.name), relation]];
  const touched = reader.rendered.marked.flatMap(
    (sql) => sql.match(new RegExp(`\\baffected_${model.name}_\\w+`, 'g')) ?? [],
  );
  return [`gold.${model.name}`, ...touched].map((name) => [name, relation]);
};

/** True if a model reads another, directly or through other models. */
export const isMadeOf = (drafts: readonly Draft[], model: string, other: string): boolean =>
  ancestorsOf(drafts, model).some(({ name }) => name === other);
