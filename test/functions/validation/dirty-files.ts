import type { Field } from '../../../functions/validation/fields/field.ts';
import type { Manifest } from '../../../functions/validation/manifest/manifest.ts';
import { dirtyManifests } from './dirty-manifests.ts';
import { type Draft, joined, mutations, quoted, written } from './dirty-mutations.ts';
import { disguisedValues, rightValues } from './dirty-values.ts';

/** A file that something is done to; `name` says what. */
export type DirtyFile = { readonly name: string; readonly manifest: Manifest; readonly bytes: Buffer };

const rowCount = 9;

/** Where a field's column is called by its place, its cell is empty. */
export const headerCell = ({ from }: Field): string => (/^column [0-9]+$/.test(from) ? '' : from);

/** A file that is right. */
const draftOf = (manifest: Manifest): Draft => {
  const row = (at: number) =>
    manifest.fields.map((field) =>
      written(rightValues(field).at(at % rightValues(field).length) ?? '', manifest),
    );
  const header = manifest.fields.map((field) => written(headerCell(field), manifest));
  return { lines: [header, ...Array.from({ length: rowCount }, (_, at) => row(at))], manifest };
};

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
