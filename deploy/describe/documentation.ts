import type { Rules } from '../render/datasets.ts';
import { type RenderedProject, readProject } from '../render/rendered-project.ts';
import type { Problem } from '../sql/problem.ts';
import { descriptionNote, descriptionProblems } from './problems.ts';
import { type DescribedCheck, type DescribedRelation, describeRelations } from './relations.ts';
import { type DescribedSource, readSources } from './sources.ts';
import { readWritten } from './written.ts';

/** All that is known of the warehouse's relations, for people and for dbt. */
export type Documentation = {
  readonly relations: readonly DescribedRelation[];
  readonly checks: readonly DescribedCheck[];
  readonly sources: readonly DescribedSource[];
  readonly rules: readonly Rules[];
  /** Each mart with all that it consists of, from silver to KPIs. */
  readonly marts: readonly { readonly name: string; readonly relations: readonly DescribedRelation[] }[];
  readonly problems: readonly Problem[];
  /** What is not described, and need not be. */
  readonly note?: string | undefined;
};

/** The documentation of a project that has been rendered. */
export const documentationOf = async (root: string, project: RenderedProject): Promise<Documentation> => {
  const written = await readWritten(root);
  const { relations, checks } = describeRelations(project, written);
  return {
    relations,
    checks,
    sources: await readSources(root, project.rules),
    rules: project.rules,
    marts: Object.values(project.catalog.marts).map(({ name, datasets, models }) => ({
      name,
      relations: inLayers(relations).filter((relation) =>
        relation.kind === 'silver'
          ? datasets.includes(relation.name)
          : models.some((model) => model.name === relation.name),
      ),
    })),
    problems: descriptionProblems(relations, written),
    note: descriptionNote(relations),
  };
};

/** The documentation of the project under a root; throws `ProjectProblems` if it cannot be rendered. */
export const documentProject = async (root: string): Promise<Documentation> =>
  documentationOf(root, await readProject(root, 'redshift', 'spark'));

const layers = ['silver', 'staging', 'marts', 'views', 'kpis'];

/** Dimensions before facts, and all else in order of names. */
const inLayers = (relations: readonly DescribedRelation[]): DescribedRelation[] =>
  [...relations].sort(
    (one, other) =>
      layers.indexOf(one.layer) - layers.indexOf(other.layer) || (one.name < other.name ? -1 : 1),
  );
