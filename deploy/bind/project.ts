import { inlinedName } from '../../functions/warehouse/index.ts';
import type { Rules } from '../render/datasets.ts';
import { type RenderedFile, uniqueProblems } from '../render/file.ts';
import type { Draft } from '../render/model-draft.ts';
import { factsOf } from '../render/models.ts';
import type { SqlFile } from '../sql/files.ts';
import { placeInSource } from '../sql/lines.ts';
import type { Problem } from '../sql/problem.ts';
import { landedColumns } from './landed.ts';
import type { Column } from './scope.ts';
import { bindSelect, type Relations } from './select.ts';
import { typeNamed } from './types.ts';

type Project = {
  readonly rules: readonly Rules[];
  readonly silver: readonly RenderedFile[];
  readonly drafts: readonly Draft[];
  /** All SQL files, including those that could not be rendered: their columns are unknown. */
  readonly files: readonly SqlFile[];
};

/**
 * Checks every SQL file against what it reads: silver against manifests, staging against silver, models against the models that
 * they read. The columns of a file are what its last casts declare, so that each problem is reported once.
 */
export const bindingProblems = (project: Project): Problem[] => {
  const tables = tablesOf(project);
  return [
    ...project.silver.flatMap((file) => fileProblems(file, landedRelations(file, project.rules))),
    ...project.drafts.flatMap((draft) =>
      fileProblems(draft.rendered, new Map([...tables, ...affectedBy(draft, project.drafts)])),
    ),
  ];
};

const fileProblems = ({ file, marked }: RenderedFile, relations: Relations): Problem[] =>
  uniqueProblems(
    marked.flatMap((sql) =>
      bindSelect(sql, relations).map(({ offset, message }) => ({
        file: file.path,
        ...placeInSource(file.source, sql, offset),
        message,
      })),
    ),
  );

const landedRelations = ({ file }: RenderedFile, rules: readonly Rules[]): Relations => {
  const own = rules.find(({ dataset }) => dataset === file.name);
  return new Map([[`landed_${file.name}`, own && landedColumns(own.manifest)]]);
};

const declared = (columns: RenderedFile['columns'] | Draft['columns']): Column[] =>
  columns.map(({ name, type }) => ({ name, type: typeNamed(type) }));

/** Every table, and every model without a table, by the name under which others read it. */
const tablesOf = ({ silver, drafts, files }: Project): Relations => {
  const unknown = files.flatMap(({ folder, name }): [string, undefined][] => {
    if (folder === 'silver') return [[`silver.${name}`, undefined]];
    return [
      [`gold.${name}`, undefined],
      [inlinedName(name), undefined],
    ];
  });
  return new Map<string, readonly Column[] | undefined>([
    ...unknown,
    ...silver.map(({ file, columns }) => [`silver.${file.name}`, declared(columns)] as const),
    ...drafts.map(({ name, kind, columns }) => {
      const hasTable = kind !== 'staging' && kind !== 'kpi';
      return [hasTable ? `gold.${name}` : inlinedName(name), declared(columns)] as const;
    }),
  ]);
};

/** The relations of touched values that a model can read during a rebuild. */
const affectedBy = (draft: Draft, drafts: readonly Draft[]): [string, readonly Column[] | undefined][] => {
  const facts = drafts.filter(({ kind }) => kind === 'fact');
  if (draft.kind === 'fact') return spinesOf(draft, [[draft.partition ?? '']]);
  if (draft.kind === 'check') return facts.flatMap((fact) => spinesOf(fact, allSpines(fact, drafts)));
  if (draft.kind !== 'kpi') return [];
  return factsOf(draft, drafts).flatMap((fact) => spinesOf(fact, allSpines(fact, drafts)));
};

const allSpines = (fact: Draft, drafts: readonly Draft[]): string[][] => {
  const kpis = drafts.filter((draft) => draft.kind === 'kpi' && factsOf(draft, drafts).includes(fact));
  return [
    [fact.partition ?? ''],
    ...kpis.flatMap(({ partition, settings }) => [
      ...(partition === undefined ? [] : [[partition]]),
      ...(settings.spine === undefined ? [] : [settings.spine]),
    ]),
  ];
};

const spinesOf = (fact: Draft, spines: readonly string[][]): [string, readonly Column[]][] =>
  spines.map((spine) => [
    `affected_${fact.name}_${spine.join('_')}`,
    declared(fact.columns).filter(({ name }) => spine.includes(name)),
  ]);
