import type { Field } from '../../../functions/domain/field.ts';
import type { Manifest } from '../../../functions/domain/manifest.ts';
import { dirtyManifests } from './dirty-manifests.ts';
import { type Draft, joined, mutations, quoted, written } from './dirty-mutations.ts';
import { disguisedValues, usualValues } from './dirty-values.ts';

/** A file that something is done to; `name` says what. */
export type DirtyFile = { readonly name: string; readonly manifest: Manifest; readonly bytes: Buffer };

const rowCount = 9;

/** A file that is right. */
const draftOf = (manifest: Manifest): Draft => {
  const row = (at: number) => manifest.fields.map((field) => written(rightValue(field, at), manifest));
  const header = manifest.fields.map(({ name }) => name);
  return { lines: [header, ...Array.from({ length: rowCount }, (_, at) => row(at))], manifest };
};

/** A value that the limits allow as well, where one is known. */
const rightValue = (field: Field, at: number): string => {
  const { one_of, min, pattern, min_length = 0, max_length = Infinity } = field;
  if (one_of) return one_of[at % one_of.length] ?? '';
  if (min !== undefined) return min;
  if (pattern !== undefined) return field.type.kind === 'int' ? '12' : 'x';
  const all = usualValues(field).filter(
    (value) => fits(field, value) && isBetween([...value].length, min_length, max_length),
  );
  return all[at % all.length] ?? '';
};

const fits = ({ type }: Field, value: string): boolean =>
  type.kind !== 'decimal' || /^-?(0|[1-9][0-9]{0,9})$/.test(value) === (type.scale === 0);
const isBetween = (value: number, least: number, most: number): boolean => value >= least && value <= most;

/** Files of every mutation under every manifest. */
export const mutatedFiles = (): DirtyFile[] =>
  [...dirtyManifests].flatMap(([title, manifest]) =>
    Object.entries(mutations).map(([name, mutate]) => ({
      name: `${title}: ${name}`,
      manifest,
      bytes: Buffer.from(mutate(draftOf(manifest))),
    })),
  );

/** Files with one value after another in every disguise, one for each column of each manifest. */
export const disguisedFiles = (): DirtyFile[] =>
  [...dirtyManifests].flatMap(([title, manifest]) =>
    manifest.fields.map((field, column) => {
      const { lines } = draftOf(manifest);
      const [header = [], first = []] = lines;
      const rows = disguisedValues(field).flatMap((value) =>
        [written(value, manifest), quoted(value, manifest.quote)].map((odd) => first.with(column, odd)),
      );
      return {
        name: `${title}: disguises of ${field.name}`,
        manifest,
        bytes: Buffer.from(joined({ lines: [header, ...lines.slice(1), ...rows], manifest })),
      };
    }),
  );
