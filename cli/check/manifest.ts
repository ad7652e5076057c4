import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { landingRoot } from '../../functions/pipeline/index.ts';
import { type Manifest, parseManifest, placedProblems } from '../../functions/validation/index.ts';
import { datasetOf, knownDataset, manifestPath, manifestTexts } from '../target/datasets.ts';

/** A local manifest; `dataset` is the name of its folder under data/. */
export type LocalManifest = {
  readonly path: string;
  readonly dataset: string;
  readonly manifest: Manifest;
  /** Hex. */
  readonly sha256: string;
};

/** A manifest that cannot be used, with all its problems. */
export class BrokenManifest extends Error {
  override readonly name = 'BrokenManifest';
  readonly problems: readonly string[];
  constructor(path: string, problems: readonly string[], options?: ErrorOptions) {
    super(`${path} cannot be used`, options);
    this.problems = problems;
  }
}

/** Returns the manifest for a file; throws `BrokenManifest`, or `CannotLand` if no manifest fits the name. */
export type ManifestOf = (file: string) => Promise<LocalManifest>;

/** The given manifest, else that of the given dataset, else the one whose name pattern fits the file. */
export const manifestFor = async (flags: {
  readonly manifest?: string;
  readonly dataset?: string;
}): Promise<ManifestOf> => {
  if (flags.manifest !== undefined) {
    const given = await readManifest(flags.manifest);
    return async () => given;
  }
  const texts = await manifestTexts();
  if (flags.dataset !== undefined) knownDataset(flags.dataset, texts);
  return async (file) => readManifest(shown(manifestPath(flags.dataset ?? datasetOf(file, texts))));
};

const shown = (path: string): string => {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
};

const unreadable: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'is a folder; name the manifest in it',
};

const readManifest = async (path: string): Promise<LocalManifest> => {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new BrokenManifest(path, [unreadable[cause.code ?? ''] ?? cause.message], { cause });
  });
  const parsed = parseManifest(bytes);
  if (!parsed.ok) {
    const text = bytes.toString();
    throw new BrokenManifest(path, placedProblems(text, parsed.problems));
  }
  const { manifest, sha256 } = parsed;
  const [dataset = ''] = manifest.directory.slice(landingRoot.length).split('/');
  return { path, dataset, manifest, sha256 };
};
