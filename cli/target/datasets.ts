import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { RE2JS } from 're2js';
import { parseFileId, sourceOfRows } from '../../functions/pipeline/index.ts';
import {
  type Manifest,
  manifestOfFile,
  parseManifest,
  placedProblems,
} from '../../functions/validation/index.ts';
import { projectRoot } from '../options.ts';

/** A local file and its dataset. */
export type LocalFile = { readonly path: string; readonly dataset: string };

/** A file that fits no dataset, or does not exist. */
export class CannotLand extends Error {
  override readonly name = 'CannotLand';
}

/** Size of a local file in bytes; throws `CannotLand` if there is none, or it is a folder. */
export const sizeOfFile = async (path: string): Promise<number> => {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new CannotLand(`there is no file ${path}`);
  if (found.isDirectory())
    throw new CannotLand(`${path} is a folder; name the files in it, such as ${join(path, '*')}`);
  if (!found.isFile()) throw new CannotLand(`${path} is not a regular file`);
  return found.size;
};

const rules = join(projectRoot, 'rules');

/** The local path of a dataset's manifest. */
export const manifestPath = (dataset: string): string => join(rules, dataset, 'manifest.json');

/** The manifests of `rules/` as text, by dataset. */
export const manifestTexts = async (): Promise<Map<string, string>> => {
  const folders = (await readdir(rules, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const texts = folders.map(async ({ name }) => [name, await textOrNothing(manifestPath(name))] as const);
  const entries = (await Promise.all(texts)).sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(entries.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
};

/** A new dataset may have no manifest yet. */
const textOrNothing = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
};

/** Finds the dataset of each file by the name patterns of the manifests; throws `CannotLand` with the existing patterns. */
export const withDatasets = async (paths: readonly string[], dataset?: string): Promise<LocalFile[]> => {
  const texts = await manifestTexts();
  if (dataset !== undefined) knownDataset(dataset, texts);
  return Promise.all(
    paths.map(async (path) => {
      await sizeOfFile(path);
      return { path, dataset: dataset ?? datasetOf(path, texts) };
    }),
  );
};

/** Throws `CannotLand` with the existing datasets unless this is one of them. */
export const knownDataset = (dataset: string, texts: ReadonlyMap<string, string>): void => {
  if (texts.has(dataset)) return;
  const names = [...texts.keys()].join(', ');
  throw new CannotLand(`there is no dataset ${dataset}; the datasets are ${names} (the folders of rules/)`);
};

/**
 * The dataset whose manifest fits the name of a file (of a rows file: the file that its rows come from); throws `CannotLand`.
 */
export const datasetOf = (path: string, texts: ReadonlyMap<string, string>): string => {
  const parsed = [...texts].map(([name, text]) => ({ name, text, ...parseManifest(text) }));
  const manifests = parsed.flatMap((one): [string, Manifest][] => (one.ok ? [[one.name, one.manifest]] : []));
  const name = sourceName(basename(path)).replace(/\.gz$/, '');
  const fitting = manifests.filter(([, manifest]) => fits(name, manifest)).map(([dataset]) => dataset);
  const [only, another] = fitting;
  if (only && !another) return only;
  if (another) throw new CannotLand(`${path} fits ${fitting.join(' and ')}; say which with --dataset`);
  const patterns = manifests.map(([dataset, { name_pattern = '.*' }]) => `\n  ${dataset}: ${name_pattern}`);
  const broken = parsed.flatMap((one) => (one.ok ? [] : [brokenLine(one.name, one.text, one.problems)]));
  if (broken.length > 0)
    throw new CannotLand(`${path} fits no usable manifest; correct these first:${broken.join('')}`);
  throw new CannotLand(
    `${path} has a name that fits no dataset; rename it to fit one of${patterns.join('')}`,
  );
};

const brokenLine = (dataset: string, text: string, problems: readonly string[]): string =>
  `\n  rules/${dataset}/manifest.json: ${placedProblems(text, problems.slice(0, 1))}`;

const fits = (name: string, manifest: Manifest): boolean => {
  const { extension, name_pattern } = manifestOfFile(manifest, name);
  return name.endsWith(extension) && (name_pattern === undefined || RE2JS.matches(name_pattern, name));
};

/** Quarantined rows are in `<file>@<version>.rows.csv`, and so are the rows that are left after a repair. */
const sourceName = (name: string): string => {
  const source = sourceOfRows(name);
  return source === undefined ? name : sourceName(parseFileId(source).key);
};
