import type { DescribedRelation } from './relations.ts';
import type { DescribedSource } from './sources.ts';

/** The layers of the picture, from left to right: the folder under `sql/` and its title. */
const layers = [
  ['silver', 'Silver'],
  ['staging', 'Staging'],
  ['marts', 'Marts'],
  ['views', 'Views'],
  ['kpis', 'KPIs'],
] as const;

/** A Mermaid picture of the relations of a mart: what reads what, from the sources to the KPIs. */
export const lineagePicture = (
  relations: readonly DescribedRelation[],
  sources: readonly DescribedSource[],
): string => {
  const silver = relations.filter(({ kind }) => kind === 'silver').map(({ name }) => name);
  const own = sources.filter(({ dataset }) => silver.includes(dataset));
  const names = new Map(relations.map((relation) => [keyOf(relation), nodeOf(relation)]));
  return [
    'flowchart LR',
    ...group(
      'Sources',
      own.map(({ dataset, from }) => `source_${dataset}(["${quoted(dataset)}<br>${quoted(from)}"])`),
    ),
    ...layers.flatMap(([folder, title]) =>
      group(
        title,
        relations.filter(({ layer }) => layer === folder).map((one) => `${nodeOf(one)}${shapeOf(one)}`),
      ),
    ),
    ...own.map(({ dataset }) => `  source_${dataset} --> silver_${dataset}`),
    ...relations.flatMap((relation) =>
      relation.reads
        .filter((name) => names.has(name))
        .map((name) => `  ${names.get(name)} --> ${nodeOf(relation)}`),
    ),
  ].join('\n');
};

/** How relations name each other: silver tables have a schema. */
const keyOf = ({ kind, name }: DescribedRelation): string => (kind === 'silver' ? `silver.${name}` : name);

/** With its layer before it, a name is no word of Mermaid's own. */
const nodeOf = ({ layer, name }: DescribedRelation): string => `${layer}_${name}`;

const shapeOf = ({ kind, name }: DescribedRelation): string => {
  if (kind === 'silver' || kind === 'dimension' || kind === 'fact') return `[("${name}")]`;
  return kind === 'kpi' ? `{{"${name}"}}` : `["${name}"]`;
};

const group = (title: string, nodes: readonly string[]): string[] =>
  nodes.length === 0
    ? []
    : [`  subgraph ${title}`, '    direction TB', ...nodes.map((node) => `    ${node}`), '  end'];

/** Mermaid reads a text in quotes as HTML. */
const quoted = (text: string): string =>
  text.replaceAll('&', '#amp;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;');
