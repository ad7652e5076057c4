import * as z from 'zod';
import type { Model } from './model.ts';

/** What the warehouse knows of its models besides their text: settings, and what follows from their references. */

/** Settings of a fact: where its rows come from, and how its dimensions are found on a row. */
export const FactSettings = z.object({
  /** The staging model whose rows become the fact's. */
  reads: z.string(),
  /** For each dimension that the fact or a KPI on it joins: the columns, on the fact, on staging or on both, of its natural key. */
  dimensions: z.record(z.string(), z.array(z.string())),
  /** Models that the fact or a KPI on it reads in any other way, each with those that read it: any row may change with them. */
  whole: z.record(z.string(), z.array(z.string())).default({}),
});
export type FactSettings = z.infer<typeof FactSettings>;

/** Settings of a dimension: rows that share this key are replaced together. */
export const DimensionSettings = z.object({ natural_key: z.array(z.string()) });

/** Settings of a KPI: the fact it is computed from, and the fact's columns whose values it has to speak of. */
export const KpiSettings = z.object({ fact: z.string(), spine: z.array(z.string()) });
export type KpiSettings = z.infer<typeof KpiSettings>;

/** References that lead in a circle; `circle` begins and ends with the same name. */
export class CircularReferences extends Error {
  override readonly name = 'CircularReferences';

  constructor(readonly circle: readonly string[]) {
    super(`these refer to each other in a circle: ${circle.join(' -> ')}`);
  }
}

type Node = Pick<Model, 'name' | 'refs'>;

/** The same models, each after those it refers to, otherwise by name; throws `CircularReferences`. */
export const inOrderOfReferences = <Kind extends Node>(models: readonly Kind[]): Kind[] => {
  const byName = new Map(models.map((model) => [model.name, model]));
  const ordered = new Set<Kind>();
  const visit = (model: Kind, path: readonly string[]): void => {
    if (path.includes(model.name))
      throw new CircularReferences([...path.slice(path.indexOf(model.name)), model.name]);
    if (ordered.has(model)) return;
    for (const upstream of referencesOf(model, byName)) visit(upstream, [...path, model.name]);
    ordered.add(model);
  };
  for (const model of [...models].sort((a, b) => (a.name < b.name ? -1 : 1))) visit(model, []);
  return [...ordered];
};

const referencesOf = <Kind extends Node>({ refs }: Node, byName: ReadonlyMap<string, Kind>): Kind[] =>
  [...refs].sort().flatMap((name) => byName.get(name) ?? []);

/** Everything that a model is made of, by way of any number of references, in no order; not the model itself. */
export const ancestorsOf = <Kind extends Node>(models: readonly Kind[], name: string): Kind[] => {
  const byName = new Map(models.map((model) => [model.name, model]));
  const found = new Set<Kind>();
  const visit = (model: Node | undefined): void => {
    for (const upstream of model ? referencesOf(model, byName) : []) {
      if (found.has(upstream)) continue;
      found.add(upstream);
      visit(upstream);
    }
  };
  visit(byName.get(name));
  return [...found];
};

/** The datasets that a model is made of, sorted. */
export const datasetsOf = <Kind extends Node & Pick<Model, 'sources'>>(
  models: readonly Kind[],
  name: string,
): string[] => {
  const own = models.filter((model) => model.name === name);
  return [...new Set([...own, ...ancestorsOf(models, name)].flatMap(({ sources }) => sources))].sort();
};
