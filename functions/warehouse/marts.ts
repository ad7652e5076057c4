import { PipelineError } from '../values/index.ts';
import { ancestorsOf } from './references.ts';

/** How models are divided into marts: those that share anything except a static model are rebuilt together. */

/** What matters of a model for its mart; `mart` is the name in its config, if any. */
export type Member = {
  readonly name: string;
  readonly refs: readonly string[];
  readonly sources: readonly string[];
  readonly mart?: string | undefined;
};

/** Two names for models that must be rebuilt together. */
export class TwoMartsInOne extends PipelineError {
  override readonly name = 'TwoMartsInOne';

  constructor(readonly marts: readonly string[]) {
    super(`models of the marts ${marts.join(' and ')} refer to each other: give them one name`);
  }
}

/**
 * Marts by name, each with the names of its models. A mart's name comes from its models' config, else from its first dataset. A
 * static model, which reads no dataset, belongs to every mart that refers to it, or to all marts if none does. Throws
 * `TwoMartsInOne`.
 */
export const martsOf = (models: readonly Member[]): Map<string, Set<string>> => {
  const all = models.map((model) => ({ ...model, refs: [...model.refs], sources: [...model.sources] }));
  const isStatic = (model: (typeof all)[number]): boolean =>
    [model, ...ancestorsOf(all, model.name)].every(({ sources }) => sources.length === 0);
  const statics = new Set(all.filter(isStatic).map(({ name }) => name));
  const marts = namedGroups(all.filter(({ name }) => !statics.has(name)));
  for (const name of statics) {
    const users = [...marts.values()].filter((mart) => isUsed(all, mart, name));
    for (const mart of users.length > 0 ? users : marts.values()) mart.add(name);
  }
  return marts;
};

type Full = Member & { readonly refs: string[]; readonly sources: string[] };

const isUsed = (all: readonly Full[], mart: ReadonlySet<string>, name: string): boolean =>
  [...mart].some((member) => ancestorsOf(all, member).some((ancestor) => ancestor.name === name));

const namedGroups = (models: readonly Full[]): Map<string, Set<string>> => {
  const marts = new Map<string, Set<string>>();
  for (const group of connectedGroups(models)) {
    const name = nameOf(group);
    marts.set(name, new Set([...(marts.get(name) ?? []), ...group.map((model) => model.name)]));
  }
  return marts;
};

const nameOf = (group: readonly Full[]): string => {
  const named = [...new Set(group.flatMap(({ mart }) => mart ?? []))].sort();
  if (named.length > 1) throw new TwoMartsInOne(named);
  return named[0] ?? [...group.flatMap(({ sources }) => sources)].sort()[0] ?? '';
};

const connectedGroups = (models: readonly Full[]): Full[][] => {
  let groups: Full[][] = [];
  for (const model of models) {
    const links = new Set([model.name, ...model.refs]);
    const touches = (group: readonly Full[]): boolean =>
      group.some(({ name, refs }) => links.has(name) || refs.includes(model.name));
    groups = [...groups.filter((group) => !touches(group)), [...groups.filter(touches).flat(), model]];
  }
  return groups;
};
