import { createHash } from 'node:crypto';
import { kpiPrefix } from '../../functions/pipeline/index.ts';
import {
  ancestorsOf,
  appliedBy,
  CircularReferences,
  datasetsOf,
  definitionsOf,
  inOrderOfReferences,
  type Mart,
  martsOf,
  OversizedRebuild,
  rebuildBatches,
  TwoMartsInOne,
} from '../../functions/warehouse/index.ts';
import { type Problem, placeOf } from '../sql/problem.ts';
import type { RenderedFile } from './file.ts';
import { type Draft, draftOf } from './model-draft.ts';
import { modelProblems, modelsOf, withReferences } from './models.ts';
import { withPersonal } from './personal-columns.ts';

/** A model that could not be rendered, as far as other models depend on it. */
export type BrokenFile = { readonly name: string; readonly refs: readonly string[] };

/**
 * The marts made of the files outside `sql/silver/`, or their problems; `personal` names columns of silver tables. Models that
 * read a broken model are not reported.
 */
export const martsFrom = (
  files: readonly RenderedFile[],
  personal: ReadonlyMap<string, readonly string[]>,
  broken: readonly BrokenFile[] = [],
): { marts: Record<string, Mart>; problems: Problem[]; drafts: readonly Draft[] } => {
  const read = files.map(draftOf);
  const unusable = [duplicateNames, findCircle].map((find) => find(read)).find((found) => found.length > 0);
  if (unusable) return { marts: {}, problems: unusable, drafts: read };
  const ordered = inOrderOfReferences(read);
  const whole = ordered.filter((draft) => !isMadeOf(draft, broken, ordered));
  const readByBroken = broken.flatMap(({ refs }) => refs);
  const problems = whole.flatMap((draft) => modelProblems(draft, ordered, readByBroken));
  if (problems.length > 0 || broken.length > 0) return { marts: {}, problems, drafts: read };
  const drafts = withPersonal(ordered, personal);
  return { ...groupIntoMarts(drafts.map((draft) => withReferences(draft, drafts))), drafts };
};

const isMadeOf = (draft: Draft, broken: readonly BrokenFile[], drafts: readonly Draft[]): boolean =>
  [draft, ...ancestorsOf(drafts, draft.name)].some(({ refs }) =>
    broken.some(({ name }) => refs.includes(name)),
  );

const findCircle = (drafts: readonly Draft[]): Problem[] => {
  try {
    inOrderOfReferences(drafts);
    return [];
  } catch (error) {
    if (!(error instanceof CircularReferences)) throw error;
    const [, next = ''] = error.circle;
    return drafts
      .filter(({ name }) => name === error.circle[0])
      .map(({ rendered: { file } }) => ({
        file: file.path,
        ...placeOf(file.source, `'${next}'`),
        message: error.message,
      }));
  }
};

const duplicateNames = (drafts: readonly Draft[]): Problem[] =>
  drafts
    .filter((draft, index) => drafts.findIndex(({ name }) => name === draft.name) < index)
    .map(({ name, rendered }) => ({
      file: rendered.file.path,
      message: `another model is called ${name} too`,
    }));

const groupIntoMarts = (drafts: readonly Draft[]): { marts: Record<string, Mart>; problems: Problem[] } => {
  try {
    const members = drafts.map((draft) => ({ ...draft, mart: draft.settings.mart }));
    const marts = [...martsOf(members)].map(([name, models]) =>
      martOf(
        name,
        drafts.filter((draft) => models.has(draft.name)),
      ),
    );
    for (const mart of marts) tryRebuild(mart);
    return { marts: Object.fromEntries(marts.map((mart) => [mart.name, mart])), problems: [] };
  } catch (error) {
    if (!isFitProblem(error)) throw error;
    return { marts: {}, problems: [{ file: 'sql', message: error.message }] };
  }
};

const isFitProblem = (error: unknown): error is Error =>
  error instanceof TwoMartsInOne || error instanceof OversizedRebuild;

const martOf = (name: string, drafts: readonly Draft[]): Mart => {
  const models = modelsOf(drafts, name);
  const datasets = [...new Set(models.flatMap((model) => datasetsOf(models, model.name)))].sort();
  const mart = { name, datasets, models, hash: hashOf(models.map((model) => model.hash)), tables_hash: '' };
  const definitions = (['duckdb', 'redshift'] as const).map((target) => definitionsOf(mart, target));
  return { ...mart, tables_hash: hashOf(definitions) };
};

const hashOf = (texts: readonly string[]): string =>
  createHash('sha256').update(texts.join('\n')).digest('hex');

/** A first rebuild of many batches and a later one, on both engines, must fit into the transactions of a rebuild. */
const tryRebuild = (mart: Mart): void => {
  const batches = Array.from(
    { length: 200 },
    (_, index) => `${mart.name}-${String(index).padStart(32, '0')}`,
  );
  const rebuild = 'x'.repeat(64);
  const unload = `s3://${'x'.repeat(63)}/${kpiPrefix(rebuild)}`;
  const warned = mart.models
    .filter((model) => model.kind === 'check' && model.severity === 'warn')
    .map(({ name }) => name);
  const run = { rebuild, seq: 99_999_999, batches, unload, warned };
  const later = { shown: run.seq - 1, previous: appliedBy(mart) };
  for (const target of ['duckdb', 'redshift'] as const)
    for (const options of [{}, later]) rebuildBatches(mart, { ...run, ...options, target });
};
