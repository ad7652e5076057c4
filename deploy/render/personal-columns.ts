import { personalColumns } from '../../functions/pipeline/index.ts';
import { parseManifest } from '../../functions/validation/index.ts';
import type { Rules } from './datasets.ts';
import type { RenderedFile } from './file.ts';
import type { Draft } from './model-draft.ts';

/** For each dataset the columns of its silver table whose values may be personal, without those that its SQL says are public. */
export const personalSilver = (
  rules: readonly Rules[],
  silver: readonly Pick<RenderedFile, 'file' | 'columns' | 'settings'>[],
): ReadonlyMap<string, readonly string[]> =>
  new Map(
    silver.flatMap(({ file, columns, settings }) => {
      const own = rules.find(({ dataset }) => dataset === file.name);
      const parsed = own && parseManifest(own.manifest);
      if (!parsed?.ok) return [];
      const personal = personalColumns(parsed.manifest, { columns: [...columns] });
      return [[file.name, personal.filter((name) => !settings.public.includes(name))]];
    }),
  );

/**
 * The drafts, in order of their references, each with its columns whose values may be personal: those computed, directly or
 * through other names, from such a column of a relation that it reads. A count is not personal.
 */
export const withPersonal = (
  drafts: readonly Draft[],
  silver: ReadonlyMap<string, readonly string[]>,
): Draft[] => {
  const known = new Map<string, readonly string[]>();
  return drafts.map((draft) => {
    const read = [
      ...draft.sources.map((dataset) => silver.get(dataset) ?? []),
      ...draft.refs.map((model) => known.get(model) ?? []),
    ].flat();
    const names = madeOf(draft.rendered.derived, read);
    const personal = draft.columns.map(({ name }) => name).filter((name) => names.has(name));
    known.set(draft.name, personal);
    return { ...draft, personal };
  });
};

/** The given names, and all names computed from them. */
const madeOf = (derived: RenderedFile['derived'], names: readonly string[]): ReadonlySet<string> => {
  const found = new Set(names);
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const { name, uses } of derived) if (uses.some((one) => found.has(one))) found.add(name);
  }
  return found;
};
