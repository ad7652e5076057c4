import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { ManifestText, readManifestJson } from '../../functions/validation/index.ts';
import type { Rules } from '../render/datasets.ts';

/** Where the files of a dataset come from: an API or a database that is pulled, or somebody who drops files. */
export type DescribedSource = {
  readonly dataset: string;
  /** Such as `REST API` or `files in data/streams/`. */
  readonly from: string;
  /** What the manifest says that the dataset is for. */
  readonly purpose?: string | undefined;
};

/** What matters here of `rules/<dataset>/source.json`; who pulls checks it whole. */
const Pulled = z.object({ kind: z.string(), schema: z.string().optional(), table: z.string().optional() });

const kinds: Readonly<Record<string, string>> = { rest: 'REST API', postgres: 'PostgreSQL' };

/** The source of each dataset under a root. */
export const readSources = (root: string, rules: readonly Rules[]): Promise<readonly DescribedSource[]> =>
  Promise.all(
    rules.map(async ({ dataset, manifest }) => {
      const path = join(root, 'rules', dataset, 'source.json');
      const source = await readFile(path, 'utf8').catch(() => undefined);
      const { directory, purpose } = ManifestText.parse(jsonIn(manifest));
      const from = source === undefined ? `files in ${directory}` : pulledFrom(source);
      return { dataset, from, purpose };
    }),
  );

const pulledFrom = (source: string): string => {
  const pulled = Pulled.safeParse(jsonIn(source));
  if (!pulled.success) return 'a source that is pulled';
  const { kind, schema, table } = pulled.data;
  const name = [schema, table].filter((part) => part !== undefined).join('.');
  return [kinds[kind] ?? kind, name].filter(Boolean).join(' ');
};

const jsonIn = (text: string): unknown => {
  const json = readManifestJson(Buffer.from(text));
  return json.ok ? json.value : undefined;
};
