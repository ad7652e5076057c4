import { PipelineError } from '../values/index.ts';
/** Order and origins of models, from their references. */

/** References in a circle; `circle` begins and ends with the same name. */
export class CircularReferences extends PipelineError {
  override readonly name = 'CircularReferences';

  constructor(readonly circle: readonly string[]) {
    super(`these refer to each other in a circle: ${circle.join(' -> ')}`);
  }
}

type Node = { readonly name: string; readonly refs: readonly string[] };

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

/** All models that a model reads, directly or through others, in any order; without the model itself. */
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

/** The datasets that a model is computed from, sorted. */
export const datasetsOf = <Kind extends Node & { readonly sources: readonly string[] }>(
  models: readonly Kind[],
  name: string,
): string[] => {
  const own = models.filter((model) => model.name === name);
  return [...new Set([...own, ...ancestorsOf(models, name)].flatMap(({ sources }) => sources))].sort();
};
